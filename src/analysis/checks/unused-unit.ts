import type { Policy } from "../../policy/policy.ts";
import type { IdSample } from "../../summary/id-sample.ts";
import type { Summary } from "../../summary/summary.ts";
import { recordsByArm } from "../data/record-counts.ts";
import type { DataFault } from "./data-fault.ts";

/**
 * Was a unit read that the policy does not name, although traffic was split by it?
 *
 * Where requests are assigned one by one, units with several requests are seen in several arms. Where they are not,
 * the units were what was assigned: their requests are no independent evidence, and intervals that take them as such
 * are too narrow. Told apart by the share of the units of the rarest arm that were seen elsewhere too: below half of
 * what independent requests would show, which is at least the share of requests that repeat a unit.
 */
export function unusedUnit({ plan, quality, ...summary }: Summary, policy: Policy): DataFault[] {
  const { unitArms } = quality;
  if (policy.unit !== null || unitArms === null || unitArms.notes.length === 0) return [];
  const all = Object.values(recordsByArm({ plan, cells: summary.cells })).reduce((sum, count) => sum + count, 0);
  const records = Math.max(1, all - (quality.records.missing["unit"] ?? 0));
  const units = unitArms.complete ? unitArms.notes.length : unitArms.distinct;
  const repeated = 1 - units / records;
  if (repeated <= leastRepeated) return [];
  const { crossed, of } = rarestArm(unitArms, plan.arms.length);
  const byUnit = of > 0 && crossed / of < repeated / 2;
  return [{ code: "unit-not-used", blocks: byUnit, units: Math.round(units), records }];
}

/** Below this share of requests that repeat a unit, it makes no difference. */
const leastRepeated = 0.01;

/** Units of the arm that has fewest, and how many of them were seen in other arms too. */
function rarestArm({ notes }: IdSample, arms: number): { readonly crossed: number; readonly of: number } {
  const seen = Array.from({ length: arms }, (_, arm) => notes.filter((bits) => (bits & (1 << arm)) !== 0)).filter(
    (own) => own.length > 0,
  );
  const rarest = seen.reduce((least, own) => (own.length < least.length ? own : least));
  return { crossed: rarest.filter((bits) => (bits & (bits - 1)) !== 0).length, of: rarest.length };
}
