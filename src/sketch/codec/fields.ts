import { cannot, FormatError } from "../../errors.ts";

/**
 * A foreign object whose fields are read one by one, with errors that name the path. Both spellings of a protobuf JSON
 * name are read.
 */
export class Fields {
  readonly #source: Record<string, unknown>;
  readonly #path: string;
  readonly #action: string;

  constructor(value: unknown, path: string, action: string) {
    this.#action = action;
    this.#path = path;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw this.refused(path, "an object", value);
    this.#source = value as Record<string, unknown>;
  }

  #get(name: string): unknown {
    const value = this.#source[name] ?? this.#source[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    return value ?? undefined;
  }

  has(name: string): boolean {
    return this.#get(name) !== undefined;
  }

  at(name: string): string {
    return this.#path === "" ? name : `${this.#path}.${name}`;
  }

  /** A number; protobuf JSON spells the special ones as text. */
  number(name: string): number | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : this.#toNumber(value, this.at(name));
  }

  /** An integer that a double holds exactly; protobuf JSON writes 64-bit integers as text. */
  integer(name: string): number | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : this.#toInteger(value, this.at(name));
  }

  text(name: string): string | undefined {
    const value = this.#get(name);
    if (value !== undefined && typeof value !== "string") throw this.refused(this.at(name), "text", value);
    return value;
  }

  /** A 64-bit integer as text. */
  digits(name: string): string | undefined {
    const value = this.#get(name);
    if (value === undefined) return undefined;
    const text = String(value);
    if (!/^\d{1,20}$/.test(text)) throw this.refused(this.at(name), "a non-negative 64-bit integer", value);
    return text;
  }

  /** The one scalar of an OTLP `AnyValue`, or the object itself where it is a list or a map. */
  only(): string | number | boolean | Record<string, unknown> {
    for (const name of ["stringValue", "boolValue"]) {
      const value = this.#get(name);
      if (typeof value === "string" || typeof value === "boolean") return value;
    }
    return this.has("intValue") ? (this.integer("intValue") as number) : (this.number("doubleValue") ?? this.#source);
  }

  integers(name: string): number[] {
    return this.#list(name, (value, path) => this.#toInteger(value, path));
  }

  numbers(name: string): number[] {
    return this.#list(name, (value, path) => this.#toNumber(value, path));
  }

  objects(name: string): Fields[] {
    return this.#list(name, (value, path) => new Fields(value, path, this.#action));
  }

  object(name: string): Fields | undefined {
    const value = this.#get(name);
    return value === undefined ? undefined : new Fields(value, this.at(name), this.#action);
  }

  #list<T>(name: string, read: (value: unknown, path: string) => T): T[] {
    const value = this.#get(name) ?? [];
    if (!Array.isArray(value)) throw this.refused(this.at(name), "a list", value);
    return value.map((item: unknown, i) => read(item, `${this.at(name)}[${i}]`));
  }

  #toNumber(value: unknown, path: string): number {
    const number =
      typeof value === "bigint" || (typeof value === "string" && value.trim() !== "") ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number)) throw this.refused(path, "a number", value);
    return number;
  }

  #toInteger(value: unknown, path: string): number {
    const number = this.#toNumber(value, path);
    if (!Number.isSafeInteger(number)) throw this.refused(path, "an integer up to 2^53 - 1", value);
    return number;
  }

  refused(field: string, requirement: string, value: unknown): FormatError {
    return new FormatError(cannot(this.#action, field, requirement, value), { code: "invalid-format", field, value });
  }
}
