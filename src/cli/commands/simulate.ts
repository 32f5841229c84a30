import { spawn } from "node:child_process";
import { type Command, Option } from "commander";
import {
  characteristicsOf,
  decodeSummary,
  type OperatingCharacteristics,
  rampAdvice,
  type RunOutcome,
  type Scenario,
  scenarioFromSummary,
  type SimulatedChance,
  type SimulatedSpread,
  simulateRuns,
} from "../../index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { numberOption, wholeOption } from "../number-option.ts";
import { addPolicyOptions, type OutputOptions, policyOf, type PolicyOptions, textOf } from "../options.ts";
import { parseScenario } from "../scenario-file.ts";

interface SimulateOptions extends PolicyOptions, OutputOptions {
  readonly scenario?: string;
  readonly fromSummary?: string;
  readonly effect?: readonly string[];
  readonly requestsPerPeriod: string;
  readonly periods: string;
  readonly runs: string;
  readonly firstRun: string;
  readonly seed: string;
  readonly lookEvery: string;
  readonly jobs: string;
  readonly ramp?: string;
  readonly budget?: string;
  readonly chance: string;
  readonly format: "text" | "json" | "runs";
  readonly quiet?: boolean;
}

/** `assay simulate`: how often a policy would be right on made-up traffic. */
export function addSimulate(program: Command, context: CliContext, exit: (code: number) => void): void {
  addPolicyOptions(
    program
      .command("simulate")
      .description(
        "try a policy on made-up traffic: how often it ships, rolls back or can't tell, how soon, and at what cost",
      ),
  )
    .option("--scenario <file>", "the traffic, as JSON")
    .option("--from-summary <file>", "resample the control of a real summary instead")
    .option(
      "--effect <field=factor>",
      "with --from-summary: factor on the treatments' latencies, or on their odds of failure; may be repeated",
      (value: string, before: readonly string[] = []) => [...before, value],
    )
    .option("--requests-per-period <number>", "with --from-summary: requests of all arms", "1000")
    .option("--periods <number>", "with --from-summary", "168")
    .option("--runs <number>", "experiments to simulate", "1000")
    .option("--first-run <number>", "number of the first, where runs are divided among machines", "0")
    .option("--seed <number>", "seed of the made-up traffic", "1")
    .option("--look-every <periods>", "periods between looks", "1")
    .option("--jobs <number>", "processes to divide the runs among", "1")
    .option("--ramp <shares>", "advise on the next traffic step instead: shares to try, e.g. 0.01,0.05,0.25")
    .option("--budget <failures>", "with --ramp: failed requests of the treatment that may be lost")
    .option("--chance <probability>", "with --ramp: acceptable chance of losing more", "0.05")
    .addOption(
      new Option("--format <format>", "how to print it; runs: one JSON line per run")
        .choices(["text", "json", "runs"])
        .default("text"),
    )
    .option("--output <file>", "write there instead of to the standard output")
    .option("--quiet", "no progress")
    .action(async (options: SimulateOptions) => {
      const policy = await policyOf(options);
      const scenario = await scenarioOf(options, policy);
      const settings = {
        seed: wholeOption("--seed", options.seed),
        lookEvery: wholeOption("--look-every", options.lookEvery, 1),
        firstRun: wholeOption("--first-run", options.firstRun, 0),
      };
      const runs = wholeOption("--runs", options.runs, 1);
      if (options.ramp !== undefined) {
        if (options.budget === undefined)
          throw new UsageError("Cannot simulate: --budget must be given with --ramp, current value is undefined");
        const advice = rampAdvice(
          policy,
          scenario,
          options.ramp.split(",").map((share) => numberOption("--ramp", share)),
          { failures: numberOption("--budget", options.budget), chance: numberOption("--chance", options.chance) },
          { ...settings, runs },
        );
        await emit(
          options.format === "text" ? rampText(advice, options) : `${JSON.stringify(advice, null, 2)}\n`,
          options.output,
          context,
        );
        exit(0);
        return;
      }
      const jobs = Math.min(runs, wholeOption("--jobs", options.jobs, 1));
      const progress = progressOf(context, runs, options.quiet ?? false);
      const outcomes =
        jobs === 1
          ? simulateRuns(policy, scenario, { ...settings, runs, onRun: progress.at })
          : await divided(runs, settings.firstRun, jobs, progress.at);
      progress.done();
      const text =
        options.format === "runs"
          ? outcomes.map((outcome) => `${JSON.stringify(outcome)}\n`).join("")
          : options.format === "json"
            ? `${JSON.stringify(characteristicsOf(outcomes), null, 2)}\n`
            : characteristicsText(characteristicsOf(outcomes));
      await emit(text, options.output, context);
      exit(0);
    });
}

