/**
 * Tries to make names run as SQL in every database at hand: each control character and each piece of punctuation that
 * could end a quote, in each place where a name can stand. A table `canary` is lost when an extra statement runs.
 *
 *   npx tsx simulations/databases/hostile-names.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { AssayError, type Plan, type Summary } from "../../src/index.ts";
import { duckdbReader, openClickHouse, openPostgres } from "../../src/node/index.ts";
import { dialects, type SqlDialect, type SqlRow, summarizeTable, type TableSource } from "../../src/sql/index.ts";
import { clickhouseCommand } from "./load.ts";
import { startServers } from "./servers.ts";

/** A database that runs several statements in one text where it can, so that nothing but the quoting protects it. */
export interface OpenDatabase {
  readonly name: string;
  readonly dialect: SqlDialect;
  /** Where tables are made, if not where the connection is. */
  readonly schema?: string;
  run(sql: string): Promise<readonly SqlRow[]>;
  /** Quotes a name by this file's own rules, not by those under test. */
  quote(name: string): string;
  close(): Promise<void>;
}

/** What came of the attempts. */
export interface HostileNamesOutcome {
  attempts: number;
  /** Refused before anything was sent. */
  refused: number;
  /** Ran as the name that it is, with the right counts. */
  right: number;
  /** Statements that ran and were not ours. */
  extra: number;
  readonly failures: string[];
}

const control = [
  ...Array.from({ length: 32 }, (_, code) => code),
  ...Array.from({ length: 33 }, (_, code) => 0x7f + code),
  0x2028,
  0x2029,
  0xd800,
  0xdfff,
].map((code) => String.fromCharCode(code));
const punctuation = [
  "'",
  '"',
  "`",
  "\\",
  "\\'",
  '\\"',
  "\\`",
  "''",
  '"")',
  "'''",
  "$$",
  "*/",
  "/*",
  "--",
  ";",
  "%",
  "{x:UInt8}",
];

/** Names that end a quote where `opening` does, and go on with a statement. */
const attack = (opening: string): string => `a${opening}; DROP TABLE canary; --${opening}`;

const plan: Plan = {
  arms: ["v1", "v2"],
  start: null,
  end: null,
  periodMs: 3_600_000,
  epochStarts: [],
  segments: ["region"],
  units: false,
  dependence: false,
  latencyOfFailures: "as-recorded",
  statistics: [
    { kind: "count", field: "success" },
    { kind: "sketch", field: "latencyMs", scale: 7 },
  ],
};

/** A table of four rows under these names, and the question asked about it. */
interface Case {
  readonly table: string;
  readonly columns: Readonly<Record<"arm" | "ok" | "ms" | "region", string>>;
  readonly arm: string;
  readonly region: string;
  readonly segment: string;
}

const plainCase: Case = {
  table: "req",
  columns: { arm: "arm", ok: "ok", ms: "ms", region: "region" },
  arm: "v1",
  region: "eu",
  segment: "region",
};

const places: Readonly<Record<string, (text: string) => Case>> = {
  table: (text) => ({ ...plainCase, table: text }),
  "column of the arm": (text) => ({ ...plainCase, columns: { ...plainCase.columns, arm: text } }),
  "column of an outcome": (text) => ({ ...plainCase, columns: { ...plainCase.columns, ok: text } }),
  "column of a latency": (text) => ({ ...plainCase, columns: { ...plainCase.columns, ms: text } }),
  "column of a segment": (text) => ({ ...plainCase, columns: { ...plainCase.columns, region: text } }),
  arm: (text) => ({ ...plainCase, arm: text }),
  condition: (text) => ({ ...plainCase, region: text }),
  segment: (text) => ({ ...plainCase, segment: text }),
};

/** Tries everything in one database. */
export async function tryHostileNames(database: OpenDatabase): Promise<HostileNamesOutcome> {
  const outcome: HostileNamesOutcome = { attempts: 0, refused: 0, right: 0, extra: 0, failures: [] };
  await makeCanary(database);
  for (const [place, caseOf] of Object.entries(places))
    for (const opening of [...control, ...punctuation]) {
      const text = attack(opening);
      const isControl = control.includes(opening);
      outcome.attempts++;
      const fail = (what: string): void => void outcome.failures.push(`${place} ${JSON.stringify(opening)}: ${what}`);
      try {
        const found = await ask(database, caseOf(text), isControl);
        if (isControl) fail("a control character was taken");
        else if (found === 4) outcome.right++;
        else fail(`${found} records instead of 4`);
      } catch (error) {
        if (isControl && error instanceof AssayError) outcome.refused++;
        else fail((error as Error).message.slice(0, 300));
      }
      if (await lostCanary(database)) {
        outcome.extra++;
        fail("an extra statement ran");
        await makeCanary(database);
      }
    }
  return outcome;
}

