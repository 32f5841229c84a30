import { definePolicy, planFor, type RequestRecord, safeRollout, summarize } from "../../src/index.ts";
import { decided, type Example, example, exampleRecords } from "./example.ts";

const start = Date.UTC(2026, 0, 5);

/** Hours of an input whose time is not what is odd: few, since a decision is made for each of them. */
const hours = 6;
const small = { hours, records: 3000 } as const;
const rightToLeft = { control: "גרסה ישנה", treatments: ["الإصدار الجديد"] };

const inputs: Readonly<Record<string, () => Example>> = {
  "one period": () => example({ hours: 0.9, records: 3000 }),
  "no timestamps": () => example({ timestamps: false, records: 3000 }),
  "a single latency": () => of((record) => ({ ...record, latencyMs: 250 }), { records: 4000 }),
  "latencies of 0 only": () => of((record) => ({ ...record, latencyMs: 0 }), { records: 4000 }),
  "latencies from 0 to 1e308": () =>
    of((record, index) => ({ ...record, latencyMs: [0, 1e-300, 1, 1e308][index % 4] as number }), { records: 4000 }),
  "intervals unbounded on both sides": () => example({ records: 60 }),
  "every request failing": () => of((record) => ({ ...record, success: false }), { records: 4000 }),
  "p-values below 1e-300": () =>
    of(
      (record) =>
        record.arm === "v2" ? { ...record, success: false, latencyMs: (record.latencyMs as number) * 1e6 } : record,
      { records: 40_000 },
    ),
  "arm names of 60 characters": () =>
    example({
      hours,
      records: 3000,
      control: "gateway-eu-west-1-chat-large-2026-01-05-candidate-aaaaaaaaaa",
      treatments: ["gateway-eu-west-1-chat-large-2026-01-05-candidate-bbbbbbbbbb"],
    }),
  "a name without spaces of 300 characters": () => example({ ...small, treatments: ["x".repeat(300)] }),
  "right-to-left names": () => example({ ...small, ...rightToLeft }),
  "emoji names": () => example({ ...small, control: "🐢 stable", treatments: ["🚀👩‍👩‍👧 next"] }),
  "markup in names": () =>
    example({ ...small, control: "<b>v1</b>", treatments: [`<script>alert("x")</script>&amp;`] }),
  "terminal escapes in names": () => example({ ...small, control: "v1\u001b[31m", treatments: ["v2\u202eexe"] }),
  "an arm that starts late": () =>
    of((record, index) => (index < 2000 ? { ...record, arm: "v1" } : record), { records: 6000 }),
  "500 periods": () => example({ records: 5000, hours: 500 }),
};

/** Inputs at which reports tend to break, by what is odd about them; each is made once. */
export const awkward: Readonly<Record<string, () => Example>> = Object.fromEntries(
  Object.entries(inputs).map(([name, make]) => {
    let made: Example | undefined;
    return [name, () => (made ??= make())];
  }),
);

function of(
  change: (record: RequestRecord, index: number) => RequestRecord,
  options: { readonly records: number },
): Example {
  const policy = definePolicy({
    ...safeRollout({ control: "v1", treatments: ["v2"] }),
    allocation: { v1: 1, v2: 1 },
    start: new Date(start).toISOString(),
  });
  return decided(policy, summarize([...exampleRecords({ hours, ...options })].map(change), planFor(policy)));
}
