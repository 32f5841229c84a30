import { parsePattern, type Pattern, PatternProblem } from "./pattern-syntax.ts";

/** One step of the machine that a pattern becomes. */
type Step =
  | { readonly kind: "set"; readonly ranges: readonly (readonly [number, number])[]; readonly next: number }
  | { readonly kind: "split"; readonly next: number; readonly other: number }
  | { readonly kind: "start" | "end"; readonly next: number }
  | { readonly kind: "found" };

/** All steps that the machine may stand at after the characters read so far. */
interface State {
  readonly steps: readonly number[];
  /** The pattern has been found, whatever follows. */
  readonly found: boolean;
  /** It is found if the text ends here. */
  readonly foundAtEnd: boolean;
  readonly ascii: (State | undefined)[];
}

const mostSteps = 5000;
/** States that are remembered before they are begun anew. */
const mostStates = 500;

/**
 * A regular expression that is looked for in time that grows with the length of the text only: all ways of finding it
 * are followed at once (Thompson 1968, doi:10.1145/363347.363387), so no pattern and no text make it slow.
 */
export class SafePattern {
  readonly #steps: Step[] = [];
  #states = new Map<string, State>();
  readonly #begin: number;
  #first: State;

  /** @throws {PatternProblem} when the pattern can't be read. */
  constructor(source: string) {
    this.#begin = this.#build(parsePattern(source), this.#push({ kind: "found" }));
    this.#first = this.#state([this.#begin], true);
  }

  /** What is wrong with a pattern; `undefined` when it can be read. */
  static problemOf(source: string): PatternProblem | undefined {
    try {
      void new SafePattern(source);
      return undefined;
    } catch (cause) {
      if (cause instanceof PatternProblem) return cause;
      throw cause;
    }
  }

  /** Whether the pattern is found anywhere in a text. */
  test(text: string): boolean {
    let state = this.#first;
    for (let at = 0; at < text.length; at++) {
      if (state.found) return true;
      const code = text.codePointAt(at) as number;
      if (code > 0xff_ff) at++;
      const known = code < 128 ? state.ascii[code] : undefined;
      state = known ?? this.#after(state, code);
    }
    return state.found || state.foundAtEnd;
  }

  #after(state: State, code: number): State {
    const next = state.steps.flatMap((index) => {
      const step = this.#steps[index] as Step;
      return step.kind === "set" && step.ranges.some(([from, to]) => code >= from && code <= to) ? [step.next] : [];
    });
    if (this.#states.size > mostStates) {
      this.#states = new Map();
      this.#first = this.#state([this.#begin], true);
    }
    // The pattern may begin at any character.
    const after = this.#state([...next, this.#begin], false);
    if (code < 128) state.ascii[code] = after;
    return after;
  }

  #state(entries: readonly number[], atStart: boolean): State {
    const steps = this.#closure(entries, atStart, false);
    const key = `${atStart}:${steps.join(",")}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const isFound = (all: readonly number[]): boolean => all.some((step) => this.#steps[step]?.kind === "found");
    const state: State = {
      steps,
      found: isFound(steps),
      foundAtEnd: isFound(this.#closure(steps, atStart, true)),
      ascii: [],
    };
    this.#states.set(key, state);
    return state;
  }

  /** The steps that can be reached without a character. */
  #closure(entries: readonly number[], atStart: boolean, atEnd: boolean): number[] {
    const reached = new Set<number>();
    const open = [...entries];
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (reached.has(index)) continue;
      reached.add(index);
      const step = this.#steps[index] as Step;
      if (step.kind === "split") open.push(step.next, step.other);
      else if ((step.kind === "start" && atStart) || (step.kind === "end" && atEnd)) open.push(step.next);
    }
    return [...reached].sort((a, b) => a - b);
  }

  /** Adds the steps of a pattern that go on at `next`; returns the first of them. */
  #build(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case "set":
        return this.#push({ kind: "set", ranges: pattern.ranges, next });
      case "start":
      case "end":
        return this.#push({ kind: pattern.kind, next });
      case "sequence":
        return pattern.parts.reduceRight((after, part) => this.#build(part, after), next);
      case "choice":
        return pattern.parts
          .map((part) => this.#build(part, next))
          .reduceRight((other, first) => this.#push({ kind: "split", next: first, other }));
      case "repeat":
        return this.#repeat(pattern.part, pattern.least, pattern.most, next);
    }
  }

  #repeat(part: Pattern, least: number, most: number, next: number): number {
    let first = next;
    if (most === Infinity) {
      const split = this.#push({ kind: "split", next, other: next });
      this.#steps[split] = { kind: "split", next: this.#build(part, split), other: next };
      first = split;
    } else
      for (let count = least; count < most; count++)
        first = this.#push({ kind: "split", next: this.#build(part, first), other: next });
    for (let count = 0; count < least; count++) first = this.#build(part, first);
    return first;
  }

  #push(step: Step): number {
    if (this.#steps.length === mostSteps)
      throw new PatternProblem(0, "a smaller pattern", `Its repetitions make more than ${mostSteps} steps`);
    return this.#steps.push(step) - 1;
  }
}
