/**
 * Whether a value is data: nothing that has a state of its own, such as a sketch, a stream or a random number
 * generator.
 */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (Object.prototype.toString.call(value) === "[object Module]") return false;
  return Array.isArray(value) || prototype === Object.prototype || prototype === null;
}

/** Freezes objects and lists to any depth; typed arrays, which can't be frozen, are watched by {@link contentsOf}. */
export function deepFreeze<Value>(value: Value): Value {
  if (typeof value !== "object" || value === null || !isPlain(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFreeze(inner);
  return value;
}

/** A copy of all that can be frozen. */
export function copyOf(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return structuredClone(value);
  if (typeof value !== "object" || value === null || !isPlain(value)) return value;
  if (Array.isArray(value)) return value.map(copyOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));
}

/** All that a value holds, as text; what has a state of its own by what it says of itself as JSON. */
export function contentsOf(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      ArrayBuffer.isView(inner)
        ? Array.from(inner as Uint8Array)
        : typeof inner === "bigint"
          ? `${inner}n`
          : Object.is(inner, -0)
            ? "-0"
            : typeof inner === "number" && !Number.isFinite(inner)
              ? String(inner)
              : inner,
    ) ?? String(value)
  );
}

/**
 * Whether a second call with the same value means the same: false for streams, functions and whatever else may be used
 * up.
 */
export function isRepeatable(value: unknown): boolean {
  if (typeof value === "function" || Object.prototype.toString.call(value) === "[object Module]") return false;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return true;
  if (!isPlain(value)) return "toJSON" in value;
  return Object.values(value).every(isRepeatable);
}
