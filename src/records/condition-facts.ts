/** What was seen of a column whose values a condition compares. */
export interface ColumnFacts {
  /** Whether a value was a number, and whether one was a text that is none. */
  readonly numbers: boolean;
  readonly texts: boolean;
  /** The largest number; `null` without numbers. */
  readonly highest: number | null;
  /** Whether all numbers are whole. */
  readonly whole: boolean;
  /** The smallest number of the rows that meet the condition; `null` without. */
  readonly lowestMet: number | null;
  /** Some texts: those that come first in the alphabet. */
  readonly examples: readonly string[];
}

/** What was seen of a field that is a condition. */
export interface ConditionFacts {
  readonly field: string;
  readonly expression: string;
  /** Whether a row met it, and whether one did not. */
  readonly met: boolean;
  readonly missed: boolean;
  readonly columns: Readonly<Record<string, ColumnFacts>>;
}

/** How many texts are kept as examples. */
export const mostExamples = 3;

/** Facts of both, as if seen together. */
export function mergeConditions(
  a: readonly ConditionFacts[] | undefined,
  b: readonly ConditionFacts[] | undefined,
): readonly ConditionFacts[] | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const all = new Map<string, ConditionFacts>();
  for (const facts of [...a, ...b]) {
    const key = JSON.stringify([facts.field, facts.expression]);
    const known = all.get(key);
    all.set(key, known === undefined ? facts : mergeFacts(known, facts));
  }
  return [...all.entries()].sort(([x], [y]) => (x < y ? -1 : 1)).map(([, facts]) => facts);
}

function mergeFacts(a: ConditionFacts, b: ConditionFacts): ConditionFacts {
  const columns = Object.entries(a.columns).map(
    ([column, facts]) =>
      [
        column,
        mergeColumns(facts, Object.hasOwn(b.columns, column) ? (b.columns[column] as ColumnFacts) : facts),
      ] as const,
  );
  return { ...a, met: a.met || b.met, missed: a.missed || b.missed, columns: Object.fromEntries(columns) };
}

function mergeColumns(a: ColumnFacts, b: ColumnFacts): ColumnFacts {
  return {
    numbers: a.numbers || b.numbers,
    texts: a.texts || b.texts,
    highest: extreme(Math.max, a.highest, b.highest),
    whole: a.whole && b.whole,
    lowestMet: extreme(Math.min, a.lowestMet, b.lowestMet),
    examples: [...new Set([...a.examples, ...b.examples])].sort().slice(0, mostExamples),
  };
}

function extreme(of: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : of(a, b);
}
