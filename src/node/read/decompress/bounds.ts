import { RecordsError } from "../../../errors.ts";

/** What compressed data may grow to; docs/limits.md lists the defaults. */
export interface DecompressionBounds {
  /** Largest ratio of text to compressed bytes, once the text is longer than 64 MiB. */
  readonly maxExpansion: number;
  /** Largest size of the text of one file, in bytes. */
  readonly maxTextBytes: number;
  /** Largest distance that zstd data may refer back, in bytes: what their reader must hold in memory. */
  readonly maxWindowBytes: number;
}

/** The bounds where the caller gives none: RFC 8878 asks a reader of zstd for windows up to 8 MiB. */
export const decompressionBounds: DecompressionBounds = {
  maxExpansion: 250,
  maxTextBytes: 2 ** 40,
  maxWindowBytes: 8 * 1024 * 1024,
};

/** Text up to this length may come from however few bytes. */
const freeBytes: number = 64 * 1024 * 1024;

/** Watches how far data expand, and stops a file that is beyond the bounds. */
export class ExpansionGuard {
  readonly #path: string;
  readonly #bounds: DecompressionBounds;
  #compressed = 0;
  #text = 0;

  constructor(path: string, bounds: DecompressionBounds) {
    this.#path = path;
    this.#bounds = bounds;
  }

  /** Notes compressed bytes that were read. */
  read(bytes: number): void {
    this.#compressed += bytes;
  }

  /** Notes bytes that came out, or the memory that making them takes. @throws {RecordsError} beyond the bounds. */
  made(bytes: number): void {
    this.#text += bytes;
    const { maxExpansion, maxTextBytes } = this.#bounds;
    if (this.#text > maxTextBytes)
      throw this.#refusal(`at most ${maxTextBytes} bytes of text`, `more than ${this.#text} bytes`, "--max-text");
    if (this.#text > freeBytes && this.#text > maxExpansion * this.#compressed)
      throw this.#refusal(
        `at most ${maxExpansion} times as long as its compressed bytes`,
        `${Math.round(this.#text / this.#compressed)} times`,
        "--max-expansion",
      );
  }

  /** Checks the window of a zstd frame. @throws {RecordsError} when it is larger than the bounds allow. */
  requireWindow(bytes: number): void {
    if (bytes <= this.#bounds.maxWindowBytes) return;
    throw this.#refusal(
      `zstd data with a window of at most ${this.#bounds.maxWindowBytes / 2 ** 20} MiB`,
      `${bytes / 2 ** 20} MiB`,
      "--max-window",
    );
  }

  #refusal(requirement: string, value: string, option: string): RecordsError {
    return new RecordsError(
      `Cannot read the records: the file must be ${requirement}, current value is ${value} in ` +
        JSON.stringify(this.#path),
      {
        code: "expands-too-far",
        field: "file",
        value: this.#path,
        fix: `Check where the file comes from; ${option} allows more`,
      },
    );
  }
}
