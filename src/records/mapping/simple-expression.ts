import type { Operator } from "./expression-tree.ts";

/** A value computed from one column of a row: the column itself, scaled, or compared with a literal. */
export type SimpleExpression =
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

/** Why a text is no simple expression: what it would have to be. */
export interface NotSimple {
  readonly kind: "not-simple";
  readonly requirement: string;
}

/**
 * Reads an expression of one column, such as `latency_s*1000`, `duration / 1e6`, `error_code == null`, `status < 500`
 * or `"my column" == "ok"`. A column name with operators or quotes in it is put in double quotes.
 */
export function parseSimple(text: string): SimpleExpression | NotSimple {
  const scale = scaled.exec(text)?.groups;
  if (scale !== undefined) {
    const factor = scale["factor"] === undefined ? 1 : Number(scale["factor"]);
    if (!Number.isFinite(factor) || factor === 0)
      return { kind: "not-simple", requirement: "scaled by a finite number other than 0" };
    return { kind: "column", column: columnOf(scale), factor: scale["sign"] === "/" ? 1 / factor : factor };
  }
  const compared = comparison.exec(text)?.groups;
  if (compared === undefined)
    return {
      kind: "not-simple",
      requirement: "a column, a scaled column such as latency_s*1000, or a comparison such as status < 500",
    };
  const operator = (compared["operator"] === "=" ? "==" : compared["operator"]) as Operator;
  const literal = parseLiteral(compared["literal"] ?? "");
  if (operator !== "==" && operator !== "!=" && typeof literal !== "number")
    return { kind: "not-simple", requirement: "an order comparison with a number" };
  return { kind: "comparison", column: columnOf(compared), operator, literal };
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
