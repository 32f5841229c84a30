const texts = String.raw`"(?:[^"\\]|\\.)*"`;
const textOrNumber = new RegExp(String.raw`${texts}|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?`, "gu");
const longInteger = /^-?\d{16,}$/u;

/**
 * A JSON text as a value of the language, but for whole numbers of 16 digits and more: these become texts, since they
 * are most likely identifiers, of which a number would lose digits. A field that is a number is read from such a text
 * as well.
 *
 * @throws {SyntaxError} when the text is not JSON.
 */
export function parseJsonRow(text: string): unknown {
  const value: unknown = JSON.parse(text);
  if (!/\d{16}/u.test(text)) return value;
  return JSON.parse(text.replace(textOrNumber, (part) => (longInteger.test(part) ? `"${part}"` : part)));
}

/**
 * The first of some keys that an object has twice at its top level: then it is not known which value is meant.
 *
 * @param text - a JSON object that `JSON.parse` takes.
 */
export function repeatedKey(text: string, keys: ReadonlySet<string>): string | undefined {
  const seen = new Set<string>();
  let depth = 0;
  for (const [part, colon] of [...text.matchAll(new RegExp(String.raw`${texts}(\s*:)?|[{}[\]]`, "gu"))]) {
    if (part === "{" || part === "[") depth++;
    else if (part === "}" || part === "]") depth--;
    else if (depth === 1 && colon !== undefined) {
      const key = JSON.parse(part.slice(0, -colon.length)) as string;
      if (!keys.has(key)) continue;
      if (seen.has(key)) return key;
      seen.add(key);
    }
  }
  return undefined;
}
