const entities: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** A text as HTML text or attribute value: shown, never interpreted. Characters that HTML forbids become the replacement character. */
export function escapeHtml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/gu, "\ufffd").replace(/[&<>"']/gu, (character) => entities[character] as string);
}

/** JSON that can stand inside a script element without ending it. */
export function embeddedJson(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A text as part of a Markdown table cell or line: shown, never interpreted. */
export function escapeMarkdown(text: string): string {
  return text.replace(/\s*[\r\n]+\s*/gu, " ").replace(/[\\`*_{}[\]<>#|~&$]/gu, (character) => (character === "<" ? "&lt;" : character === ">" ? "&gt;" : character === "&" ? "&amp;" : `\\${character}`));
}
