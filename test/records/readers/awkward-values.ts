/** The fields of the rows, as columns: `id` names the case. */
export const columns = ["id", "ts", "unit", "ok", "ms", "score", "seg"] as const;

/** One case: a column and what stands in it; all other columns hold plain values. */
export interface Case<Value = string> {
  readonly column: (typeof columns)[number];
  readonly value: Value;
}

const of = <Value>(column: Case["column"], values: readonly Value[]): Case<Value>[] =>
  values.map((value) => ({ column, value }));

const long = "x".repeat(300);

/** Values as every format can write them: texts. */
export const textCases: readonly Case[] = [
  ...of("ok", ["true", "false", "TRUE", "False", "1", "0", "1.0", "0.0", "01", "-0", "1e0", "0x1", "2", "-1"]),
  ...of("ok", ["yes", "no", "t", "ok", "200 OK", "null", "NaN", "-", "", " ", " true", "false ", "tru\u0435"]),
  ...of("ms", ["5", "5.5", "0", "-0", "-1", "+5", ".5", "5.", "-.5", "1e3", "1E3", "1e-3", "1e+3", "1e400", "-1e400"]),
  ...of("ms", ["0x1F", "0b1", "1_000", "1,000", "1 000", "1.000,5", "1.234.567", "NaN", "nan", "Infinity", "inf"]),
  ...of("ms", ["-inf", "null", "None", "-", "--5", "5-", "n/a", "", " ", " 5 ", "\t5", "5ms", "5s", "true", "false"]),
  ...of("ms", ["0.1", "0.30000000000000004", "123456789012345678", "9007199254740993", "1e22", "1e23", "5e-324"]),
  ...of("ms", ["2.2250738585072011e-308", "1.7976931348623157e308", "1.7976931348623159e308", "00012", "1e", "e5"]),
  ...of("ms", ["\uff15", "\u0665", "\u00a05", "\u221e", "1/2", "5%", "$5", "0.000000000000000000000000001", "5\u0000"]),
  ...of("score", ["-1", "-5.5", "-0", "1e400", "NaN", "", "-", "4.5", "1e-7", "-1e-320"]),
  ...of("ts", ["1767571200000", "1767571200", "1767571200000000", "1767571200000.5", "1.7675712e12", "-1", "0", ""]),
  ...of("ts", ["2026-01-05", "2026-01-05T00:00:00Z", "2026-01-05 00:00:00", "2026/01/05 00:00:00", "2026-01-05T00:00"]),
  ...of("ts", [
    "2026-01-05T00:00:00.1234567Z",
    "2026-01-05T00:00:00,5",
    "2026-01-05T00:00:00+02",
    "2026-02-30T00:00:00Z",
  ]),
  ...of("ts", [
    "2026-01-05T00:00:00+0230",
    "2026-01-05T00:00:00-02:30",
    "2026-01-05T24:00:00Z",
    "2026-01-05T00:00:60Z",
  ]),
  ...of("ts", [
    "05/Jan/2026:00:00:00 +0000",
    "[05/Jan/2026:00:00:00 +0000]",
    "Mon, 05 Jan 2026 00:00:00 GMT",
    "tomorrow",
  ]),
  ...of("ts", [
    "2026-13-01T00:00:00Z",
    "2026-01-05T00:00:00 UTC",
    "2024-02-29",
    "2025-02-29",
    "0000-01-01",
    " 2026-01-05 ",
  ]),
  ...of("unit", ["u", "", " ", " u", "u ", "0", "00", "-0", "1.0", "1e5", "1E5", "true", "null", "None", "NaN", "-"]),
  ...of("unit", [
    "9007199254740993",
    "12345678901234567890",
    "1234567890123456789012",
    "\u00fc",
    "u\u0308",
    "\u{1f600}",
  ]),
  ...of("unit", [
    "a,b",
    'a"b',
    "a\nb",
    "a\r\nb",
    "a\tb",
    "a;b",
    "a|b",
    "a\\b",
    "'a'",
    '"a"',
    "__proto__",
    "toString",
    long,
  ]),
  ...of("seg", [
    "",
    " ",
    "eu",
    "EU",
    "a,b",
    'a"b',
    "a\nb",
    "__proto__",
    "constructor",
    "\u{1f600}",
    "0",
    "null",
    "(other)",
  ]),
];

/** Values as JSON spells them, where the spelling may differ from the value. `undefined`: the key is absent. */
export const jsonCases: readonly Case<string | undefined>[] = [
  ...of("ok", [
    "true",
    "false",
    "1",
    "0",
    "1.0",
    "0.0",
    "1e0",
    "-0",
    "2",
    "null",
    undefined,
    '"true"',
    "[]",
    "{}",
    "[1]",
  ]),
  ...of("ms", [
    "5",
    "5.0",
    "-0",
    "-1",
    "1e3",
    "1E+3",
    "1e400",
    "-1e400",
    "1e-400",
    "0.1",
    "123456789012345678",
    "null",
  ]),
  ...of("ms", [
    undefined,
    "true",
    "false",
    "[]",
    "{}",
    "[5]",
    '"5"',
    '"\\u0035"',
    '{"ms":5}',
    "12345678901234567890.5",
  ]),
  ...of("ms", ["0.1234567890123456789", "1e22", "1e23", "9007199254740993", "5e-324", "1.7976931348623159e308"]),
  ...of("score", ["-1", "-1e-320", "1e309", "null", undefined, "true"]),
  ...of("ts", [
    "1767571200000",
    "1767571200",
    "1767571200000.5",
    "1.7675712e12",
    "17675712e5",
    "null",
    undefined,
    "true",
  ]),
  ...of("ts", ['"2026-01-05T00:00:00Z"', '"2026-01-05T00:00:00\\u005a"', '"1767571200000"', "{}", "[1767571200000]"]),
  ...of("unit", [
    "5",
    "5.0",
    "1e3",
    "1E3",
    "-0",
    "0.1",
    "0.10",
    "1e21",
    "true",
    "false",
    "null",
    undefined,
    '"u"',
    '""',
  ]),
  ...of("unit", ['"\\u0075"', "123456789012345678", "-123456789012345678", "12345678901234567890", "{}", "[]", "[1]"]),
  ...of("unit", [
    '{"id":1}',
    '"a\\nb"',
    '"\\ud83d\\ude00"',
    '"\\ud83d"',
    "1234567890123456",
    "100000000000000000000000",
  ]),
  ...of("seg", ["5", "5.0", "true", "null", undefined, '""', '"\\u0065u"', "{}", "[1]", "1e3"]),
];

/** Values of typed columns; `null` where the format has none. */
export const typedCases: readonly Case<number | bigint | boolean | Date | null>[] = [
  ...of("ok", [true, false, null]),
  ...of("ms", [5, 5.5, 0, -0, -1, 1e3, 0.1, 1e22, 5e-324, Number.NaN, Infinity, -Infinity, 1e150, null]),
  ...of("score", [-1, -0, 4.5, Number.NaN, Infinity, -Infinity, -1e150, null]),
  ...of("ts", [
    new Date("2026-01-05T00:00:00Z"),
    new Date("2024-02-29T23:59:59.999Z"),
    new Date("1960-01-01T00:00:00Z"),
    null,
  ]),
  ...of("unit", [0n, 5n, -5n, 123456789012345678n, 9007199254740993n, null]),
];
