const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Characters that steer a terminal or reorder what stands around them, and those that HTML and XML forbid; not tab and
 * line feed.
 */
// eslint-disable-next-line no-control-regex
const steering = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/gu;

/**
 * A text in which characters that steer a terminal or reorder what stands around them are shown as replacement
 * characters.
 */
export function printableLines(text: string): string {
  return text.replace(steering, "\ufffd");
}

/** The same as one line. */
export function printable(text: string): string {
  return printableLines(text).replace(/[\t\n]/gu, "\ufffd");
}

/** A text as HTML text or attribute value: shown, never interpreted. */
export function escapeHtml(text: string): string {
  return printableLines(text).replace(/[&<>"']/gu, (character) => entities[character] as string);
}

/** JSON that can stand inside a script element without ending it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[<>&\u2028\u2029]/gu, escaped)
    .replace(steering, escaped);
}

/** JSON for a terminal: the same document, with characters that would steer it written as escapes. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(steering, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/**
 * What renderers make links of, notify people of or refer to issues by, after escapes are gone: mentions, addresses,
 * `#1`, `!1` and `GH-1`.
 */
const references = /@(?=\S)|:(?=\/\/)|\bwww(?=\.)|[#!](?=\d)|\bGH-(?=\d)/giu;

/** Shows nothing, and keeps apart what stands before and after it. */
const zeroWidthSpace = "&#8203;";

/**
 * A text as part of a Markdown table cell or line: shown, never interpreted; a name that mentions somebody notifies
 * nobody.
 */
export function escapeMarkdown(text: string): string {
  const line = text
    .split(/[\r\n]+/u)
    .map((part) => part.trim())
    .join(" ");
  const escaped = printable(line).replace(/[\\`*_{}[\]<>#|~&$]/gu, (character) =>
    character === "<" ? "&lt;" : character === ">" ? "&gt;" : character === "&" ? "&amp;" : `\\${character}`,
  );
  return escaped.replace(references, `$&${zeroWidthSpace}`);
}
