import type { Plan } from "../../summary/plan.ts";
import type { SqlDialect } from "../dialect.ts";
import { named } from "./verdict.ts";

/** The start of a row's slot: of its period, or of the epoch that begins within the period. */
export function slotSql(plan: Plan, dialect: SqlDialect): string {
  const { number, greatest } = dialect;
  const time = dialect.identifier(named.time);
  const period = `floor(${time} / ${number(plan.periodMs)}) * ${number(plan.periodMs)}`;
  if (plan.epochStarts.length === 0) return period;
  const starts = [...plan.epochStarts]
    .reverse()
    .map((start) => `WHEN ${time} >= ${number(start)} THEN ${number(start)}`);
  return greatest(period, `CASE ${starts.join(" ")} ELSE ${number(-1e15)} END`);
}

/** The number of a row's epoch, in double precision. */
export function epochSql(plan: Plan, dialect: SqlDialect): string {
  return byEpoch(plan, dialect, (epoch) => dialect.number(epoch));
}

/** Epoch and arm of a row as one text. */
export function placeSql(plan: Plan, dialect: SqlDialect): string {
  const arm = dialect.identifier(named.arm);
  return plan.epochStarts.length === 0
    ? arm
    : dialect.concat([byEpoch(plan, dialect, (epoch) => dialect.text(`${epoch} `)), arm]);
}

function byEpoch(plan: Plan, dialect: SqlDialect, value: (epoch: number) => string): string {
  const { epochStarts } = plan;
  if (epochStarts.length === 0) return value(0);
  const time = dialect.identifier(named.time);
  const cases = epochStarts.map((start, epoch) => `WHEN ${time} < ${dialect.number(start)} THEN ${value(epoch)}`);
  return `CASE ${cases.join(" ")} ELSE ${value(epochStarts.length)} END`;
}
