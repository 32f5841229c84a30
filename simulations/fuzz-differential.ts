// npm run fuzz:differential: random logs with planted damage, read by the product and by a slow, obvious reader.
import process from "node:process";
import { differential } from "./fuzz/differential.ts";

const total = Number(process.argv[2] ?? 100_000);
const firstSeed = Number(process.argv[3] ?? 1);
const began = performance.now();
const { cases, verdicts, rows, rejected } = await differential(total, firstSeed);
const counts = Object.entries(verdicts).sort(([, a], [, b]) => b - a);
console.log(
  `${cases} damaged logs from seed ${firstSeed}, ${rows} rows, ${rejected} of them rejected: counts by arm, ` +
    `rejections and verdicts are those of the slow reader in all; ` +
    `${counts.map(([verdict, count]) => `${verdict} ${count}`).join(", ")}; ` +
    `${((performance.now() - began) / 1000).toFixed(0)} s`,
);
