import type { FieldMapping } from "../../records/mapping/fields.ts";
import { rowsLookedAt, settleByObjects } from "../../records/rows.ts";

/** A mapping with nothing left open, by the first lines of a file of NDJSON. */
export function settleByHead(mapping: FieldMapping, head: Uint8Array): FieldMapping {
  return settleByObjects(mapping, objectsOf(head));
}

/** The keys of the first object. */
export function keysOfHead(head: Uint8Array): string[] {
  const [first] = objectsOf(head);
  return first === undefined ? [] : Object.keys(first);
}

function objectsOf(head: Uint8Array): object[] {
  const lines = new TextDecoder().decode(head).split("\n", rowsLookedAt.open);
  return lines.flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      return typeof value === "object" && value !== null && !Array.isArray(value) ? [value] : [];
    } catch {
      return [];
    }
  });
}
