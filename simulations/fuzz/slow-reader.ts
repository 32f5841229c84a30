/** What a slow and obvious reader makes of a row. */
export type SlowRow =
  | { readonly arm: string; readonly ok: number | null; readonly ms: number | null; readonly unusable: boolean }
  /** Rejected, and the arm where it is known. */
  | { readonly rejected: string; readonly arm?: string };

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;

/** A number as it is spelled; `null` for none, NaN for what is no number. */
function numberOf(raw: unknown): number | null {
  if (raw === undefined || raw === null) return null;
  if (typeof raw === "number") return raw;
  if (typeof raw === "boolean") return Number(raw);
  if (typeof raw !== "string") return Number.NaN;
  const text = raw.trim().toLowerCase();
  if (text === "") return null;
  if (text === "true" || text === "false") return Number(text === "true");
  return decimal.test(text) ? Number(text) : Number.NaN;
}

/** The record of three values, as they were read. */
function recordOf(arm: unknown, ok: unknown, ms: unknown): SlowRow {
  if (arm === undefined || arm === null || arm === "") return { rejected: "arm-missing" };
  const outcome = numberOf(ok);
  if (outcome !== null && outcome !== 0 && outcome !== 1) return { rejected: "success-not-boolean", arm: String(arm) };
  const latency = numberOf(ms);
  const unusable = latency !== null && !(latency >= 0 && latency < Infinity);
  return { arm: String(arm), ok: outcome, ms: unusable ? null : latency, unusable };
}

/** Reads lines of JSON: one line, one JSON.parse. */
export function slowJsonLines(bytes: Uint8Array): SlowRow[] {
  const text = Buffer.from(bytes)
    .toString("latin1")
    .replace(/^\u00ef\u00bb\u00bf/u, "");
  return text.split("\n").flatMap((latin): SlowRow[] => {
    let line: string;
    try {
      line = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(latin, "latin1"));
    } catch {
      return [{ rejected: "not-utf8" }];
    }
    if (line.trim() === "") return [];
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      return [{ rejected: "malformed-json" }];
    }
    if ((line.match(/"arm":/gu) ?? []).length > 1) return [{ rejected: "repeated-key" }];
    if (typeof value !== "object" || value === null || Array.isArray(value)) return [{ rejected: "not-an-object" }];
    const { arm, ok, ms } = value as Record<string, unknown>;
    return [recordOf(arm, ok, ms)];
  });
}

/** The cells of a row, character by character. */
function cellsOf(row: string): string[] {
  const cells = [""];
  let quoted = false;
  for (let at = 0; at < row.length; at++) {
    const cell = cells.length - 1;
    if (quoted && row.startsWith('""', at)) cells[cell] += row[at++] as string;
    else if (row[at] === '"') quoted = !quoted;
    else if (row[at] === "," && !quoted) cells.push("");
    else cells[cell] += row[at] as string;
  }
  return cells;
}

/** Reads a table of four columns: a line whose quotes don't pair goes on in the next, unless that is a row itself. */
export function slowTable(bytes: Uint8Array): SlowRow[] {
  const lines = new TextDecoder().decode(bytes).split("\n");
  const isPaired = (text: string): boolean => text.split('"').length % 2 === 1;
  const rows: SlowRow[] = [];
  for (let at = 1; at < lines.length; at++) {
    let row = (lines[at] as string).replace(/\r$/u, "");
    const next = lines[at + 1];
    if (!isPaired(row) && next !== undefined && next.split(",").length < 4 && !isPaired(next))
      row += `\n${(lines[++at] as string).replace(/\r$/u, "")}`;
    if (row === "") continue;
    const cells = cellsOf(row);
    const arm = isPaired(row) ? (cells[0] as string) : (row.split(",")[0] as string).replaceAll('"', "");
    if (!isPaired(row)) rows.push({ rejected: "unterminated-quote", arm });
    else rows.push(cells.length === 4 ? recordOf(arm, cells[1], cells[2]) : { rejected: "column-count", arm });
  }
  return rows;
}
