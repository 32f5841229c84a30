import { closestName } from "../closest-name.ts";
import { type Expression, functions, type Operator } from "./expression-tree.ts";

/** A place in an expression where something else was expected. */
export class ExpressionProblem extends Error {
  readonly at: number;
  readonly expected: string;
  /** What was probably meant. */
  readonly hint: string | undefined;

  constructor(at: number, expected: string, hint?: string) {
    super(expected);
    this.at = at;
    this.expected = expected;
    this.hint = hint;
  }
}

const keywords = new Set(["and", "or", "not", "in", "between"]);
const number = /(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?/uy;
const word = /[^\s"'*/=!<>(),+&|]+/uy;
const quoted = /"((?:[^"\\]|\\.)+)"/uy;
const comparison = /==|!=|<=|>=|<|>|=/uy;
/** A name that needs no quotes today, however it looks. */
const bareName = /^[^\s"*/=!<>]+(?: +[^\s"*/=!<>]+)*$/u;

/** Reads the words of an expression from left to right. */
export class ExpressionScanner {
  readonly source: string;
  readonly #known: ReadonlySet<string> | undefined;
  /** Known columns that look like more than a name, the longest first. */
  readonly #odd: readonly string[];
  at = 0;

  constructor(source: string, known: readonly string[] | undefined) {
    this.source = source;
    this.#known = known === undefined ? undefined : new Set(known);
    this.#odd = (known ?? [])
      .filter((name) => /[\s\-+(),'&|]/u.test(name) && bareName.test(name) && source.includes(name))
      .sort((a, b) => b.length - a.length);
  }

  number(): number | undefined {
    const at = this.at;
    const digits = this.match(number)?.[0];
    if (digits === undefined) return undefined;
    // `5xx` and `10.0.0.1` are names.
    if (/[^\s"'*/=!<>(),+-]/u.test(this.source[this.at] ?? " ")) {
      this.at = at;
      return undefined;
    }
    return Number(digits);
  }

  column(): Expression {
    const at = this.at;
    const first = this.key(true);
    if (first === undefined)
      throw this.problem("a column, a number or a function", this.#quoteHint() ?? this.operatorHint());
    if (this.source[this.at] === "." && this.source[this.at + 1] === '"') return this.#path(at);
    if (this.source[at] === '"' && this.source[this.at] !== ".") return { kind: "column", column: first };
    if (this.source[this.at] === ".") return this.#path(at);
    this.#words(at);
    return { kind: "column", column: this.source.slice(at, this.at) };
  }

  /** A name of several words goes on until a word of the language or an operator. */
  #words(start: number): void {
    for (let end = this.at; ; end = this.at) {
      const next = this.skip();
      if (next === end || this.keywordAt(next) || this.source[next] === "-" || this.key(true) === undefined) {
        this.at = end;
        return;
      }
      if (/^\s*\(/u.test(this.source.slice(this.at)))
        throw new ExpressionProblem(next, "an operator", this.functionHint(next) ?? `A name ends at "("`);
      if (this.source[start] === '"') return;
    }
  }

  /** A path of keys, some of them in quotes: it is kept as it is written. */
  #path(at: number): Expression {
    while (this.source[this.at] === ".") {
      this.at++;
      const key = this.at;
      if (this.key(false) === undefined) throw new ExpressionProblem(key, "a key, or a key in double quotes");
    }
    const path = this.source.slice(at, this.at);
    return { kind: "column", column: path };
  }

  /** A name in double quotes, or a word; dots before a quote end a word. */
  key(first: boolean): string | undefined {
    if (this.source[this.at] === '"') return this.match(quoted)?.[1]?.replace(/\\(.)/gu, "$1");
    const at = this.at;
    let name = this.match(word)?.[0];
    if (name === undefined) return undefined;
    if (name.endsWith(".") && this.source[this.at] === '"') name = name.slice(0, -1);
    else if (first) name = this.#withoutSubtraction(name);
    if (name === "") {
      this.at = at;
      return undefined;
    }
    this.at = at + name.length;
    return name;
  }

  /**
   * A hyphen without blanks is part of a name, unless the source has no such column and has the columns on both sides.
   */
  #withoutSubtraction(name: string): string {
    if (name.endsWith("-") && name.length > 1 && this.#known?.has(name) !== true) return name.replace(/-+$/u, "");
    if (this.#known === undefined || this.#known.has(name) || !name.includes("-")) return name;
    for (let at = name.indexOf("-"); at > 0; at = name.indexOf("-", at + 1)) {
      const rest = name.slice(at + 1);
      const isNext =
        /^\d*\.?\d+$/u.test(rest) || this.#known.has(rest) || this.#known.has(rest.split("-")[0] as string);
      if (this.#known.has(name.slice(0, at)) && isNext) return name.slice(0, at);
    }
    return name;
  }

  functionAt(at: number): boolean {
    const name = /^[A-Za-z_]\w*(?=\s*\()/u.exec(this.source.slice(at))?.[0];
    return name !== undefined && !keywords.has(name.toLowerCase());
  }

  functionHint(at: number): string | undefined {
    const name = /^[A-Za-z_]\w*/u.exec(this.source.slice(at))?.[0] ?? "";
    const meant = closestName(name, Object.keys(functions));
    return meant === undefined ? undefined : `Did you mean ${meant}?`;
  }

  oddColumnAt(at: number): string | undefined {
    return this.#odd.find(
      (name) =>
        this.source.startsWith(name, at) && /^(?:$|[\s"'*/=!<>(),+-])/u.test(this.source.slice(at + name.length)),
    );
  }

  keywordAt(at: number): boolean {
    const found = /^[A-Za-z]+(?=$|[\s("'])/u.exec(this.source.slice(at, at + 9))?.[0];
    return found !== undefined && keywords.has(found.toLowerCase());
  }

  keyword(name: string): boolean {
    const end = this.at + name.length;
    if (this.source.slice(this.at, end).toLowerCase() !== name || !this.keywordAt(this.at)) return false;
    this.at = end;
    this.skip();
    return true;
  }

  operator(): Operator | undefined {
    this.skip();
    const found = this.match(comparison)?.[0];
    return found === "=" ? "==" : (found as Operator | undefined);
  }

  sign(signs: string): string | undefined {
    const sign = this.source[this.skip()];
    if (sign === undefined || !signs.includes(sign)) return undefined;
    this.at++;
    return sign;
  }

  take(character: string): boolean {
    if (this.source[this.skip()] !== character) return false;
    this.at++;
    return true;
  }

  expect(character: string, expected: string): void {
    if (!this.take(character)) throw this.problem(expected);
  }

  operatorHint(): string | undefined {
    const before = this.source.slice(0, this.at);
    if (/^(?:&&|\|\||!)/u.test(this.source.slice(this.at))) return "Write and, or, not";
    if (/\b(?:like|matches|contains|regexp?)\s+$/iu.test(before))
      return 'Write matches(COLUMN, "...") or contains(COLUMN, "...")';
    if (/\bis\s+(?:not\s+)?$/iu.test(before)) return "Write COLUMN == null or COLUMN != null";
    return undefined;
  }

  #quoteHint(): string | undefined {
    if (this.source[this.at] === '"') return "A name in double quotes ends with a double quote";
    return undefined;
  }

  problem(expected: string, hint?: string): ExpressionProblem {
    return new ExpressionProblem(this.skip(), expected, hint);
  }

  skip(): number {
    while (/\s/u.test(this.source[this.at] ?? "x")) this.at++;
    return this.at;
  }

  match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }
}
