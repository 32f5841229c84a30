/** An instant as people read it: `2026-01-05 14:00 UTC`. */
export function formatInstant(milliseconds: number): string {
  const date = new Date(milliseconds);
  if (Number.isNaN(date.getTime())) return `${milliseconds} ms`;
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}
