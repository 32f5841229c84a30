import type { FieldMapping } from "../../index.ts";
import type { FileSample } from "../../node/read/sample.ts";
import { columnsOf, parseExpression } from "../../records/mapping/expression.ts";
import { isOfSource } from "../../records/mapping/is-of-source.ts";
import { armCandidates, armsOfFiles } from "./guess-arms.ts";
import { type Guess, guessLatency, guessSuccess, guessTimestamp, guessUnit } from "./guess-fields.ts";
import { recogniseTool } from "./recognise-tool.ts";
import { columnsOfSamples, distinctValues, type SampleColumn } from "./sample-column.ts";

/** A mapping that fits files, and a line for each choice that says why. */
export interface MappingProposal {
  /** The tool that wrote them, where it is known. */
  readonly tool: string | undefined;
  /** Without `arm` where nothing tells the versions apart. */
  readonly mapping: FieldMapping;
  /** Other columns that may name the version. */
  readonly armChoices: readonly string[];
  /** The columns that there are, for messages. */
  readonly columns: readonly string[];
  readonly why: readonly (readonly [field: string, why: string])[];
}

/** Proposes a mapping by the first rows of files of one format. */
export function proposeMapping(samples: readonly FileSample[]): MappingProposal {
  const [sample] = samples as [FileSample];
  const tool = recogniseTool(sample);
  const columns = columnsOfSamples(samples);
  const why: (readonly [string, string])[] = [];
  const fields: Record<string, string> = {};
  const take = (field: string, guess: Guess | undefined): void => {
    if (guess === undefined) return;
    fields[field] = guess.expression;
    why.push([field, guess.why]);
  };
  const arm = armOf(samples, columns, tool?.weakArm === true ? undefined : tool?.mapping.fields["arm"]);
  take("arm", arm);
  if (tool === undefined) {
    take("success", guessSuccess(columns));
    take("latencyMs", guessLatency(columns));
    take("timestamp", guessTimestamp(columns.filter(({ expression }) => expression !== fields["latencyMs"])));
    take("unit", unitWithin(samples, columns, fields["arm"], guessUnit(columns)));
  } else {
    const known = new Set(samples.flatMap((one) => one.columns));
    for (const [field, expression] of Object.entries(tool.mapping.fields)) {
      if (field === "arm" || !["success", "latencyMs", "timestamp", "unit", "requestId"].includes(field)) continue;
      const present = columnsOf(parseExpression(expression, field, [...known])).every((column) => has(known, column));
      if (field === "unit" && unitWithin(samples, columns, fields["arm"], { expression, why: "" }) === undefined)
        continue;
      if (!present && tool.mapping.optional?.includes(field) === true) continue;
      fields[field] = expression;
    }
  }
  const where = [...(tool?.mapping.where ?? []), ...onlyRequests(columns, fields)];
  return {
    tool: tool?.tool,
    mapping: {
      fields,
      ...(where.length === 0 ? {} : { where }),
      ...(tool?.mapping.subSamples === undefined ? {} : { subSamples: tool.mapping.subSamples }),
      ...zerosOf(tool?.mapping.zeroIsMissing, columns, fields, why),
      ...(tool?.mapping.logFormat === undefined ? {} : { logFormat: tool.mapping.logFormat }),
    },
    armChoices: armCandidates(columns).map(({ expression }) => expression),
    columns: columns.map(({ expression }) => expression),
    why,
  };
}

function has(known: ReadonlySet<string>, column: string): boolean {
  return known.has(column) || known.has(column.replaceAll('"', ""));
}

function armOf(
  samples: readonly FileSample[],
  columns: readonly SampleColumn[],
  ofTool: string | undefined,
): Guess | undefined {
  if (ofTool !== undefined && !isOfSource(ofTool)) {
    const column = columns.find(({ expression }) => plainName(expression) === plainName(ofTool));
    if (column !== undefined && distinctValues(column).length > 1)
      return { expression: ofTool, why: `${ofTool} names the version in the logs of this tool` };
  }
  const files = armsOfFiles(samples);
  if (ofTool !== undefined && isOfSource(ofTool) && files !== undefined) return { ...files, why: files.why };
  const [column] = armCandidates(columns);
  if (column === undefined) return files;
  const values = distinctValues(column).map(([value]) => value);
  return { expression: column.expression, why: `${column.expression} is ${values.slice(0, 4).join(", ")}` };
}

