import { type Command, Option } from "commander";
import { canary, definePolicy, explainPolicy, type PolicyPreset, policyPresets } from "../../index.ts";
import { type CliContext, UsageError } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { wholeOption } from "../number-option.ts";
import { addPolicyOptions, type OutputOptions, policyOf, type PolicyOptions } from "../options.ts";

interface InitOptions extends OutputOptions {
  readonly preset: PolicyPreset;
  readonly control: string;
  readonly treatment: readonly string[];
  readonly requestsPerArm?: string;
}

/** `assay policy init|check|explain`: write a policy, validate it, and say in plain words what it promises. */
export function addPolicy(program: Command, context: CliContext, exit: (code: number) => void): void {
  const policy = program.command("policy").description("write, validate and explain policies");
  policy
    .command("init")
    .description("write a preset as JSON, to be edited")
    .addOption(new Option("--preset <name>", "which").choices(Object.keys(policyPresets)).default("safe-rollout"))
    .requiredOption("--control <arm>", "arm in production")
    .requiredOption("--treatment <arm...>", "arms that want to replace it")
    .option(
      "--requests-per-arm <number>",
      "with --preset canary: requests that each arm will have had when the canary ends; default 10000",
    )
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: InitOptions) => {
      const arms = { control: options.control, treatments: options.treatment };
      const planned = options.requestsPerArm;
      if (planned !== undefined && options.preset !== "canary")
        throw new UsageError(
          "Cannot read the options: --requests-per-arm goes with --preset canary, current value is " +
            `${JSON.stringify(options.preset)}`,
        );
      const input =
        planned === undefined
          ? policyPresets[options.preset](arms)
          : canary({ ...arms, requestsPerArm: wholeOption("--requests-per-arm", planned, 1) });
      definePolicy(input);
      await emit(`${JSON.stringify(input, null, 2)}\n`, options.output, context);
      exit(0);
    });
  addPolicyOptions(
    policy.command("check").description("validate a policy; says what is wrong and how to correct it"),
  ).action(async (options: PolicyOptions) => {
    await policyOf(options);
    context.stdout.write("the policy is valid\n");
    exit(0);
  });
  addPolicyOptions(policy.command("explain").description("say in plain words what a policy promises")).action(
    async (options: PolicyOptions) => {
      context.stdout.write(`${explainPolicy(await policyOf(options)).join("\n")}\n`);
      exit(0);
    },
  );
}
