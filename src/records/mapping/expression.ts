import { cannot, RecordsError } from "../../errors.ts";

/** How a comparison relates a column to a literal. */
export type Operator = "==" | "!=" | "<" | "<=" | ">" | ">=";

/** A value computed from one column of a row: the column itself, scaled, or compared with a literal. */
export type FieldExpression =
  | { readonly kind: "column"; readonly column: string; readonly factor: number }
  | {
      readonly kind: "comparison";
      readonly column: string;
      readonly operator: Operator;
      readonly literal: string | number | null;
    };

const name = String.raw`(?:"(?<quoted>(?:[^"\\]|\\.)+)"|(?<bare>[^\s"*/=!<>]+(?: +[^\s"*/=!<>]+)*))`;
const comparison = new RegExp(String.raw`^${name}\s*(?<operator>==|!=|<=|>=|<|>|=)\s*(?<literal>.*)$`, "u");
const scaled = new RegExp(String.raw`^${name}\s*(?:(?<sign>[*/])\s*(?<factor>\S+))?$`, "u");

/**
 * Reads an expression such as `latency_s*1000`, `duration / 1e6`, `error_code == null`, `status < 500` or
 * `"my column" == "ok"`. A column name with operators or quotes in it is put in double quotes.
 *
 * @throws {RecordsError} when the text is none of these.
 */
export function parseExpression(text: string, field: string): FieldExpression {
  const trimmed = text.trim();
  const scale = scaled.exec(trimmed)?.groups;
  if (scale !== undefined) {
    const factor = scale["factor"] === undefined ? 1 : Number(scale["factor"]);
    if (!Number.isFinite(factor) || factor === 0) throw invalid(text, field, "scaled by a finite number other than 0");
    return { kind: "column", column: columnOf(scale), factor: scale["sign"] === "/" ? 1 / factor : factor };
  }
  const compared = comparison.exec(trimmed)?.groups;
  if (compared === undefined)
    throw invalid(
      text,
      field,
      "a column, a scaled column such as latency_s*1000, or a comparison such as status < 500",
    );
  const operator = (compared["operator"] === "=" ? "==" : compared["operator"]) as Operator;
  const literal = parseLiteral(compared["literal"] ?? "");
  if (operator !== "==" && operator !== "!=" && typeof literal !== "number")
    throw invalid(text, field, "an order comparison with a number");
  return { kind: "comparison", column: columnOf(compared), operator, literal };
}

/**
 * Whether a raw value satisfies a comparison. An empty text counts as null; texts that are numbers compare as numbers.
 */
export function satisfies(raw: unknown, operator: Operator, literal: string | number | null): boolean {
  const value = raw === undefined || raw === "" ? null : raw;
  if (operator === "==" || operator === "!=") {
    const equal =
      literal === null
        ? value === null
        : typeof literal === "number"
          ? value !== null && Number(value) === literal
          : value !== null && String(value) === literal;
    return (operator === "==") === equal;
  }
  if (value === null) return false;
  const number = Number(value);
  const bound = literal as number;
  return operator === "<"
    ? number < bound
    : operator === "<="
      ? number <= bound
      : operator === ">"
        ? number > bound
        : number >= bound;
}

function columnOf(groups: Readonly<Record<string, string | undefined>>): string {
  return groups["quoted"]?.replace(/\\(.)/gu, "$1") ?? (groups["bare"] as string);
}

function parseLiteral(text: string): string | number | null {
  const trimmed = text.trim();
  if (trimmed === "null" || trimmed === "") return null;
  const quoted = /^"(.*)"$/u.exec(trimmed)?.[1];
  if (quoted !== undefined) return quoted;
  const number = Number(trimmed);
  return Number.isFinite(number) ? number : trimmed;
}

function invalid(text: string, field: string, requirement: string): RecordsError {
  return new RecordsError(cannot("read the mapping", field, requirement, text), {
    code: "invalid-expression",
    field,
    value: text,
    fix: "Write it as COLUMN, COLUMN*NUMBER, COLUMN/NUMBER or COLUMN OPERATOR LITERAL",
  });
}