async function scenarioOf(options: SimulateOptions, policy: Awaited<ReturnType<typeof policyOf>>): Promise<Scenario> {
  if ((options.scenario === undefined) === (options.fromSummary === undefined))
    throw new UsageError("Cannot simulate: give either --scenario FILE or --from-summary FILE");
  if (options.scenario !== undefined)
    return parseScenario(await textOf(options.scenario, "scenario"), options.scenario);
  const effects = Object.fromEntries(
    (options.effect ?? []).map((text): [string, number] => {
      const [field = "", factor = ""] = text.split("=");
      return [field, numberOption("--effect", factor)];
    }),
  );
  const summary = decodeSummary(await textOf(options.fromSummary as string, "summary"));
  return scenarioFromSummary(summary, policy, {
    effects,
    requestsPerPeriod: wholeOption("--requests-per-period", options.requestsPerPeriod, 1),
    periods: wholeOption("--periods", options.periods, 1),
  });
}

/**
 * The same command in several processes, each with its share of the runs; the seeds of runs don't depend on who makes
 * them.
 */
async function divided(
  runs: number,
  firstRun: number,
  jobs: number,
  onRun: (done: number) => void,
): Promise<RunOutcome[]> {
  const [script = "", ...argv] = process.argv.slice(1);
  let done = 0;
  const parts = Array.from({ length: jobs }, async (_, job) => {
    const from = Math.floor((job * runs) / jobs);
    const to = Math.floor(((job + 1) * runs) / jobs);
    const own = [
      "--jobs",
      "1",
      "--format",
      "runs",
      "--quiet",
      "--runs",
      String(to - from),
      "--first-run",
      String(firstRun + from),
    ];
    const child = spawn(process.execPath, [...process.execArgv, script, ...withoutOutput(argv), ...own], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const ended = new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    let text = "";
    for await (const chunk of child.stdout) text += String(chunk);
    if ((await ended) !== 0) throw new UsageError("Cannot simulate: a part of the runs failed, as said above");
    onRun((done += to - from));
    return text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as RunOutcome);
  });
  return (await Promise.all(parts)).flat();
}

function withoutOutput(argv: readonly string[]): string[] {
  const at = argv.findIndex((argument) => argument === "--output");
  return at < 0 ? [...argv] : [...argv.slice(0, at), ...argv.slice(at + 2)];
}

function progressOf({ stderr }: CliContext, runs: number, quiet: boolean): { at(done: number): void; done(): void } {
  const width = 24;
  let drawn = -1;
  return {
    at: (done) => {
      const filled = Math.round((width * done) / runs);
      if (quiet || !stderr.isTTY || filled === drawn) return;
      drawn = filled;
      stderr.write(
        `\r[${"#".repeat(filled)}${" ".repeat(width - filled)}] ${done.toLocaleString("en")} of ` +
          `${runs.toLocaleString("en")} runs`,
      );
    },
    done: () => {
      if (quiet) return;
      stderr.write(stderr.isTTY ? "\r\x1b[K" : `simulated ${runs.toLocaleString("en")} runs\n`);
    },
  };
}

function characteristicsText({
  runs,
  ship,
  rollback,
  inconclusive,
  invalid,
  undecided,
  stopping,
  damage,
}: OperatingCharacteristics): string {
  const chance = (name: string, { probability, interval }: SimulatedChance): string =>
    `${name.padEnd(14)}${(100 * probability).toFixed(1).padStart(6)} %  [${(100 * interval[0]).toFixed(1)}, ` +
    `${(100 * interval[1]).toFixed(1)}]`;
  const spread = (name: string, { mean, p10, median, p90 }: SimulatedSpread): string =>
    `${name}: median ${Math.round(median).toLocaleString("en")}, 80 % between ` +
    `${Math.round(p10).toLocaleString("en")} and ${Math.round(p90).toLocaleString("en")}, mean ` +
    `${Math.round(mean).toLocaleString("en")}`;
  return [
    `${runs.toLocaleString("en")} simulated experiments; chances with 95 % intervals`,
    chance("ship", ship),
    chance("roll back", rollback),
    chance("inconclusive", inconclusive),
    chance("invalid", invalid),
    chance("undecided", undecided),
    "",
    spread("periods until the end", stopping.periods),
    spread("requests of all arms until then", stopping.requests),
    spread("failed requests of the treatments until then", damage.all),
    ...(damage.rolledBack === null ? [] : [spread("the same where it rolled back", damage.rolledBack)]),
    "",
  ].join("\n");
}

function rampText({ share, steps }: ReturnType<typeof rampAdvice>, { budget, chance }: SimulateOptions): string {
  const tried = steps.map(
    ({ share: tried, exceeds, withinBound }) =>
      `${(100 * tried).toFixed(1)} % of traffic: chance of more than ${budget ?? ""} failed requests ` +
      `${(100 * exceeds.probability).toFixed(1)} % [${(100 * exceeds.interval[0]).toFixed(1)}, ` +
      `${(100 * exceeds.interval[1]).toFixed(1)}]${withinBound ? "" : ", too high"}`,
  );
  const advice =
    share === null
      ? `no step tried keeps that chance below ${100 * Number(chance)} %`
      : `the next step may be ${(100 * share).toFixed(1)} % of traffic`;
  return `${[...tried, advice].join("\n")}\n`;
}
