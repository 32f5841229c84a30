import type { Plan } from "./plan.ts";

/** A period of one epoch: the records from `from` up to, not including, `to`. */
export interface PeriodSlot {
  readonly epoch: number;
  /** Start of the whole period, also where an epoch begins within it; `null` without timestamps. */
  readonly period: number | null;
  readonly from: number;
  readonly to: number;
}

/** Which period, of which epoch, an instant belongs to. A period that an allocation change cuts becomes two slots. */
export function periodSlot(plan: Plan, timestamp: number): PeriodSlot {
  const { epochStarts, periodMs } = plan;
  let epoch = 0;
  while (epoch < epochStarts.length && timestamp >= (epochStarts[epoch] as number)) epoch++;
  const period = Math.floor(timestamp / periodMs) * periodMs;
  const from = epoch === 0 ? period : Math.max(period, epochStarts[epoch - 1] as number);
  const to = epoch < epochStarts.length ? Math.min(period + periodMs, epochStarts[epoch] as number) : period + periodMs;
  return { epoch, period, from, to };
}

/** The only slot of records without timestamps. */
export const timelessSlot: PeriodSlot = {
  epoch: 0,
  period: null,
  from: -Infinity,
  to: Infinity,
};
