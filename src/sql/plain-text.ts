import { DatabaseError, showValue } from "../errors.ts";

/**
 * Characters that no name or text in a statement may have: C0 and C1 control characters, the line and paragraph
 * separators, and halves of surrogate pairs. Databases, clients and logs disagree on where such a text ends.
 */
const refused = /[\p{Cc}\u2028\u2029\p{Cs}]/u;

/**
 * Refuses a text that holds a control character, before it becomes part of a statement.
 *
 * @param text - a name, or a text to compare a column with
 * @param field - what the text is, for the message, e.g. `table` or `mapping.arm`
 * @param database - name of the dialect
 * @returns the text, unchanged
 * @throws {DatabaseError} code `control-character`, naming the character, its position and the field
 */
export function requirePlainText(text: string, field: string, database: string): string {
  const found = refused.exec(text);
  if (found === null) return text;
  const shown = escapedText(showValue(text));
  throw new DatabaseError(
    `Cannot write the statement: ${field} must be free of control characters, current value is ${shown} with ` +
      `${codePoint(found[0])} at position ${found.index}`,
    {
      engine: database,
      code: "control-character",
      field,
      value: text,
      fix: "Rename it, or create a view that gives it a plain name",
    },
  );
}

/** The text with every refused character written as its code point, so that it fits on one line of a log. */
export function escapedText(text: string): string {
  return text.replace(new RegExp(refused.source, "gu"), (character) => `\\u{${codePoint(character).slice(2)}}`);
}

function codePoint(character: string): string {
  return `U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}
