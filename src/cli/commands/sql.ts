import { type Command, Option } from "commander";
import { planFor } from "../../index.ts";
import { type DialectName, dialects, type SqlColumn, summaryStatement } from "../../sql/index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emit } from "../emit.ts";
import {
  addPolicyOptions,
  inputsOf,
  mappingOf,
  type OutputOptions,
  outputsOf,
  policyOf,
  type PolicyOptions,
  type ReadOptions,
} from "../options.ts";
import { requireSeparateOutputs } from "../output-paths.ts";

interface SqlOptions extends PolicyOptions, OutputOptions, Pick<ReadOptions, "map" | "where"> {
  readonly dialect: DialectName;
  readonly table: string;
  readonly columns: string;
  readonly scan: "window" | "table";
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `assay sql`: prints the statement by which a database computes the summary, without connecting to any. */
export function addSql(program: Command, context: CliContext, exit: (code: number) => void): void {
  addPolicyOptions(program.command("sql").description("print the statement by which a database computes the summary"))
    .addOption(new Option("--dialect <name>", "whose SQL").choices(Object.keys(dialects)).makeOptionMandatory())
    .requiredOption("--table <name>", "table with the records, e.g. logs.requests")
    .requiredOption(
      "--columns <list>",
      'its columns with their types, e.g. "arm text, ts timestamptz, latency_ms double precision"',
    )
    .option("--map <fields>", "FIELD=EXPRESSION, comma-separated, e.g. arm=model,latencyMs=latency_s*1000", collect)
    .option("--where <condition>", "read only rows that meet this; may be repeated", collect)
    .addOption(
      new Option(
        "--scan <extent>",
        "window: read only the experiment's rows; table: read all and count what is left out",
      )
        .choices(["window", "table"])
        .default("window"),
    )
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: SqlOptions) => {
      await requireSeparateOutputs(outputsOf(options), await inputsOf([], options));
      const policy = await policyOf(options);
      const plan = planFor(policy);
      const dialect = dialects[options.dialect];
      const source = {
        table: options.table,
        mapping: mappingOf(
          {
            maxRejected: "0",
            ...(options.map === undefined ? {} : { map: options.map }),
            ...(options.where === undefined ? {} : { where: options.where }),
          },
          policy,
        ),
        columns: columnsOf(options.columns),
        scan: options.scan,
      };
      const { sql } = summaryStatement(plan, source, dialect);
      if (!dialect.tested)
        context.stderr.write(`assay: statements for ${dialect.name} are generated only; the project never ran one\n`);
      await emit(`${sql}\n`, options.output, context);
      exit(0);
    });
}

/** Reads `arm text, cost decimal(10,2)`: names with a type, names with spaces in double quotes. */
function columnsOf(list: string): SqlColumn[] {
  const columns = list.match(/(?:"(?:[^"]|"")*"|\([^)]*\)|[^,(])+(?:\([^)]*\))?[^,]*/gu) ?? [];
  return columns.map((text) => {
    const [, quoted, bare, type] = /^\s*(?:"((?:[^"]|"")+)"|(\S+))\s+(\S.*?)\s*$/su.exec(text) ?? [];
    if (type === undefined)
      throw new UsageError(
        "Cannot read the options: --columns must be NAME TYPE, separated by commas, current value has " +
          `${JSON.stringify(text.trim())}`,
      );
    return { name: quoted?.replaceAll('""', '"') ?? (bare as string), type };
  });
}
