import { closestName } from "../closest-name.ts";
import {
  type Expression,
  type FunctionName,
  functions,
  kindOfExpression,
  type Operator,
  type ValueKind,
} from "./expression-tree.ts";
import { SafePattern } from "./safe-pattern.ts";

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
/** A word of a text that is not in quotes. */
const textWord = /(?!&&|\|\|)[^\s"'(),]+/uy;
const quoted = /"((?:[^"\\]|\\.)+)"/uy;
/** A text ends at the next quote of its kind; a backslash keeps a quote from ending it, and is part of the text. */
const text = /"((?:[^"\\]|\\.)*)"|'([^']*)'/uy;
const comparison = /==|!=|<=|>=|<|>|=/uy;
/** A name that needs no quotes today, however it looks. */
const bareName = /^[^\s"*/=!<>]+(?: +[^\s"*/=!<>]+)*$/u;

/**
 * Reads an expression: `or` binds least, then `and`, `not`, comparisons, `+ -`, `* /`.
 *
 * @param known - the columns of the source, where they are known: the longest of them that stands at a place is meant,
 * blanks, hyphens and all.
 * @throws {ExpressionProblem} at the first character that can't be read.
 */
export function parseTree(source: string, known?: readonly string[]): Expression {
  return new TreeParser(source, known).parse();
}

class TreeParser {
  readonly #source: string;
  readonly #known: ReadonlySet<string> | undefined;
  /** Known columns that look like more than a name, the longest first. */
  readonly #odd: readonly string[];
  #at = 0;

