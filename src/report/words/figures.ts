import { formatNumber } from "./format.ts";

/** How many figures of a result are shown; the rest is counted. */
const most = 60;

/** The figures of any result, by their path: `interval[0]`, `effect.estimate`. */
export function figuresOf(result: object): [name: string, value: string][] {
  const found: [string, string][] = [];
  let left = 0;
  const visit = (value: unknown, path: string): void => {
    if (typeof value === "object" && value !== null) {
      const plain =
        typeof (value as { toJSON?: unknown }).toJSON === "function"
          ? (value as { toJSON(): unknown }).toJSON()
          : value;
      if (typeof plain !== "object" || plain === null) return visit(plain, path);
      const entries = Object.entries(plain);
      if (entries.length === 0) add(path, "none");
      for (const [key, one] of entries)
        visit(one, Array.isArray(plain) ? `${path}[${key}]` : path === "" ? key : `${path}.${key}`);
    } else if (typeof value !== "function" && value !== undefined)
      add(path, typeof value === "number" ? numberText(value) : value === null ? "none" : String(value));
  };
  const add = (path: string, value: string): void => {
    if (found.length < most) found.push([path, value]);
    else left++;
  };
  visit(result, "");
  if (left > 0) found.push(["…", `${left} more figures`]);
  return found;
}

function numberText(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "unbounded above" : value < 0 ? "unbounded below" : "not a number";
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? String(value) : formatNumber(value, 6);
}
