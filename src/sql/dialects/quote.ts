import { requirePlainText } from "../plain-text.ts";

/** A text in quotes, with quotes inside it doubled: for databases in which a backslash means itself. */
export function doubledQuotes(text: string, quote: string, database: string): string {
  requirePlainText(text, "a name or text in the statement", database);
  return `${quote}${text.replaceAll(quote, quote + quote)}${quote}`;
}

/** A text in quotes, with quotes and backslashes inside it escaped by a backslash. */
export function backslashedQuotes(text: string, quote: string, database: string): string {
  requirePlainText(text, "a name or text in the statement", database);
  return `${quote}${text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`)}${quote}`;
}
