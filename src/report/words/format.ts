import type { Bounds, MetricAnalysis } from "../../analysis/analysis.ts";
import type { EffectKind } from "../../stats/effect.ts";

/** A whole number with thousands separators. */
export function formatCount(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+(?!\d))/gu, ",");
}

/**
 * A number with about `digits` significant digits and thousands separators, never in exponents between 1e-4 and 1e9; a
 * quantile among failures that are slower than all is ∞.
 */
export function formatNumber(value: number, digits = 4): string {
  const size = Math.abs(value);
  if (size === Infinity) return value < 0 ? "-∞" : "∞";
  if (size !== 0 && (size < 1e-4 || size >= 1e9)) return value.toExponential(Math.max(0, digits - 1));
  if (size >= 10 ** (digits - 1)) return `${value < 0 ? "-" : ""}${formatCount(size)}`;
  const decimals = size === 0 ? 0 : Math.min(8, Math.max(0, digits - 1 - Math.floor(Math.log10(size))));
  return value.toFixed(decimals);
}

/** A span of time in the unit that suits it, to two digits or a whole number. */
export function formatDuration(hours: number): string {
  const [value, unit] =
    hours < 1 / 60
      ? [3600 * hours, "seconds"]
      : hours < 1
        ? [60 * hours, "minutes"]
        : hours < 72
          ? [hours, "hours"]
          : [hours / 24, "days"];
  return `${formatNumber(value, 2)} ${unit}`;
}

/** A p-value; from its logarithm where it is too small for a number, and a bound where that is not known. */
export function formatPValue(lnPValue: number): string {
  if (lnPValue < -1e12) return "under 1e-300";
  if (lnPValue > -9.2) return Math.exp(lnPValue).toPrecision(2);
  const exponent = Math.floor(lnPValue / Math.LN10);
  return `${Math.exp(lnPValue - exponent * Math.LN10).toFixed(1)}e${exponent}`;
}

/** A level of error, as it was written. */
export function formatAlpha(alpha: number): string {
  return String(Number(alpha.toPrecision(3)));
}

/** The level of an arm: a share in percent, a duration in milliseconds, or the plain number. */
export function formatLevel(
  metric: Pick<MetricAnalysis, "kind" | "metric">,
  value: number | null,
  unit: string,
): string {
  if (value === null) return "unknown";
  if (isShare(metric.kind)) return `${percent(value)} %`;
  return unit === "" ? formatNumber(value) : `${formatNumber(value)} ${unit}`;
}

/** An effect with its sign: percentage points or units for a difference, percent for a ratio. */
export function formatEffect(kind: MetricAnalysis["kind"], scale: EffectKind, value: number, unit: string): string {
  if (scale === "ratio") return `${signed(100 * (value - 1), oneDecimal)} %`;
  if (isShare(kind)) return `${signed(100 * value, points)} points`;
  return unit === "" ? signed(value, formatNumber) : `${signed(value, formatNumber)} ${unit}`;
}

/** An interval on the same scale, without units; a missing end is "unbounded". */
export function formatInterval(kind: MetricAnalysis["kind"], scale: EffectKind, [lower, upper]: Bounds): string {
  const end = (value: number | null): string => {
    if (value === null) return "unbounded";
    if (scale === "ratio") return signed(100 * (value - 1), oneDecimal);
    return isShare(kind) ? signed(100 * value, points) : signed(value, formatNumber);
  };
  const noneBelow = scale === "ratio" && (lower === null || lower === 0);
  return `[${noneBelow ? "unbounded" : end(lower)}, ${end(upper)}]`;
}

/** The unit of a field, by its name: milliseconds and dollars are told by their endings. */
export function unitOf(field: string): string {
  return field.endsWith("Ms") ? "ms" : field.endsWith("Usd") ? "USD" : "";
}

/** Whether values of this kind are shares, shown in percent. */
export function isShare(kind: MetricAnalysis["kind"]): boolean {
  return kind === "proportion" || kind === "exceedance";
}

function percent(share: number): string {
  const value = 100 * share;
  const distance = Math.min(value, 100 - value);
  return value.toFixed(distance > 5 || distance === 0 ? 1 : distance > 0.5 ? 2 : 3);
}

function points(value: number): string {
  return value.toFixed(Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 0.1 ? 2 : 3);
}

function oneDecimal(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : value.toFixed(1);
}

function signed(value: number, format: (value: number) => string): string {
  const text = format(Math.abs(value));
  return /^[0.,]*$/u.test(text) ? text : `${value < 0 ? "-" : "+"}${text}`;
}
