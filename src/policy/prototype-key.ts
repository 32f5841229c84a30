/**
 * The one key that can't be a name: objects read from JSON have it of their own, and copies of them silently lose it.
 */
export const prototypeKey = "__proto__";

/** Where a document has an object with a key `__proto__`, as the keys that lead to it; undefined where it has none. */
export function pathOfPrototypeKey(
  document: unknown,
  seen: Set<object> = new Set(),
): readonly PropertyKey[] | undefined {
  if (typeof document !== "object" || document === null || seen.has(document)) return undefined;
  seen.add(document);
  if (Object.hasOwn(document, prototypeKey)) return [prototypeKey];
  for (const [key, inner] of Array.isArray(document) ? document.entries() : Object.entries(document)) {
    const path = pathOfPrototypeKey(inner, seen);
    if (path !== undefined) return [key, ...path];
  }
  return undefined;
}