/** Makes the table where the database can hold the name, summarizes it, and takes it away again. */
async function ask(database: OpenDatabase, of: Case, refused: boolean): Promise<number> {
  const { quote, dialect } = database;
  const parts = database.schema === undefined ? [of.table] : [database.schema, of.table];
  const table = parts.map(quote).join(".");
  const literal = (text: string): string => {
    if (dialect.name === "clickhouse") return `'${text.replace(/[\\']/gu, String.raw`\$&`)}'`;
    return `'${text.replaceAll("'", "''")}'`;
  };
  const { arm, ok, ms, region } = of.columns;
  const row = (name: string, index: number): string =>
    `SELECT ${literal(name)} AS ${quote(arm)}, ${index % 2} = 0 AS ${quote(ok)}, ` +
    `${10 + index}.5 AS ${quote(ms)}, ${literal(of.region)} AS ${quote(region)}`;
  const rows = [of.arm, of.arm, "v2", "v2"].map(row).join(" UNION ALL ");
  if (!refused) await database.run(`CREATE VIEW ${table} AS SELECT * FROM (${rows}) ${quote("rows of it")}`);
  try {
    const expression = (name: string): string => `"${name.replace(/["\\]/gu, "\\$&")}"`;
    const source: TableSource = {
      table: parts,
      scan: "table",
      mapping: {
        fields: {
          arm: expression(arm),
          success: expression(ok),
          latencyMs: expression(ms),
          [`segment.${of.segment}`]: expression(region),
        },
        where: [`${expression(region)} == "${of.region}"`],
      },
    };
    const asked = { ...plan, arms: [of.arm, "v2"], segments: [of.segment] };
    const summary: Summary = await summarizeTable({ query: (sql) => database.run(sql) }, asked, source, dialect);
    return summary.quality.records.accepted;
  } finally {
    if (!refused) await database.run(`DROP ${dialect.name === "clickhouse" ? "TABLE" : "VIEW"} ${table}`);
  }
}

async function makeCanary({ dialect, run }: OpenDatabase): Promise<void> {
  await run(`CREATE TABLE canary (x int)${dialect.name === "clickhouse" ? " ENGINE = Memory" : ""}`);
}

async function lostCanary({ run }: OpenDatabase): Promise<boolean> {
  try {
    await run("SELECT count(*) AS n FROM canary");
    return false;
  } catch {
    return true;
  }
}

const doubled = (name: string): string => `"${name.replaceAll('"', '""')}"`;
const escaped = (name: string): string => `\`${name.replace(/[\\`]/gu, String.raw`\$&`)}\``;

/** The databases at hand; one that is not installed is left out, and the reason printed. */
export async function* openDatabases(): AsyncGenerator<OpenDatabase> {
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  yield {
    name: "DuckDB",
    dialect: dialects.duckdb,
    quote: doubled,
    run: async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJS() as SqlRow[],
    close: async () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
  const { Session } = await import("chdb");
  const folder = mkdtempSync(join(tmpdir(), "assay-chdb-"));
  const session = new Session(folder);
  session.query("CREATE DATABASE assay");
  yield {
    name: "ClickHouse 26 in process",
    schema: "assay",
    dialect: dialects.clickhouse,
    quote: escaped,
    run: async (sql) => {
      const answer = session.query(sql, /^\s*(--.*\n)?(SELECT|DESCRIBE)/u.test(sql) ? "JSON" : "Null");
      return answer === "" ? [] : (JSON.parse(answer) as { data: SqlRow[] }).data;
    },
    close: async () => {
      session.cleanup();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const clickhouse = startServers("clickhouse", 1);
  if (clickhouse !== null) {
    const url = clickhouse.urls[0] as string;
    const reader = await openClickHouse(url);
    yield {
      name: "ClickHouse 18.16",
      dialect: dialects.clickhouse,
      quote: escaped,
      run: async (sql) => {
        if (/^\s*(--.*\n)?(SELECT|DESCRIBE)/u.test(sql)) return reader.query(sql);
        await clickhouseCommand(url, sql);
        return [];
      },
      close: async () => {
        await reader.close();
        clickhouse.stop();
      },
    };
  }
  const postgres = startServers("postgres", 1);
  if (postgres === null) return;
  const { default: pg } = await import("pg");
  const url = postgres.urls[0] as string;
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  yield {
    name: "PostgreSQL, simple protocol",
    dialect: dialects.postgres,
    quote: doubled,
    run: async (sql) => (await client.query(sql)).rows as SqlRow[],
    close: async () => {
      await client.end();
      const reader = await openPostgres(url);
      const two = await reader.query("SELECT 1; SELECT 2").then(
        () => "ran",
        () => "refused",
      );
      if (two === "ran") throw new Error("openPostgres ran two statements in one text");
      await reader.close();
      postgres.stop();
    },
  };
}

/** How many names of files with a control character are refused before DuckDB sees them. */
function refusedFiles(): number {
  const refused = (opening: string): boolean => {
    try {
      duckdbReader(`z${opening}COPY (SELECT 42) TO (chr(112)||chr(119)) ;--.parquet`);
      return false;
    } catch (error) {
      return error instanceof AssayError;
    }
  };
  return control.filter(refused).length;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  let extra = 0;
  let failures = 0;
  for await (const database of openDatabases()) {
    const outcome = await tryHostileNames(database);
    await database.close();
    console.log(
      `${database.name}: ${outcome.attempts} attempts, ${outcome.refused} refused before anything was sent, ` +
        `${outcome.right} right answers, ${outcome.extra} extra statements, ${outcome.failures.length} failures`,
    );
    for (const failure of outcome.failures.slice(0, 20)) console.log(`  ${failure}`);
    extra += outcome.extra;
    failures += outcome.failures.length;
  }
  const files = refusedFiles();
  console.log(`file names: ${control.length} attempts, ${files} refused`);
  console.log(`${extra} extra statements, ${failures} failures in all`);
  process.exitCode = extra + failures === 0 && files === control.length ? 0 : 1;
}
