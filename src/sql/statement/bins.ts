import type { SqlDialect } from "../dialect.ts";

/**
 * What rows are grouped by beside arm and period. Engines compute the position of a value among the buckets by a
 * logarithm, which is off by one next to a boundary; such values, and zero, are grouped by their own value, and put in
 * their buckets exactly afterwards. The other codes are far from any boundary, so no value that is grouped by itself
 * equals one.
 */
export const edgeCodes = { decided: 1e300, missing: 2e300, infinite: 3e300 } as const;

/** Codes of rows that are not used are 1e300 times this plus the reason. */
const notUsed = 10;

/** The code of rows that are not used for a reason. */
export function unusedCode(verdict: number): number {
  return Number(`${notUsed + verdict}e300`);
}

/** The reason why rows with this code are not used; `undefined` for rows that are. */
export function verdictOf(edge: number): number | undefined {
  const verdict = Math.round(edge / 1e300) - notUsed;
  return verdict > 0 && unusedCode(verdict) === edge ? verdict : undefined;
}

/**
 * Where no value is negative, a bucket minus this stands in the place of a value, which saves the engine a second key
 * to group by.
 */
const bucketsBelow = 1e12;

/** The bucket and the code or value that a key stands for. */
export function splitKey(key: number): { readonly bin: number; readonly edge: number } {
  return key < -bucketsBelow / 2 ? { bin: key + bucketsBelow - 1, edge: edgeCodes.decided } : { bin: 0, edge: key };
}

/** Added to the bucket of the magnitude of negative values. */
export const negativeBuckets = 2_000_000;

/**
 * Positions this close to a boundary are left undecided; the error of a double precision logarithm is 10,000 times
 * smaller.
 */
const undecided = 1e-7;

/** Which values a field can have. */
export interface ValueRange {
  readonly negative: boolean;
}

/** The position of a value among the buckets, not rounded. Values without one get that of 1. */
export function positionSql(value: string, scale: number, range: ValueRange, dialect: SqlDialect): string {
  const magnitude = range.negative ? `abs(${value})` : value;
  return dialect.log2Times(
    `CASE WHEN ${magnitude} > ${dialect.number(0)} AND ${magnitude} < ${dialect.infinity} THEN ${magnitude} ` +
      `ELSE ${dialect.number(1)} END`,
    2 ** scale,
  );
}

/**
 * What a row is grouped by, given the position of its value: the bucket, and the code for decided values or the value
 * itself, which then decides alone; without a bucket where both are in one key, see `splitKey`. Where no value should
 * be negative, finite ones that are get -1.
 */
export function binSql(
  value: string,
  position: string,
  range: ValueRange,
  dialect: SqlDialect,
): { readonly bin: string | null; readonly edge: string } {
  const { number, integer, infinity } = dialect;
  const ceiling = `ceil(${position})`;
  const bucket = `${ceiling} - ${number(1)}`;
  const decided = `WHEN ${ceiling} - ${position} BETWEEN ${number(undecided)} AND ${number(1 - undecided)} THEN`;
  if (!range.negative)
    return {
      bin: null,
      edge:
        `CASE ${decided} ${ceiling} - ${number(bucketsBelow)} WHEN abs(${value}) = ${infinity} THEN ${infinity} ` +
        `WHEN ${value} < ${number(0)} THEN ${number(-1)} ELSE ${value} END`,
    };
  return {
    bin:
      `CASE WHEN ${value} < ${number(0)} THEN ${integer(`${bucket} + ${number(negativeBuckets)}`)} ELSE ` +
      `${integer(bucket)} END`,
    edge: `CASE ${decided} ${number(edgeCodes.decided)} ELSE ${value} END`,
  };
}

/**
 * A value that stands for all of a group, as far as one can be bad: that by which it is grouped, or 1 for those in a
 * bucket.
 */
export function groupValueSql(edge: string, dialect: SqlDialect): string {
  return `CASE WHEN ${edge} < ${dialect.number(-bucketsBelow / 2)} THEN ${dialect.number(1)} ELSE ${edge} END`;
}

/** The code or value of a group as a plain number, since neither NULL nor infinity come through every client. */
export function plainEdgeSql(edge: string, dialect: SqlDialect): string {
  const { number, infinity } = dialect;
  return (
    `WHEN ${edge} IS NULL THEN ${number(edgeCodes.missing)} WHEN ${edge} = ${infinity} THEN ` +
    `${number(edgeCodes.infinite)} ELSE ${edge} END`
  );
}
