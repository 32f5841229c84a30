const blocks = "▁▂▃▄▅▆▇█";

/**
 * A series as a line of blocks, from the lowest value to the highest.
 *
 * @param values - in order; `null` is drawn as a gap.
 * @param width - largest number of characters; of a longer series evenly spaced values are drawn, always the last.
 * @returns one character a value; a series that does not vary is drawn in the middle.
 */
export function sparkline(values: readonly (number | null)[], width = 40): string {
  const shown =
    values.length <= width
      ? values
      : Array.from(
          { length: width },
          (_, index) => values[Math.round(((index + 1) * values.length) / width) - 1] as number | null,
        );
  const known = shown.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return shown
    .map((value) => {
      if (value === null || !Number.isFinite(value)) return " ";
      const level = high > low ? (value - low) / (high - low) : 0.5;
      return blocks[Math.min(blocks.length - 1, Math.floor(level * blocks.length))] as string;
    })
    .join("");
}
