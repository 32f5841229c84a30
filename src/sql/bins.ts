import type { SqlDialect } from "./dialect.ts";

/**
 * What rows are grouped by beside arm and period. Engines compute the position of a value among the buckets by a logarithm, which is off by one next to a boundary; such values, and zero,
 * are grouped by their own value, and put in their buckets exactly afterwards. The other codes are far from any boundary, so no value that is grouped by itself equals one.
 */
export const edgeCodes = { decided: 1e300, missing: 2e300, infinite: 3e300, notANumber: 4e300, negativeDuration: -1 } as const;

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

/** Where no value is negative, a bucket minus this stands in the place of a value, which saves the engine a second key to group by. */
const bucketsBelow = 1e12;

/** The bucket and the code or value that a key stands for. */
export function splitKey(key: number): { readonly bin: number; readonly edge: number } {
  return key < -bucketsBelow / 2 ? { bin: key + bucketsBelow - 1, edge: edgeCodes.decided } : { bin: 0, edge: key };
}

/** Added to the bucket of the magnitude of negative values. */
export const negativeBuckets = 2_000_000;

/** Positions this close to a boundary are left undecided; the error of a double precision logarithm is 10,000 times smaller. */
const undecided = 1e-7;

/** Which values a field can have. */
export interface ValueRange {
  readonly negative: boolean;
}

/** The position of a value among the buckets, not rounded. Values without one, and those of rows that are not used, get that of 1. */
export function positionSql(value: string, scale: number, range: ValueRange, used: string | null, dialect: SqlDialect): string {
  const magnitude = range.negative ? `abs(${value})` : value;
  return dialect.log2Times(`CASE WHEN ${used === null ? "" : `${used} AND `}${magnitude} > ${dialect.number(0)} AND ${magnitude} < ${dialect.infinity} THEN ${magnitude} ELSE ${dialect.number(1)} END`, 2 ** scale);
}

/**
 * The bucket of a value, given its position, and one of the codes or its own value, which then decides alone; without a bucket where both are in one key, see `splitKey`.
 *
 * @param unused - what stands for rows that are not used, as a branch of a CASE.
 */
export function binSql(value: string, position: string, range: ValueRange, unused: string | null, dialect: SqlDialect): { readonly bin: string | null; readonly edge: string } {
  const { number, integer, infinity, isNaN } = dialect;
  const ceiling = `ceil(${position})`;
  const bucket = `${ceiling} - ${number(1)}`;
  const bin = !range.negative ? null : `CASE WHEN ${value} < ${number(0)} THEN ${integer(`${bucket} + ${number(negativeBuckets)}`)} ELSE ${integer(bucket)} END`;
  const whens = [
    `WHEN ${ceiling} - ${position} BETWEEN ${number(undecided)} AND ${number(1 - undecided)} THEN ${bin === null ? `${ceiling} - ${number(bucketsBelow)}` : number(edgeCodes.decided)}`,
    ...(unused === null ? [] : [unused]),
    `WHEN ${value} IS NULL THEN ${number(edgeCodes.missing)}`,
    `WHEN ${isNaN(value)} THEN ${number(edgeCodes.notANumber)}`,
    `WHEN abs(${value}) = ${infinity} THEN ${number(edgeCodes.infinite)}`,
    ...(range.negative ? [] : [`WHEN ${value} < ${number(0)} THEN ${number(edgeCodes.negativeDuration)}`]),
  ];
  return { bin, edge: `CASE ${whens.join(" ")} ELSE ${value} END` };
}
