/** A pattern in pieces. Ranges are of code points, both ends included. */
export type Pattern =
  | { readonly kind: "set"; readonly ranges: readonly (readonly [number, number])[] }
  | { readonly kind: "sequence" | "choice"; readonly parts: readonly Pattern[] }
  | { readonly kind: "repeat"; readonly part: Pattern; readonly least: number; readonly most: number }
  | { readonly kind: "start" | "end" };

/** A place in a pattern that can't be read. */
export class PatternProblem extends Error {
  readonly at: number;
  readonly expected: string;
  readonly hint: string | undefined;

  constructor(at: number, expected: string, hint?: string) {
    super(expected);
    this.at = at;
    this.expected = expected;
    this.hint = hint;
  }
}

type Ranges = readonly (readonly [number, number])[];

const last = 0x10_ffff;
const digits: Ranges = [[48, 57]];
const wordRanges: Ranges = [
  [48, 57],
  [65, 90],
  [95, 95],
  [97, 122],
];
const blanks: Ranges = [
  [9, 10],
  [12, 13],
  [32, 32],
];
const classes: Readonly<Record<string, Ranges>> = {
  d: digits,
  D: complement(digits),
  w: wordRanges,
  W: complement(wordRanges),
  s: blanks,
  S: complement(blanks),
};
const controls: Readonly<Record<string, number>> = { n: 10, r: 13, t: 9, f: 12, v: 11 };

/** A repetition of more than this is refused: it would only make the pattern large. */
const mostRepeats = 200;
const deepest = 50;

/**
 * Reads a regular expression of the part that all engines agree on: letters, `.`, sets in brackets, `\d \w \s` and
 * their opposites (ASCII), groups, `|`, `* + ?`, `{n,m}`, `^` and `$`. Nothing in it needs to try again from an earlier
 * place.
 *
 * @throws {PatternProblem} for anything else, such as `\b`, a look ahead or a back reference.
 */
export function parsePattern(source: string): Pattern {
  const points = [...source];
  const offsets: number[] = [];
  let offset = 0;
  for (const point of points) {
    offsets.push(offset);
    offset += point.length;
  }
  offsets.push(offset);
  let at = 0;
  const problem = (expected: string, hint?: string, where = at): PatternProblem =>
    new PatternProblem(offsets[where] as number, expected, hint);

  const choice = (depth: number): Pattern => {
    if (depth > deepest) throw problem(`at most ${deepest} groups inside each other`);
    const parts = [sequence(depth)];
    while (points[at] === "|") {
      at++;
      parts.push(sequence(depth));
    }
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: "choice", parts };
  };

  const sequence = (depth: number): Pattern => {
    const parts: Pattern[] = [];
    while (at < points.length && points[at] !== "|" && points[at] !== ")") parts.push(repeated(atom(depth)));
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: "sequence", parts };
  };

  const repeated = (part: Pattern): Pattern => {
    const bare = /^[\^$]$/u.test(points[at - 1] ?? "");
    const bounds = repetition();
    if (bounds === undefined) return part;
    if (bare && (part.kind === "start" || part.kind === "end")) throw problem("something to repeat before it");
    // `a+?` finds the same as `a+` where only finding counts.
    if (points[at] === "?") at++;
    if (/^[*+{]$/u.test(points[at] ?? "")) throw problem("one repetition after another only in parentheses");
    return { kind: "repeat", part, least: bounds[0], most: bounds[1] };
  };

  const repetition = (): readonly [number, number] | undefined => {
    const sign = points[at];
    if (sign === "*" || sign === "+" || sign === "?") {
      at++;
      return [sign === "+" ? 1 : 0, sign === "?" ? 1 : Infinity];
    }
    const counted = /^\{(\d+)(,(\d*))?\}/u.exec(points.slice(at, at + 12).join(""));
    if (sign !== "{") return undefined;
    if (counted === null) throw problem(String.raw`a repetition such as {2,3}; a brace by itself is \{`);
    const least = Number(counted[1]);
    const most = counted[2] === undefined ? least : counted[3] === "" ? Infinity : Number(counted[3]);
    if (least > mostRepeats || (most !== Infinity && most > mostRepeats) || most < least)
      throw problem(`at most ${mostRepeats} repetitions, the smaller number first`);
    at += counted[0].length;
    return [least, most];
  };

  const atom = (depth: number): Pattern => {
    const point = points[at] as string;
    if (/^[*+?{]$/u.test(point)) throw problem("something to repeat before it");
    if (point === "]" || point === "}") throw problem(`\\${point} where the character itself is meant`);
    at++;
    if (point === "(") return group(depth);
    if (point === "[") return set();
    if (point === "^") return { kind: "start" };
    if (point === "$") return { kind: "end" };
    if (point === ".") return { kind: "set", ranges: complement([[10, 10]]) };
    if (point === "\\") return { kind: "set", ranges: escaped() };
    return { kind: "set", ranges: single(point) };
  };

  const group = (depth: number): Pattern => {
    const open = at - 1;
    if (points[at] === "?") {
      if (points[at + 1] !== ":")
        throw problem("a plain group ( or (?:", "Looking ahead or behind and flags are not offered; see lower(...)");
      at += 2;
    }
    const inner = choice(depth + 1);
    if (points[at] !== ")") throw problem("a ) that closes the group", undefined, open);
    at++;
    return inner;
  };

  const escaped = (): Ranges => {
    const point = points[at];
    if (point === undefined) throw problem("a character after the backslash");
    at++;
    const known = classes[point];
    if (known !== undefined) return known;
    const control = controls[point];
    if (control !== undefined) return [[control, control]];
    if (/^[A-Za-z0-9]$/u.test(point))
      throw problem(String.raw`one of \d \w \s \D \W \S \n \r \t \f \v after a backslash`, undefined, at - 1);
    return single(point);
  };

  const set = (): Pattern => {
    const open = at - 1;
    const negative = points[at] === "^";
    if (negative) at++;
    const ranges: (readonly [number, number])[] = [];
    while (points[at] !== "]") {
      const low = member(open);
      const first = low[0];
      if (points[at] !== "-" || points[at + 1] === "]" || at + 1 >= points.length) {
        ranges.push(...low);
        continue;
      }
      at++;
      const high = member(open);
      const end = high[0];
      if (low.length !== 1 || high.length !== 1 || first === undefined || end === undefined || first[0] > end[1])
        throw problem("a range from a lower to a higher character", undefined, at - 1);
      ranges.push([first[0], end[1]]);
    }
    if (ranges.length === 0) throw problem("a character in the brackets");
    at++;
    return { kind: "set", ranges: negative ? complement(ranges) : ranges };
  };

  const member = (open: number): Ranges => {
    const point = points[at];
    if (point === undefined) throw problem("a ] that closes the set", undefined, open);
    if (point === "[") throw problem(String.raw`\[ where the character itself is meant`);
    at++;
    return point === "\\" ? escaped() : single(point);
  };

  const tree = choice(0);
  if (at < points.length) throw problem("no ) without a (");
  return tree;
}

function single(point: string): Ranges {
  const code = point.codePointAt(0) as number;
  return [[code, code]];
}

/** All code points that are in none of the ranges. */
function complement(ranges: Ranges): Ranges {
  const result: (readonly [number, number])[] = [];
  let next = 0;
  for (const [from, to] of [...ranges].sort((a, b) => a[0] - b[0])) {
    if (from > next) result.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  if (next <= last) result.push([next, last]);
  return result;
}
