import type { FieldMapping } from "../../index.ts";
import { type FileSample } from "../../node/read/sample.ts";
import { columnsOf, parseExpression } from "../../records/mapping/expression.ts";
import { isOfSource } from "../../records/mapping/source-fields.ts";
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
    take("unit", guessUnit(columns));
  } else {
    const known = new Set(samples.flatMap((one) => one.columns));
    for (const [field, expression] of Object.entries(tool.mapping.fields)) {
      if (field === "arm" || !["success", "latencyMs", "timestamp", "unit", "requestId"].includes(field)) continue;
      const present = columnsOf(parseExpression(expression, field, [...known])).every((column) => has(known, column));
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
  const others = columns.filter(({ expression }) =>
    [fields["success"], fields["latencyMs"]].some((text) => text?.includes(expression) === true),
  );
  const lacking = arm.values.flatMap((value, row) => (value === null ? [row] : []));
  const noRequest = lacking.every((row) => others.every(({ values }) => (values[row] ?? null) === null));
  return lacking.length > 0 && others.length > 0 && noRequest ? [`${arm.expression} != null`] : [];
}
