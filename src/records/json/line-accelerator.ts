import type { DirectColumns } from "../direct-columns.ts";

/** Where arrays of a batch come from. */
export interface ColumnMemory {
  numbers(length: number): Float64Array;
  integers(length: number): Int32Array;
}

/** Arrays of their own. */
export const plainMemory: ColumnMemory = {
  numbers: (length) => new Float64Array(length),
  integers: (length) => new Int32Array(length),
};

/**
 * Takes plain lines of an expected layout, as `JsonLineScanner.takeDirect` does and with the same outcome to the bit,
 * but faster than the language allows: in memory of its own, which the lines and the columns must be in. It may stop
 * before any line.
 */
export interface LineAccelerator extends ColumnMemory {
  /** Begins anew: what was handed out is free again. */
  reset(): void;
  /**
   * Where lines are to be put, and some bytes behind them that mean nothing: into the first {@link linesRoom} bytes, or
   * into {@link blocks}.
   */
  readonly lines: Uint8Array;
  readonly linesRoom: number;
  /**
   * Parts of {@link lines} that bytes may be read into, with room before each for the line that the bytes before them
   * end in.
   */
  readonly blocks: readonly Uint8Array[];
  /**
   * The keys of the lines to expect: the value of each, which is of a column or of none (-1), from `starts` to `ends`;
   * the first bytes are at `start`.
   */
  expect(
    bytes: Uint8Array,
    start: number,
    keys: number,
    starts: Int32Array,
    ends: Int32Array,
    columns: Int32Array,
  ): void;
  /** See `JsonLineScanner.takeDirect`. Nothing is taken of lines or into columns elsewhere. */
  takeDirect(bytes: Uint8Array, start: number, end: number, direct: DirectColumns, first: number, most: number): number;
  /** Where {@link takeDirect} stopped. */
  readonly position: number;
}
