import type { Random } from "../../src/math/random.ts";

/** Numbers and texts that break parsers more often than random ones do. */
const nasty = [
  "0",
  "-0",
  "-1",
  "1e309",
  "-1e309",
  "1e-400",
  "NaN",
  "Infinity",
  "9007199254740993",
  "null",
  "true",
  "[]",
  "{}",
  '""',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
  "\u0000",
  "\ufeff",
  "\u202e",
  "\n",
  "\r\n",
  ",",
  '"',
  "'",
  "\\",
  "[[[[[[[[",
  "}}}}",
  "=HYPERLINK(1)",
  "<script>",
  "../../x",
  "%00",
  "1,1",
  "2026-02-30T25:61:00Z",
  "a".repeat(300),
];

const whole = (random: Random, below: number): number => Math.floor(random() * below);

/** A text near to the seed, or made of pieces of several seeds. */
export function mutateText(seeds: readonly string[], random: Random): string {
  let text = seeds[whole(random, seeds.length)] as string;
  for (let step = 1 + whole(random, 4); step > 0; step--) {
    const at = whole(random, text.length + 1);
    const length = whole(random, Math.min(24, text.length - at + 1));
    const other = seeds[whole(random, seeds.length)] as string;
    const from = whole(random, other.length);
    const pieces = [
      () => text.slice(0, at) + text.slice(at + length),
      () => text.slice(0, at) + (nasty[whole(random, nasty.length)] as string) + text.slice(at + length),
      () => text.slice(0, at) + String.fromCharCode(whole(random, random() < 0.8 ? 128 : 0xffff)) + text.slice(at),
      () => text.slice(0, at) + text.slice(at, at + length).repeat(2) + text.slice(at + length),
      () => text.slice(0, at) + other.slice(from, from + whole(random, 60)) + text.slice(at),
      () => text.slice(0, at),
      () => replaceNumber(text, random),
    ];
    text = (pieces[whole(random, pieces.length)] as () => string)();
    if (text.length > 20_000) text = text.slice(0, 20_000);
  }
  return text;
}

/** Bytes near to the seed. */
export function mutateBytes(seeds: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = (seeds[whole(random, seeds.length)] as Uint8Array).slice();
  for (let step = 1 + whole(random, 6); step > 0; step--) {
    const at = whole(random, Math.max(1, bytes.length));
    const kind = whole(random, 6);
    if (kind === 0 && bytes.length > 0) bytes[at] = whole(random, 256);
    else if (kind === 1 && bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << whole(random, 8));
    else if (kind === 2) bytes = bytes.slice(0, at);
    else if (kind === 3)
      bytes = Uint8Array.from([...bytes.subarray(0, at), 0xff, 0xff, 0xff, 0xff, 0x7f, ...bytes.subarray(at)]);
    else if (kind === 4) bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + whole(random, 8))]);
    else bytes = Uint8Array.from([...bytes, ...bytes.subarray(at, at + 16)]);
  }
  return bytes;
}

function replaceNumber(text: string, random: Random): string {
  const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/gu)];
  const chosen = numbers[whole(random, Math.max(1, numbers.length))];
  if (chosen === undefined) return text;
  return (
    text.slice(0, chosen.index) +
    (nasty[whole(random, nasty.length)] as string) +
    text.slice(chosen.index + chosen[0].length)
  );
}
