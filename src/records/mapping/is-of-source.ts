/** Whether a field is taken from the name of the source, as `@file`, `@folder` and `@path(...)` are. */
export function isOfSource(text: string): boolean {
  return /^@(?:file|folder|path)\b/u.test(text.trim());
}
