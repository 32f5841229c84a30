const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });
/** Characters that take two columns: East Asian wide ones and emoji. */
const wide = new RegExp(
  [
    "[\\u1100-\\u115f\\u2e80-\\ua4cf\\uac00-\\ud7a3\\uf900-\\ufaff\\ufe30-\\ufe6f\\uff00-\\uff60\\uffe0-\\uffe6]",
    "[\\u{20000}-\\u{3fffd}]",
    "\\p{Emoji_Presentation}",
    "\\p{Extended_Pictographic}\\ufe0f",
  ].join("|"),
  "u",
);

/** Columns that a text takes in a terminal: wide characters and emoji take two, combining marks none. */
export function displayWidth(text: string): number {
  // eslint-disable-next-line no-control-regex
  if (/^[\u0000-\u02ff]*$/u.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    if (wide.test(segment)) width += 2;
    else if (!/^[\p{Mark}\p{Default_Ignorable_Code_Point}]+$/u.test(segment)) width += 1;
  }
  return width;
}

/** A text of at most so many columns; the end of a longer one becomes an ellipsis. */
export function shorten(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    if (displayWidth(kept + segment) > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/**
 * Breaks a text at spaces, but for those within `p = 0.05` and `95 %`; lines after the first are indented. A word
 * longer than a line stands on one of its own.
 */
export function wrap(text: string, width: number, indent: string): string[] {
  const lines: string[] = [];
  const lead = /^ */u.exec(text)?.[0] ?? "";
  let line = lead;
  for (const word of text.trim().split(/(?<!=) (?![=%])/u)) {
    const joined = line.trim() === "" ? `${line}${word}` : `${line} ${word}`;
    if (displayWidth(joined) > width && line.trim() !== "") {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = joined;
  }
  return [...lines, line];
}
