import { ExpressionProblem, ExpressionScanner } from "./expression-scanner.ts";
import { type Expression, type FunctionName, functions, kindOfExpression, type ValueKind } from "./expression-tree.ts";
import { SafePattern } from "./safe-pattern.ts";

/** A word of a text that is not in quotes. */
const textWord = /(?!&&|\|\|)[^\s"'(),]+/uy;
/** A text ends at the next quote of its kind; a backslash keeps a quote from ending it, and is part of the text. */
const text = /"((?:[^"\\]|\\.)*)"|'([^']*)'/uy;

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
  readonly #scan: ExpressionScanner;

  constructor(source: string, known: readonly string[] | undefined) {
    this.#scan = new ExpressionScanner(source, known);
  }

  parse(): Expression {
    const tree = this.#either();
    if (this.#scan.skip() < this.#scan.source.length)
      throw this.#scan.problem("an operator, or the end of the expression", this.#scan.operatorHint());
    return tree;
  }

  #either(): Expression {
    let left = this.#both();
    for (let at = this.#scan.skip(); this.#scan.keyword("or"); at = this.#scan.skip())
      left = { kind: "either", left: this.#condition(left, at), right: this.#conditionAfter(() => this.#both()) };
    return left;
  }

  #both(): Expression {
    let left = this.#negation();
    for (let at = this.#scan.skip(); this.#scan.keyword("and"); at = this.#scan.skip())
      left = { kind: "both", left: this.#condition(left, at), right: this.#conditionAfter(() => this.#negation()) };
    return left;
  }

  #negation(): Expression {
    this.#scan.skip();
    return this.#scan.keyword("not")
      ? { kind: "not", operand: this.#conditionAfter(() => this.#negation()) }
      : this.#comparison();
  }

  #conditionAfter(read: () => Expression): Expression {
    const at = this.#scan.skip();
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
    const start = this.#scan.skip();
    const left = this.#sum();
    this.#scan.skip();
    const negative = this.#scan.keyword("not");
    if (this.#scan.keyword("in")) return negate(this.#choices(this.#value(left, start)), negative);
    if (this.#scan.keyword("between")) return negate(this.#between(left, start), negative);
    if (negative) throw new ExpressionProblem(this.#scan.skip(), "in (...) or between ... and ...");
    const operator = this.#scan.operator();
    if (operator === undefined) return left;
    if (operator === "==" || operator === "!=")
      return { kind: "comparison", operator, left: this.#value(left, start), right: this.#equated() };
    const first: Expression = {
      kind: "comparison",
      operator,
      left: this.#numeric(left, start),
      right: this.#numericAfter(),
    };
    const second = this.#scan.skip();
    const next = this.#scan.operator();
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
    this.#scan.skip();
    if (!this.#scan.keyword("and")) throw this.#scan.problem("and, as in status between 200 and 499");
    const high = this.#numericAfter();
    const left = this.#numeric(value, start);
    return {
      kind: "both",
      left: { kind: "comparison", operator: ">=", left, right: low },
      right: { kind: "comparison", operator: "<=", left, right: high },
    };
  }

  #choices(value: Expression): Expression {
    this.#scan.skip();
    this.#scan.expect("(", "a list in parentheses, such as (200, 204)");
    const choices: Expression[] = [];
    do choices.push(this.#equated());
    while (this.#scan.take(","));
    this.#scan.expect(")", ", or )");
    return { kind: "in", value, choices };
  }

  /** What stands right of `==`: a name there is a text, unless it is in parentheses or belongs to a function. */
  #equated(): Expression {
    const at = this.#scan.skip();
    const given = this.#scan.match(text);
    if (given !== undefined) return { kind: "text", value: given[1] ?? (given[2] as string) };
    if (this.#scan.source[at] === "(") return this.#value(this.#primary(), at);
    if (this.#scan.functionAt(at)) return this.#value(this.#primary(), at);
    const words: string[] = [];
    for (let from = this.#scan.skip(); !this.#scan.keywordAt(from); from = this.#scan.skip()) {
      const next = this.#scan.match(textWord)?.[0];
      if (next === undefined) break;
      words.push(next);
    }
    if (words.length === 0) {
      // Nothing right of the operator stands for a missing value, as it always has.
      if (this.#scan.at === this.#scan.source.length) return { kind: "null" };
      throw this.#scan.problem("a number, a text or null");
    }
    const literal = this.#scan.source.slice(at, this.#scan.at).trimEnd();
    if (literal === "null") return { kind: "null" };
    const value = Number(literal);
    return Number.isFinite(value) ? { kind: "number", value } : { kind: "text", value: literal };
  }

  #numericAfter(): Expression {
    const at = this.#scan.skip();
    const given = this.#scan.match(text);
    if (given !== undefined && this.#scan.source[this.#scan.at] !== ".") {
      const value = (given[1] ?? (given[2] as string)).trim();
      if (given[1] === undefined || value === "" || Number.isFinite(Number(value)))
        throw new ExpressionProblem(at, "a number or a column", "Numbers are written without quotes");
    }
    this.#scan.at = at;
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
    let start = this.#scan.skip();
    let left = this.#product();
    for (let sign = this.#scan.sign("+-"); sign !== undefined; sign = this.#scan.sign("+-")) {
      const operator = sign as "+" | "-";
      left = { kind: "arithmetic", operator, left: this.#numeric(left, start), right: this.#factorAfter("product") };
      start = this.#scan.at;
    }
    return left;
  }

  #product(): Expression {
    const start = this.#scan.skip();
    let left = this.#signed();
    for (let sign = this.#scan.sign("*/"); sign !== undefined; sign = this.#scan.sign("*/")) {
      const operator = sign as "*" | "/";
      left = { kind: "arithmetic", operator, left: this.#numeric(left, start), right: this.#factorAfter("signed") };
    }
    return left;
  }

  #factorAfter(what: "product" | "signed"): Expression {
    const at = this.#scan.skip();
    return this.#numeric(what === "product" ? this.#product() : this.#signed(), at);
  }

  #signed(): Expression {
    const at = this.#scan.skip();
    if (this.#scan.source[at] !== "-" || this.#scan.oddColumnAt(at) !== undefined) return this.#primary();
    this.#scan.at++;
    const operand = this.#numeric(this.#signed(), this.#scan.skip());
    return operand.kind === "number" ? { kind: "number", value: -operand.value } : { kind: "negated", operand };
  }

  #primary(): Expression {
    const at = this.#scan.skip();
    if (this.#scan.take("(")) {
      const tree = this.#either();
      this.#scan.skip();
      this.#scan.expect(")", "an operator or )");
      return tree;
    }
    const odd = this.#scan.oddColumnAt(at);
    if (odd !== undefined) {
      this.#scan.at += odd.length;
      return { kind: "column", column: odd };
    }
    if (this.#scan.source[at] === "'") {
      const given = this.#scan.match(text);
      if (given === undefined) throw new ExpressionProblem(at, "a quote ' that ends the text");
      return { kind: "text", value: given[2] as string };
    }
    const value = this.#scan.number();
    if (value !== undefined) return { kind: "number", value };
    if (this.#scan.functionAt(at)) return this.#members(this.#call());
    return this.#scan.column();
  }

  #call(): Expression {
    const at = this.#scan.at;
    const name = (/^\w+/u.exec(this.#scan.source.slice(at)) as RegExpExecArray)[0];
    if (!Object.hasOwn(functions, name)) {
      const all = `a function: ${Object.keys(functions).join(", ")}`;
      throw new ExpressionProblem(at, all, this.#scan.functionHint(at));
    }
    const signature = functions[name as FunctionName];
    this.#scan.at += name.length;
    this.#scan.skip();
    this.#scan.expect("(", "(");
    const given: Expression[] = [];
    for (let index = 0; ; index++) {
      const from = this.#scan.skip();
      if (index === signature.parameters.length && signature.more !== true)
        throw new ExpressionProblem(from - 1, `) after ${index} ${index === 1 ? "argument" : "arguments"} of ${name}`);
      given.push(signature.parameters[index] === "text" ? this.#textArgument(name, from) : this.#argument(from));
      if (this.#scan.take(",")) continue;
      this.#scan.expect(")", ", or )");
      break;
    }
    if (given.length < signature.parameters.length)
      throw new ExpressionProblem(this.#scan.at - 1, `${signature.parameters.length} arguments of ${name}`);
    return { kind: "call", function: name as FunctionName, arguments: given };
  }

  #argument(from: number): Expression {
    return this.#value(this.#sum(), from);
  }

  #textArgument(name: string, from: number): Expression {
    const given = this.#scan.match(text);
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
    while (this.#scan.source[this.#scan.at] === ".") {
      this.#scan.at++;
      const at = this.#scan.at;
      const key =
        this.#scan.source[at] === '"' ? this.#scan.key(false) : this.#scan.match(/[^\s"'*/=!<>(),+.]+/uy)?.[0];
      if (key === undefined) throw new ExpressionProblem(at, "a key, or a key in double quotes");
      path.push(key);
    }
    if (path.length === 0) return tree;
    if (tree.kind !== "call" || tree.function !== "json")
      throw new ExpressionProblem(this.#scan.at, "an operator: only json(...) has keys");
    return { kind: "member", of: tree, path };
  }
}

function negate(tree: Expression, negative: boolean): Expression {
  return negative ? { kind: "not", operand: tree } : tree;
}
