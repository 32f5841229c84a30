import { type Command, Option } from "commander";
import {
  decodeSummary,
  forecastDuration,
  isNotComputable,
  type Margin,
  minimumDetectableEffect,
  type Monitoring,
  type PlannedGoal,
  type PlannedMetric,
  type PlanningQuestion,
  power,
  requiredSampleSize,
  smallestMargin,
  statisticOf,
} from "../../index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { numberOption } from "../number-option.ts";
import { textOf } from "../options.ts";

interface PlanOptions {
  readonly kind: "proportion" | "mean" | "quantile";
  readonly baseline?: string;
  readonly sd?: string;
  readonly probability: string;
  readonly sigma?: string;
  readonly pilot?: string;
  readonly field?: string;
  readonly goal: PlannedGoal;
  readonly better?: "higher" | "lower";
  readonly margin?: string;
  readonly effect?: string;
  readonly alpha: string;
  readonly power: string;
  readonly monitoring: "anytime" | "fixed" | "group-sequential";
  readonly looks: string;
  readonly treatments: string;
  readonly ratio: string;
  readonly designEffect: string;
  readonly size?: string;
  readonly perHour?: string;
  readonly cycleHours?: string;
  readonly format: "text" | "json";
  readonly output?: string;
}

/** `assay plan`: how many requests an experiment needs, or what a given number shows. */
export function addPlan(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("plan")
    .description(
      "how many requests an experiment needs; with --size: its power and the smallest effect or margin it shows",
    )
    .addOption(
      new Option("--kind <kind>", "what is measured").choices(["proportion", "mean", "quantile"]).default("proportion"),
    )
    .option(
      "--baseline <value>",
      "level of the control: a share such as 0.997, a mean, or the median of a lognormal latency",
    )
    .option("--sd <value>", "standard deviation of a single request (mean)")
    .option("--probability <p>", "which quantile", "0.99")
    .option("--sigma <value>", "standard deviation of the latency's logarithm (quantile)")
    .option("--pilot <summary>", "take the latencies of a summary's first arm instead of --baseline and --sigma")
    .option("--field <name>", "field of the pilot", "latencyMs")
    .addOption(
      new Option("--goal <goal>", "what is to be shown")
        .choices(["superior", "non-inferior", "equivalent", "different"])
        .default("non-inferior"),
    )
    .addOption(new Option("--better <direction>", "which direction is good").choices(["higher", "lower"]))
    .option("--margin <distance>", "how much worse is acceptable: 0.005, or 10%")
    .option("--effect <distance>", "true effect planned for: -0.002, or 20%")
    .option("--alpha <level>", "error probability", "0.05")
    .option("--power <probability>", "probability to show it", "0.8")
    .addOption(
      new Option("--monitoring <kind>", "how the data are looked at")
        .choices(["anytime", "fixed", "group-sequential"])
        .default("anytime"),
    )
    .option("--looks <number>", "planned looks (group-sequential)", "5")
    .option("--treatments <number>", "treatments that share the control", "1")
    .option("--ratio <number>", "requests of each treatment per request of the control", "1")
    .option("--design-effect <number>", "variance with units over variance without", "1")
    .option("--size <requests>", "requests of the control, to ask for power instead")
    .option("--per-hour <requests>", "requests of all arms in an hour, for the duration")
    .option("--cycle-hours <hours>", "round the duration up to whole cycles, e.g. 168")
    .addOption(new Option("--format <format>", "how to print it").choices(["text", "json"]).default("text"))
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: PlanOptions) => {
      const question = await questionOf(options);
      const answer = options.size === undefined ? sizeAnswer(question, options) : powerAnswer(question, options);
      await emit(
        options.format === "json" ? `${JSON.stringify(answer, null, 2)}\n` : textOfAnswer(answer),
        options.output,
        context,
      );
      exit(0);
    });
}

async function questionOf(options: PlanOptions): Promise<PlanningQuestion> {
  const { margin, effect, better, goal } = options;
  const direction = better ?? (options.kind === "quantile" ? "lower" : "higher");
  return {
    metric: await metricOf(options),
    goal,
    better: direction,
    ...(margin === undefined ? {} : { margin: distanceOf("margin", margin) }),
    ...(effect === undefined ? {} : { effect: distanceOf("effect", effect) }),
    alpha: numberOption("--alpha", options.alpha),
    monitoring: monitoringOf(options),
    treatments: numberOption("--treatments", options.treatments),
    allocationRatio: numberOption("--ratio", options.ratio),
    designEffect: numberOption("--design-effect", options.designEffect),
  };
}

