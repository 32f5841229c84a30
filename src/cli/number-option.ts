import { UsageError } from "./cli-context.ts";

/**
 * The number that an option's text stands for.
 *
 * @param option - with its dashes, as the error names it.
 * @param requirement - what it must be, in words that follow "must be".
 * @throws {UsageError} for text that is no finite number, or one that doesn't hold.
 */
export function numberOption(
  option: string,
  text: string,
  requirement = "a number",
  holds: (value: number) => boolean = () => true,
): number {
  const value = Number(text);
  if (text.trim() !== "" && Number.isFinite(value) && holds(value)) return value;
  throw new UsageError(
    `Cannot read the options: ${option} must be ${requirement}, current value is ${JSON.stringify(text)}`,
  );
}

/** The same, of a number within bounds. */
export function numberWithin(option: string, text: string, least: number, most: number): number {
  return numberOption(option, text, `a number from ${least} to ${most}`, (value) => value >= least && value <= most);
}

/** The same, of a whole number, at least `least` where that is given. */
export function wholeOption(option: string, text: string, least?: number): number {
  return numberOption(
    option,
    text,
    `a whole number${least === undefined ? "" : ` from ${least}`}`,
    (value) => Number.isSafeInteger(value) && (least === undefined || value >= least),
  );
}
