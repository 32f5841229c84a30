import { readFileSync } from "node:fs";
import ts from "typescript";
import { filesBelow, root } from "../docs/examples.ts";

/** A regular expression in the sources. */
export interface Found {
  readonly place: string;
  readonly source: string;
  /** Undefined where it is put together at run time. */
  readonly expression: RegExp | undefined;
}

/** Every regular expression of the library, found in its syntax trees. */
export function regularExpressions(): Found[] {
  return filesBelow(`${root}/src`, ".ts").flatMap((file) => {
    const tree = ts.createSourceFile(file, readFileSync(file, "utf8"), ts.ScriptTarget.Latest, true);
    const found: Found[] = [];
    const visit = (node: ts.Node): void => {
      const place = file.slice(root.length + 5);
      if (ts.isRegularExpressionLiteral(node)) {
        const end = node.text.lastIndexOf("/");
        found.push({
          place,
          source: node.text,
          expression: new RegExp(node.text.slice(1, end), node.text.slice(end + 1)),
        });
      } else if (ts.isNewExpression(node) && node.expression.getText() === "RegExp")
        found.push({ place, source: node.getText(), expression: undefined });
      ts.forEachChild(node, visit);
    };
    visit(tree);
    return found;
  });
}

const common = [" ", "a", "0", '"', "\\", "(", ",", ".", "-", "\n", "é"];

/**
 * Texts of about this length that a backtracking expression may take long over: its own characters, alone and in pairs,
 * again and again.
 */
export function attacksOn(source: string, length: number): string[] {
  const own = [...new Set(source.replaceAll(/\\[a-zA-Z]/gu, "").replaceAll(/[\^$?+*|]/gu, ""))].slice(0, 12);
  const alphabet = [...new Set([...own, ...common])].slice(0, 14);
  const pumps = [...alphabet, ...alphabet.map((one) => `${one} `), ...alphabet.map((one) => `a${one}`)];
  return ["", '"', "x{"].flatMap((start) =>
    pumps.map((pump) => `${start}${pump.repeat(Math.ceil(length / pump.length))}\u0001`),
  );
}

/** The shortest of a few measurements of all matches in a text, in milliseconds. */
export function timeOf(expression: RegExp, text: string, runs: number): number {
  let shortest = Infinity;
  for (let run = 0; run < runs; run++) {
    const began = performance.now();
    expression.lastIndex = 0;
    if (expression.global) text.replace(expression, "");
    else expression.test(text);
    shortest = Math.min(shortest, performance.now() - began);
  }
  return shortest;
}