async function metricOf(options: PlanOptions): Promise<PlannedMetric> {
  const needed = (name: "baseline" | "sd" | "sigma"): number => {
    const text = options[name];
    if (text === undefined)
      throw new UsageError(
        `Cannot plan: --${name} must be given for --kind ${options.kind}, current value is undefined`,
      );
    return numberOption(`--${name}`, text);
  };
  switch (options.kind) {
    case "proportion":
      return { kind: "proportion", baseline: needed("baseline") };
    case "mean":
      return { kind: "mean", mean: needed("baseline"), standardDeviation: needed("sd") };
    case "quantile": {
      const probability = numberOption("--probability", options.probability);
      if (options.pilot === undefined)
        return {
          kind: "quantile",
          probability,
          distribution: { kind: "lognormal", median: needed("baseline"), sigma: needed("sigma") },
        };
      const summary = decodeSummary(await textOf(options.pilot, "pilot"));
      const statistic = statisticOf(summary, summary.plan.arms[0] as string, options.field ?? "latencyMs");
      if (statistic?.kind !== "sketch")
        throw new UsageError(
          "Cannot plan: --field must be a field whose distribution the pilot keeps, current value is " +
            `${JSON.stringify(options.field)}`,
        );
      return { kind: "quantile", probability, distribution: { kind: "pilot", histogram: statistic.sketch } };
    }
  }
}

function monitoringOf({ monitoring, looks }: PlanOptions): Monitoring {
  return monitoring === "group-sequential"
    ? { kind: monitoring, looks: numberOption("--looks", looks), spending: { kind: "obrien-fleming" } }
    : { kind: monitoring };
}

/** `0.01` is absolute, `10%` is relative. */
function distanceOf(name: string, text: string): Margin {
  return text.endsWith("%")
    ? { relative: numberOption(`--${name}`, text.slice(0, -1)) / 100 }
    : { absolute: numberOption(`--${name}`, text) };
}

function sizeAnswer(question: PlanningQuestion, options: PlanOptions): Record<string, unknown> {
  const size = requiredSampleSize(question, numberOption("--power", options.power));
  if (isNotComputable(size)) return { ...size };
  const traffic =
    options.perHour === undefined
      ? undefined
      : {
          requestsPerHour: numberOption("--per-hour", options.perHour),
          ...(options.cycleHours === undefined
            ? {}
            : { cycleHours: numberOption("--cycle-hours", options.cycleHours) }),
        };
  return { ...size, duration: traffic === undefined ? null : forecastDuration(size.total, traffic) };
}

function powerAnswer(question: PlanningQuestion, options: PlanOptions): Record<string, unknown> {
  const size = numberOption("--size", options.size ?? "");
  const target = numberOption("--power", options.power);
  const bounded = question.goal === "non-inferior" || question.goal === "equivalent";
  const smallest = bounded
    ? smallestMargin(question, size, target)
    : minimumDetectableEffect(question, size, {
        power: target,
        scale: options.effect?.endsWith("%") === true ? "relative" : "absolute",
      });
  return { size, power: power(question, size), [bounded ? "smallestMargin" : "minimumDetectableEffect"]: smallest };
}

/** A whole number with all its digits in groups, another to four digits. */
function shown(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
}

function textOfAnswer(answer: Record<string, unknown>): string {
  const line = (key: string, value: unknown): string => {
    const name = key.replace(/[A-Z]/gu, (letter) => ` ${letter.toLowerCase()}`);
    if (typeof value === "number") return `${name}: ${shown(value)}`;
    if (typeof value === "object" && value !== null)
      return `${name}: ${Object.entries(value)
        .filter(([, one]) => one !== null)
        .map(([part, one]) => `${part} ${typeof one === "number" ? shown(one) : String(one)}`)
        .join(", ")}`;
    return `${name}: ${String(value)}`;
  };
  return `${Object.entries(answer)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => line(key, value))
    .join("\n")}\n`;
}
