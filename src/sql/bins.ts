import type { SqlDialect } from "./dialect.ts";

/**
 * The key that stands for a value's bucket. Engines compute the position of a value among the buckets by a logarithm, which is off by one next to
 * a boundary; such values, and zero, are grouped by their own value and put in their buckets exactly afterwards.
 */
export const binCodes = {
  /** The group's values all equal its `edge`. */
  ownValue: 1_000_000,
  missing: 1_000_001,
  infinite: 1_000_002,
  /** The bucket of the magnitude of negative values, plus this. */
  negative: 2_000_000,
  /** No values: the rows were not used; plus their verdict. */
  notUsed: 3_000_000,
} as const;

/** Positions this close to a boundary are left undecided; the error of a double precision logarithm is 10,000 times smaller. */
const undecided = 1e-7;

/** Which values a field can have at all; what can't occur is not looked for. */
export interface ValueRange {
  readonly negative: boolean;
  readonly infinite: boolean;
}

/** The position of a value among the buckets, not rounded. Values without one get that of 1. */
export function positionSql(value: string, scale: number, range: ValueRange, dialect: SqlDialect): string {
  const magnitude = range.negative ? `abs(${value})` : value;
  const has = `${magnitude} > ${dialect.number(0)}${range.infinite ? ` AND ${magnitude} < ${dialect.infinity}` : ""}`;
  return dialect.log2Times(`CASE WHEN ${has} THEN ${magnitude} ELSE ${dialect.number(1)} END`, 2 ** scale);
}

/** The bucket key of a value, given its position, and its own value where the key says so. */
export function binSql(value: string, position: string, range: ValueRange, dialect: SqlDialect): { readonly bin: string; readonly edge: string } {
  const { number, integer } = dialect;
  const ceiling = `ceil(${position})`;
  const decided = `${ceiling} - ${position} BETWEEN ${number(undecided)} AND ${number(1 - undecided)}`;
  const bucket = integer(`${ceiling} - ${number(1)}`);
  const whens = [
    ...(range.negative ? [`WHEN ${decided} AND ${value} < ${number(0)} THEN ${integer(`${ceiling} - ${number(1)} + ${number(binCodes.negative)}`)}`] : []),
    `WHEN ${decided} THEN ${bucket}`,
    `WHEN ${value} IS NULL THEN ${integer(String(binCodes.missing))}`,
    ...(range.infinite ? [`WHEN ${value} = ${dialect.infinity} THEN ${integer(String(binCodes.infinite))}`] : []),
  ];
  const none = range.infinite ? `${decided} OR ${value} IS NULL OR ${value} = ${dialect.infinity}` : `${decided} OR ${value} IS NULL`;
  return { bin: `CASE ${whens.join(" ")} ELSE ${integer(String(binCodes.ownValue))} END`, edge: `CASE WHEN ${none} THEN ${number(0)} ELSE ${value} END` };
}
