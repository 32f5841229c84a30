import type { SqlDialect } from "./dialect.ts";

/**
 * What stands beside a bucket. Engines compute the position of a value among the buckets by a logarithm, which is off by one next to a boundary; such values, and zero,
 * are grouped by their own value, and put in their buckets exactly afterwards. The other codes are far from any boundary, so no value that is grouped by itself equals one.
 */
export const edgeCodes = { decided: 1e300, missing: 2e300, infinite: 3e300, notANumber: 4e300, negativeDuration: -1 } as const;

/** Keys of rows that are not used: this plus the reason. */
export const notUsed = 3_000_000;

/** Added to the bucket of the magnitude of negative values. */
export const negativeBuckets = 2_000_000;

/** Positions this close to a boundary are left undecided; the error of a double precision logarithm is 10,000 times smaller. */
const undecided = 1e-7;

/** Which values a field can have. */
export interface ValueRange {
  readonly negative: boolean;
}

/** The position of a value among the buckets, not rounded. Values without one get that of 1. */
export function positionSql(value: string, scale: number, range: ValueRange, dialect: SqlDialect): string {
  const magnitude = range.negative ? `abs(${value})` : value;
  return dialect.log2Times(`CASE WHEN ${magnitude} > ${dialect.number(0)} AND ${magnitude} < ${dialect.infinity} THEN ${magnitude} ELSE ${dialect.number(1)} END`, 2 ** scale);
}

/** The bucket of a value, given its position, and one of the codes or its own value, which then decides alone. */
export function binSql(value: string, position: string, range: ValueRange, dialect: SqlDialect): { readonly bin: string; readonly edge: string } {
  const { number, integer, infinity, isNaN } = dialect;
  const ceiling = `ceil(${position})`;
  const bucket = `${ceiling} - ${number(1)}`;
  const bin = range.negative ? `CASE WHEN ${value} < ${number(0)} THEN ${integer(`${bucket} + ${number(negativeBuckets)}`)} ELSE ${integer(bucket)} END` : integer(bucket);
  const whens = [
    `WHEN ${ceiling} - ${position} BETWEEN ${number(undecided)} AND ${number(1 - undecided)} THEN ${number(edgeCodes.decided)}`,
    `WHEN ${value} IS NULL THEN ${number(edgeCodes.missing)}`,
    `WHEN ${isNaN(value)} THEN ${number(edgeCodes.notANumber)}`,
    `WHEN abs(${value}) = ${infinity} THEN ${number(edgeCodes.infinite)}`,
    ...(range.negative ? [] : [`WHEN ${value} < ${number(0)} THEN ${number(edgeCodes.negativeDuration)}`]),
  ];
  return { bin, edge: `CASE ${whens.join(" ")} ELSE ${value} END` };
}
