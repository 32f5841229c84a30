import { showValue, SummaryError } from "../errors.ts";

/** Ids that are remembered. */
const sampleSize = 4096;
/** Hashes are whole numbers below this. */
const hashRange = 2 ** 52;

/** How the notes of two sightings of one id combine: counts add up, sets of arms (as bits) unite. */
export type NoteKind = "count" | "arms";

/**
 * The ids with the smallest hashes, each with a note: exact up to `sampleSize` different ids, a random sample of them
 * beyond.
 *
 * Whether an id is in the sample depends on its hash alone, so every sighting of it is noted; samples of parts merge to
 * the sample of the whole, to the bit, in whatever order. Source: Bar-Yossef, Jayram, Kumar, Sivakumar and Trevisan
 * (2002), doi:10.1007/3-540-45726-7_1.
 */
export class IdSample {
  readonly kind: NoteKind;
  #notes = new Map<number, number>();
  /** No larger hash can be in the sample. */
  #largest: number = hashRange;

  constructor(kind: NoteKind) {
    this.kind = kind;
  }

  /** Reads what {@link toJSON} wrote. @throws {SummaryError} when it is not that. */
  static fromJSON(json: unknown, kind: NoteKind, field: string): IdSample {
    const sample = new IdSample(kind);
    const texts = typeof json === "string" ? json.split(" ").filter((text) => text !== "") : [undefined];
    let hash = 0;
    for (const text of texts) {
      const parts = text === undefined ? null : /^([0-9a-z]+)(?:\*([0-9a-z]+))?$/u.exec(text);
      hash += parts === null ? Number.NaN : Number.parseInt(parts[1] as string, 36);
      const note = parts?.[2] === undefined ? 1 : Number.parseInt(parts[2], 36);
      if (!(hash < hashRange && Number.isSafeInteger(note) && note > 0)) {
        throw new SummaryError(
          `Cannot decode the summary: ${field} must be a sample of ids, current value is ${showValue(json)}`,
          { code: "summary-damaged", field, value: json, fix: "Summarize the records again" },
        );
      }
      sample.add(hash, note);
    }
    return sample;
  }

  /** Notes a sighting of the id with this hash. */
  add(hash: number, note: number): void {
    if (hash > this.#largest) return;
    const before = this.#notes.get(hash);
    this.#notes.set(hash, before === undefined ? note : this.kind === "count" ? before + note : before | note);
    if (before === undefined && this.#notes.size >= 2 * sampleSize) this.#prune();
  }

  absorb(other: IdSample): void {
    for (const [hash, note] of other.#notes) this.add(hash, note);
  }

  /** Whether every id is in the sample. */
  get complete(): boolean {
    return this.notes.length < sampleSize;
  }

  /** The notes of the ids in the sample. */
  get notes(): readonly number[] {
    this.#prune();
    return [...this.#notes.values()];
  }

  /** Number of different ids: exact while {@link complete}, else within about 3 % (two standard errors). */
  get distinct(): number {
    const { length } = this.notes;
    return length < sampleSize ? length : Math.round((length - 1) / ((this.#largest + 1) / hashRange));
  }

  toJSON(): string {
    this.#prune();
    let before = 0;
    let text = "";
    for (const hash of this.#hashes()) {
      const note = this.#notes.get(hash) as number;
      text += `${text === "" ? "" : " "}${(hash - before).toString(36)}${note === 1 ? "" : `*${note.toString(36)}`}`;
      before = hash;
    }
    return text;
  }

  /** In ascending order. */
  #hashes(): Float64Array {
    return Float64Array.from(this.#notes.keys()).sort();
  }

  #prune(): void {
    if (this.#notes.size < sampleSize) return;
    const before = this.#notes;
    const kept = this.#hashes().subarray(0, sampleSize);
    this.#notes = new Map();
    for (const hash of kept) this.#notes.set(hash, before.get(hash) as number);
    this.#largest = kept[sampleSize - 1] as number;
  }
}
