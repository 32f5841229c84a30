import type { FieldMapping } from "./fields.ts";

/** The mapping of the logs of one tool, and what it was checked against. */
export interface ToolPreset {
  /** The tool, as people call it. */
  readonly tool: string;
  /** The version whose form this is. */
  readonly version: string;
  /** The formats, as `formatOf` names them, that such a log is read as. */
  readonly formats: readonly string[];
  /** Columns that such a log has, all of them. */
  readonly columns: readonly string[];
  readonly mapping: FieldMapping;
}

/** Fields that a log may lack. */
const mayLack = ["timestamp", "unit", "requestId", "ttftMs", "inputTokens", "outputTokens", "costUsd"] as const;

/** A preset whose fields beside arm, success and latency are optional. */
export function preset(
  [tool, version]: readonly [tool: string, version: string],
  formats: readonly string[],
  columns: readonly string[],
  fields: Readonly<Record<string, string>>,
  more: Partial<FieldMapping> = {},
): ToolPreset {
  const optional = mayLack.filter((field) => fields[field] !== undefined);
  return {
    tool,
    version,
    formats,
    columns,
    mapping: { fields, ...(optional.length === 0 ? {} : { optional }), ...more },
  };
}
