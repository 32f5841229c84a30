import { type ConditionFacts, mostExamples } from "../condition-facts.ts";
import { plainDecimal } from "../decimal.ts";
import { type RowTokens, token } from "../row-tokens.ts";
import { numberOf } from "./compute.ts";
import { columnsOf, shortText } from "./expression.ts";
import type { CompiledField } from "./fields.ts";

/** Examples are shown in messages, which are short. */
const longestExample = 40;

interface GrowingFacts {
  readonly column: string;
  readonly index: number;
  numbers: boolean;
  texts: boolean;
  highest: number;
  whole: boolean;
  lowestMet: number;
  readonly examples: string[];
}

/** Notes which values a condition compares, to tell at the end whether it made sense for any of them. */
export class ConditionWatch {
  readonly #field: string;
  readonly #expression: string;
  #met = false;
  #missed = false;
  readonly #columns: readonly GrowingFacts[];

  constructor(field: CompiledField) {
    this.#field = field.field;
    this.#expression = shortText(field.expression);
    this.#columns = columnsOf(field.expression).map((column, order) => ({
      column,
      index: field.indexes[order] as number,
      numbers: false,
      texts: false,
      highest: -Infinity,
      whole: true,
      lowestMet: Infinity,
      examples: [],
    }));
  }

  /** Notes a row; the same values need to be noted once only. */
  note(row: RowTokens, met: boolean): void {
    if (met) this.#met = true;
    else this.#missed = true;
    const columns = this.#columns;
    for (let order = 0; order < columns.length; order++) {
      const facts = columns[order] as GrowingFacts;
      const kind = row.kind[facts.index];
      if (kind === token.number) noteNumber(facts, row.number[facts.index] as number, met);
      else if (kind !== token.absent && kind !== token.null) {
        const { bytes, from, to } = row;
        const plain =
          kind === token.bytes
            ? plainDecimal(bytes, from[facts.index] as number, to[facts.index] as number)
            : Number.NaN;
        if (plain === plain) noteNumber(facts, plain, met);
        else noteOther(facts, row.value(facts.index), met);
      }
    }
  }

  facts(): ConditionFacts {
    const columns = this.#columns.map(
      ({ column, numbers, texts, highest, whole, lowestMet, examples }) =>
        [
          column,
          {
            numbers,
            texts,
            highest: numbers ? highest : null,
            whole,
            lowestMet: lowestMet === Infinity ? null : lowestMet,
            examples: [...examples],
          },
        ] as const,
    );
    return {
      field: this.#field,
      expression: this.#expression,
      met: this.#met,
      missed: this.#missed,
      columns: Object.fromEntries(columns),
    };
  }
}

function noteNumber(facts: GrowingFacts, value: number, met: boolean): void {
  if (value - value !== 0) return;
  facts.numbers = true;
  if (value > facts.highest) facts.highest = value;
  if (met && value < facts.lowestMet) facts.lowestMet = value;
  if (facts.whole && !Number.isInteger(value)) facts.whole = false;
}

function noteOther(facts: GrowingFacts, value: unknown, met: boolean): void {
  if (value === "") return;
  const number = typeof value === "string" ? numberOf(value) : Number.NaN;
  if (Number.isFinite(number)) {
    noteNumber(facts, number, met);
    return;
  }
  if (typeof value === "boolean") facts.numbers = true;
  else facts.texts = true;
  if (typeof value !== "string") return;
  const { examples } = facts;
  const text = value.length > longestExample ? `${value.slice(0, longestExample - 3)}...` : value;
  const last = examples[mostExamples - 1];
  if ((last !== undefined && text >= last) || examples.includes(text)) return;
  examples.push(text);
  examples.sort();
  examples.length = Math.min(examples.length, mostExamples);
}
