import { cannot, SummaryError } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { planFor } from "../../summary/plan.ts";
import type { Summary } from "../../summary/summary.ts";
import { recordsByArm } from "./record-counts.ts";

/**
 * Requires that the summary was made for the policy's arms, and that at least one treatment can be compared with the
 * control. A treatment without records beside others that have some is no error: its comparison has no data yet.
 *
 * @throws {SummaryError} naming the arm and those that the data hold.
 */
export function requireArms(summary: Summary, policy: Policy): void {
  const planned = planFor(policy).arms;
  if (JSON.stringify(summary.plan.arms) !== JSON.stringify(planned)) {
    throw new SummaryError(
      cannot("analyze the summary", "plan.arms", `the policy's arms ${JSON.stringify(planned)}`, summary.plan.arms),
      {
        code: "different-arms",
        field: "plan.arms",
        value: summary.plan.arms,
        fix: "Summarize the records again with this policy",
      },
    );
  }
  const records = Object.entries(recordsByArm(summary));
  const empty = records.filter(([, count]) => count === 0).map(([arm]) => arm);
  const comparable = !empty.includes(policy.control) && policy.treatments.some((arm) => !empty.includes(arm));
  if (comparable) return;
  const seen = Object.keys(summary.quality.otherArms);
  const present = records.filter(([, count]) => count > 0).map(([arm]) => arm);
  const field = empty.includes(policy.control)
    ? "control"
    : `treatments[${policy.treatments.indexOf(empty[0] as string)}]`;
  throw new SummaryError(
    cannot(
      "analyze the records",
      field,
      `an arm that has records; the data hold ${JSON.stringify([...present, ...seen].slice(0, 20))}`,
      empty[0],
    ),
    {
      code: "arm-without-records",
      field,
      value: empty[0],
      fix: "Correct the arm's name in the policy, or the mapping of arm",
    },
  );
}