  constructor(source: string, known: readonly string[] | undefined) {
    this.#source = source;
    this.#known = known === undefined ? undefined : new Set(known);
    this.#odd = (known ?? [])
      .filter((name) => /[\s\-+(),'&|]/u.test(name) && bareName.test(name) && source.includes(name))
      .sort((a, b) => b.length - a.length);
  }

  parse(): Expression {
    const tree = this.#either();
    if (this.#skip() < this.#source.length)
      throw this.#problem("an operator, or the end of the expression", this.#operatorHint());
    return tree;
  }

  #either(): Expression {
    let left = this.#both();
    for (let at = this.#skip(); this.#keyword("or"); at = this.#skip())
      left = { kind: "either", left: this.#condition(left, at), right: this.#conditionAfter(() => this.#both()) };
    return left;
  }

  #both(): Expression {
    let left = this.#negation();
    for (let at = this.#skip(); this.#keyword("and"); at = this.#skip())
      left = { kind: "both", left: this.#condition(left, at), right: this.#conditionAfter(() => this.#negation()) };
    return left;
  }

  #negation(): Expression {
    this.#skip();
    return this.#keyword("not")
      ? { kind: "not", operand: this.#conditionAfter(() => this.#negation()) }
      : this.#comparison();
  }

  #conditionAfter(read: () => Expression): Expression {
    const at = this.#skip();
    return this.#condition(read(), at);
  }

  #condition(tree: Expression, at: number): Expression {
    if (kindOfExpression(tree) === "condition") return tree;
    const hint =
      tree.kind === "column"
        ? `Compare the column with a value, as in ${tree.column} == true`
        : "Several values are compared as in status in (200, 204)";
    throw new ExpressionProblem(at, "a condition, such as status < 500", hint);
  }

  #comparison(): Expression {
    const start = this.#skip();
    const left = this.#sum();
    this.#skip();
    const negative = this.#keyword("not");
    if (this.#keyword("in")) return negate(this.#choices(this.#value(left, start)), negative);
    if (this.#keyword("between")) return negate(this.#between(left, start), negative);
    if (negative) throw new ExpressionProblem(this.#skip(), "in (...) or between ... and ...");
    const operator = this.#operator();
    if (operator === undefined) return left;
    if (operator === "==" || operator === "!=")
      return { kind: "comparison", operator, left: this.#value(left, start), right: this.#equated() };
    const first: Expression = {
      kind: "comparison",
      operator,
      left: this.#numeric(left, start),
      right: this.#numericAfter(),
    };
    const second = this.#skip();
    const next = this.#operator();
    if (next === undefined) return first;
    const rising = operator.startsWith("<") ? "<" : ">";
    if (!next.startsWith(rising))
      throw new ExpressionProblem(second, `${rising} or ${rising}=`, `A range is written as 100 <= status < 500`);
    return {
      kind: "both",
      left: first,
      right: { kind: "comparison", operator: next, left: first.right, right: this.#numericAfter() },
    };
  }

  #between(value: Expression, start: number): Expression {
    const low = this.#numericAfter();
    this.#skip();
    if (!this.#keyword("and")) throw this.#problem("and, as in status between 200 and 499");
    const high = this.#numericAfter();
    const left = this.#numeric(value, start);
    return {
      kind: "both",
      left: { kind: "comparison", operator: ">=", left, right: low },
      right: { kind: "comparison", operator: "<=", left, right: high },
    };
  }

  #choices(value: Expression): Expression {
    this.#skip();
    this.#expect("(", "a list in parentheses, such as (200, 204)");
    const choices: Expression[] = [];
    do choices.push(this.#equated());
    while (this.#take(","));
    this.#expect(")", ", or )");
    return { kind: "in", value, choices };
  }

  /** What stands right of `==`: a name there is a text, unless it is in parentheses or belongs to a function. */
  #equated(): Expression {
    const at = this.#skip();
    const given = this.#match(text);
    if (given !== undefined) return { kind: "text", value: given[1] ?? (given[2] as string) };
    if (this.#source[at] === "(") return this.#value(this.#primary(), at);
    if (this.#functionAt(at)) return this.#value(this.#primary(), at);
    const words: string[] = [];
    for (let from = this.#skip(); !this.#keywordAt(from); from = this.#skip()) {
      const next = this.#match(textWord)?.[0];
      if (next === undefined) break;
      words.push(next);
    }
    if (words.length === 0) {
      // Nothing right of the operator stands for a missing value, as it always has.
      if (this.#at === this.#source.length) return { kind: "null" };
      throw this.#problem("a number, a text or null");
    }
    const literal = this.#source.slice(at, this.#at).trimEnd();
    if (literal === "null") return { kind: "null" };
    const value = Number(literal);
    return Number.isFinite(value) ? { kind: "number", value } : { kind: "text", value: literal };
  }

  #numericAfter(): Expression {
    const at = this.#skip();
    const given = this.#match(text);
    if (given !== undefined && this.#source[this.#at] !== ".") {
      const value = (given[1] ?? (given[2] as string)).trim();
      if (given[1] === undefined || value === "" || Number.isFinite(Number(value)))
        throw new ExpressionProblem(at, "a number or a column", "Numbers are written without quotes");
    }
    this.#at = at;
    return this.#numeric(this.#sum(), at);
  }

  #numeric(tree: Expression, at: number): Expression {
    return this.#ofKind(tree, at, ["any", "number"], "a number or a column");
  }

  #value(tree: Expression, at: number): Expression {
    return this.#ofKind(tree, at, ["any", "number", "text"], "a value, not a condition");
  }

  #ofKind(tree: Expression, at: number, kinds: readonly ValueKind[], expected: string): Expression {
    if (tree.kind !== "null" && kinds.includes(kindOfExpression(tree))) return tree;
    throw new ExpressionProblem(at, expected);
  }

  #sum(): Expression {
    let start = this.#skip();
    let left = this.#product();
    for (let sign = this.#sign("+-"); sign !== undefined; sign = this.#sign("+-")) {
      const operator = sign as "+" | "-";
      left = { kind: "arithmetic", operator, left: this.#numeric(left, start), right: this.#factorAfter("product") };
      start = this.#at;
    }
    return left;
  }

  #product(): Expression {
    const start = this.#skip();
    let left = this.#signed();
    for (let sign = this.#sign("*/"); sign !== undefined; sign = this.#sign("*/")) {
      const operator = sign as "*" | "/";
      left = { kind: "arithmetic", operator, left: this.#numeric(left, start), right: this.#factorAfter("signed") };
    }
    return left;
  }

  #factorAfter(what: "product" | "signed"): Expression {
    const at = this.#skip();
    return this.#numeric(what === "product" ? this.#product() : this.#signed(), at);
  }

  #signed(): Expression {
    const at = this.#skip();
    if (this.#source[at] !== "-" || this.#oddColumnAt(at) !== undefined) return this.#primary();
    this.#at++;
    const operand = this.#numeric(this.#signed(), this.#skip());
    return operand.kind === "number" ? { kind: "number", value: -operand.value } : { kind: "negated", operand };
  }

  #primary(): Expression {
    const at = this.#skip();
    if (this.#take("(")) {
      const tree = this.#either();
      this.#skip();
      this.#expect(")", "an operator or )");
      return tree;
    }
    const odd = this.#oddColumnAt(at);
    if (odd !== undefined) {
      this.#at += odd.length;
      return { kind: "column", column: odd };
    }
    if (this.#source[at] === "'") {
      const given = this.#match(text);
      if (given === undefined) throw new ExpressionProblem(at, "a quote ' that ends the text");
      return { kind: "text", value: given[2] as string };
    }
    const value = this.#number();
    if (value !== undefined) return { kind: "number", value };
    if (this.#functionAt(at)) return this.#members(this.#call());
    return this.#column();
  }

  #number(): number | undefined {
    const at = this.#at;
    const digits = this.#match(number)?.[0];
    if (digits === undefined) return undefined;
    // `5xx` and `10.0.0.1` are names.
    if (/[^\s"'*/=!<>(),+-]/u.test(this.#source[this.#at] ?? " ")) {
      this.#at = at;
      return undefined;
    }
    return Number(digits);
  }

  #column(): Expression {
    const at = this.#at;
    const first = this.#key(true);
    if (first === undefined)
      throw this.#problem("a column, a number or a function", this.#quoteHint() ?? this.#operatorHint());
    if (this.#source[this.#at] === "." && this.#source[this.#at + 1] === '"') return this.#path(at);
    if (this.#source[at] === '"' && this.#source[this.#at] !== ".") return { kind: "column", column: first };
    if (this.#source[this.#at] === ".") return this.#path(at);
    this.#words(at);
    return { kind: "column", column: this.#source.slice(at, this.#at) };
  }

  /** A name of several words goes on until a word of the language or an operator. */
  #words(start: number): void {
    for (let end = this.#at; ; end = this.#at) {
      const next = this.#skip();
      if (next === end || this.#keywordAt(next) || this.#source[next] === "-" || this.#key(true) === undefined) {
        this.#at = end;
        return;
      }
      if (/^\s*\(/u.test(this.#source.slice(this.#at)))
        throw new ExpressionProblem(next, "an operator", this.#functionHint(next) ?? `A name ends at "("`);
      if (this.#source[start] === '"') return;
    }
  }

  /** A path of keys, some of them in quotes: it is kept as it is written. */
  #path(at: number): Expression {
    while (this.#source[this.#at] === ".") {
      this.#at++;
      const key = this.#at;
      if (this.#key(false) === undefined) throw new ExpressionProblem(key, "a key, or a key in double quotes");
    }
    const path = this.#source.slice(at, this.#at);
    return { kind: "column", column: path };
  }

  /** A name in double quotes, or a word; dots before a quote end a word. */
  #key(first: boolean): string | undefined {
    if (this.#source[this.#at] === '"') return this.#match(quoted)?.[1]?.replace(/\\(.)/gu, "$1");
    const at = this.#at;
    let name = this.#match(word)?.[0];
    if (name === undefined) return undefined;
    if (name.endsWith(".") && this.#source[this.#at] === '"') name = name.slice(0, -1);
    else if (first) name = this.#withoutSubtraction(name);
    if (name === "") {
      this.#at = at;
      return undefined;
    }
    this.#at = at + name.length;
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

  #functionAt(at: number): boolean {
    const name = /^[A-Za-z_]\w*(?=\s*\()/u.exec(this.#source.slice(at))?.[0];
    return name !== undefined && !keywords.has(name.toLowerCase());
  }

  #functionHint(at: number): string | undefined {
    const name = /^[A-Za-z_]\w*/u.exec(this.#source.slice(at))?.[0] ?? "";
    const meant = closestName(name, Object.keys(functions));
    return meant === undefined ? undefined : `Did you mean ${meant}?`;
  }

  #call(): Expression {
    const at = this.#at;
    const name = (/^\w+/u.exec(this.#source.slice(at)) as RegExpExecArray)[0];
    if (!Object.hasOwn(functions, name)) {
      const all = `a function: ${Object.keys(functions).join(", ")}`;
      throw new ExpressionProblem(at, all, this.#functionHint(at));
    }
    const signature = functions[name as FunctionName];
    this.#at += name.length;
    this.#skip();
    this.#expect("(", "(");
    const given: Expression[] = [];
    for (let index = 0; ; index++) {
      const from = this.#skip();
      if (index === signature.parameters.length && signature.more !== true)
        throw new ExpressionProblem(from - 1, `) after ${index} ${index === 1 ? "argument" : "arguments"} of ${name}`);
      given.push(signature.parameters[index] === "text" ? this.#textArgument(name, from) : this.#argument(from));
      if (this.#take(",")) continue;
      this.#expect(")", ", or )");
      break;
    }
    if (given.length < signature.parameters.length)
      throw new ExpressionProblem(this.#at - 1, `${signature.parameters.length} arguments of ${name}`);
    return { kind: "call", function: name as FunctionName, arguments: given };
  }

  #argument(from: number): Expression {
    return this.#value(this.#sum(), from);
  }

  #textArgument(name: string, from: number): Expression {
    const given = this.#match(text);
    if (given === undefined) throw new ExpressionProblem(from, `a text in quotes`, `As in ${name}(path, "/api")`);
    const value = given[1] ?? (given[2] as string);
    if (name === "matches") {
      const problem = SafePattern.problemOf(value);
      if (problem !== undefined) throw new ExpressionProblem(from + 1 + problem.at, problem.expected, problem.hint);
    }
    return { kind: "text", value };
  }

  /** The keys behind `json(...)`. */
  #members(tree: Expression): Expression {
    const path: string[] = [];
    while (this.#source[this.#at] === ".") {
      this.#at++;
      const at = this.#at;
      const key = this.#source[at] === '"' ? this.#key(false) : this.#match(/[^\s"'*/=!<>(),+.]+/uy)?.[0];
      if (key === undefined) throw new ExpressionProblem(at, "a key, or a key in double quotes");
      path.push(key);
    }
    if (path.length === 0) return tree;
    if (tree.kind !== "call" || tree.function !== "json")
      throw new ExpressionProblem(this.#at, "an operator: only json(...) has keys");
    return { kind: "member", of: tree, path };
  }

  #oddColumnAt(at: number): string | undefined {
    return this.#odd.find(
      (name) =>
        this.#source.startsWith(name, at) && /^(?:$|[\s"'*/=!<>(),+-])/u.test(this.#source.slice(at + name.length)),
    );
  }

  #keywordAt(at: number): boolean {
    const found = /^[A-Za-z]+(?=$|[\s("'])/u.exec(this.#source.slice(at, at + 9))?.[0];
    return found !== undefined && keywords.has(found.toLowerCase());
  }

  #keyword(name: string): boolean {
    const end = this.#at + name.length;
    if (this.#source.slice(this.#at, end).toLowerCase() !== name || !this.#keywordAt(this.#at)) return false;
    this.#at = end;
    this.#skip();
    return true;
  }

  #operator(): Operator | undefined {
    this.#skip();
    const found = this.#match(comparison)?.[0];
    return found === "=" ? "==" : (found as Operator | undefined);
  }

  #sign(signs: string): string | undefined {
    const sign = this.#source[this.#skip()];
    if (sign === undefined || !signs.includes(sign)) return undefined;
    this.#at++;
    return sign;
  }

  #take(character: string): boolean {
    if (this.#source[this.#skip()] !== character) return false;
    this.#at++;
    return true;
  }

  #expect(character: string, expected: string): void {
    if (!this.#take(character)) throw this.#problem(expected);
  }

  #operatorHint(): string | undefined {
    const before = this.#source.slice(0, this.#at);
    if (/^(?:&&|\|\||!)/u.test(this.#source.slice(this.#at))) return "Write and, or, not";
    if (/\b(?:like|matches|contains|regexp?)\s+$/iu.test(before))
      return 'Write matches(COLUMN, "...") or contains(COLUMN, "...")';
    if (/\bis\s+(?:not\s+)?$/iu.test(before)) return "Write COLUMN == null or COLUMN != null";
    return undefined;
  }

  #quoteHint(): string | undefined {
    if (this.#source[this.#at] === '"') return "A name in double quotes ends with a double quote";
    return undefined;
  }

  #problem(expected: string, hint?: string): ExpressionProblem {
    return new ExpressionProblem(this.#skip(), expected, hint);
  }

  #skip(): number {
    while (/\s/u.test(this.#source[this.#at] ?? "x")) this.#at++;
    return this.#at;
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#source);
    if (found === null) return undefined;
    this.#at += found[0].length;
    return found;
  }
}

function negate(tree: Expression, negative: boolean): Expression {
  return negative ? { kind: "not", operand: tree } : tree;
}
