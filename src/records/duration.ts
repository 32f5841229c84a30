/** Milliseconds of a unit of time. */
const millisecondsIn: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

const number = String.raw`(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?`;
const unit = "(?:ns|us|µs|μs|ms|s|m|h|d)";
const whole = new RegExp(String.raw`^([+-]?)((?:${number} ?${unit} ?)+)$`, "u");
const step = new RegExp(String.raw`(${number}) ?(${unit})`, "gu");

/**
 * How long is this? Milliseconds of a text such as `60.407ms`, `0.06s`, `1m2s` or `1h 30m`, as Go and many tools write
 * durations; NaN for any other text, and for a number without a unit.
 */
export function durationOfText(text: string): number {
  const parts = whole.exec(text.trim());
  if (parts === null) return Number.NaN;
  let milliseconds = 0;
  for (const [, value, name] of (parts[2] as string).matchAll(step)) {
    const factor = millisecondsIn[name as string] as number;
    // Divided where the factor is no whole number, so that 1500us is 1.5 and nothing beside it.
    milliseconds += factor < 1 ? Number(value) / Math.round(1 / factor) : Number(value) * factor;
  }
  return parts[1] === "-" ? -milliseconds : milliseconds;
}