function plainName(expression: string): string {
  return expression.replaceAll('"', "");
}

/** A condition that leaves out lines of a log that are no requests: without a version, an outcome and a latency. */
function onlyRequests(columns: readonly SampleColumn[], fields: Readonly<Record<string, string>>): string[] {
  const arm = columns.find(({ expression }) => expression === fields["arm"]);
  if (arm === undefined) return [];
  const others = [fields["success"], fields["latencyMs"]].flatMap((text) => columnIn(columns, text) ?? []);
  const lacking = arm.values.flatMap((value, row) => (value === null ? [row] : []));
  const noRequest = lacking.every((row) => others.every(({ values }) => (values[row] ?? null) === null));
  return lacking.length > 0 && others.length > 0 && noRequest ? [`${arm.expression} != null`] : [];
}

/** Share of units with several requests that must have them all of one version. */
const keptTogether = 0.95;

/**
 * What traffic may be split by, if it is: nearly all units with several requests have them of one version. Where they
 * have them of both, traffic is split by request.
 */
function unitWithin(
  samples: readonly FileSample[],
  columns: readonly SampleColumn[],
  arm: string | undefined,
  guess: Guess | undefined,
): Guess | undefined {
  const unit = columns.find(({ expression }) => plainName(expression) === plainName(guess?.expression ?? ""));
  const column = columns.find(({ expression }) => plainName(expression) === plainName(arm ?? ""));
  const arms = column?.values ?? samples.flatMap(({ file, rows }) => rows.map(() => file));
  if (unit === undefined) return undefined;
  const armsOf = new Map<string, Set<unknown>>();
  const rowsOf = new Map<string, number>();
  unit.values.forEach((value, row) => {
    if (value === null) return;
    const key = String(value);
    armsOf.set(key, (armsOf.get(key) ?? new Set()).add(arms[row]));
    rowsOf.set(key, (rowsOf.get(key) ?? 0) + 1);
  });
  const several = [...armsOf].filter(([key]) => (rowsOf.get(key) as number) > 1);
  const together = several.filter(([, found]) => found.size === 1);
  return several.length > 0 && together.length >= keptTogether * several.length ? guess : undefined;
}

/** The column that an expression of one column is of. */
function columnIn(columns: readonly SampleColumn[], text: string | undefined): SampleColumn | undefined {
  return columns
    .filter(({ expression }) => text?.includes(expression) === true)
    .reduce<SampleColumn | undefined>(
      (best, next) => (best === undefined || next.expression.length > best.expression.length ? next : best),
      undefined,
    );
}

/** Whether a latency of 0 stands for none: where a tool writes it so, or where few rows have it. */
function zerosOf(
  ofTool: readonly string[] | undefined,
  columns: readonly SampleColumn[],
  fields: Readonly<Record<string, string>>,
  why: (readonly [string, string])[],
): Pick<FieldMapping, "zeroIsMissing"> {
  if (ofTool !== undefined) return { zeroIsMissing: ofTool };
  const column = columnIn(columns, fields["latencyMs"]);
  const zeros = column?.values.filter((value) => value === 0 || value === "0").length ?? 0;
  const success = columnIn(columns, fields["success"]);
  const failed = column?.values.every(
    (value, row) =>
      (value !== 0 && value !== "0") ||
      /^(?:0|false|null|error|failed|failure|fail)$/iu.test(String(success?.values[row])),
  );
  if (zeros === 0 || failed !== true) return {};
  why.push(["zeroIsMissing", `latencyMs: 0 stands for none, as only ${zeros} failed requests have it`]);
  return { zeroIsMissing: ["latencyMs"] };
}
