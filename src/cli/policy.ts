import { type Command, Option } from "commander";
import { type PolicyPreset, definePolicy, explainPolicy, policyPresets } from "../index.ts";
import { emit } from "./emit.ts";
import { type OutputOptions, type PolicyOptions, addPolicyOptions, policyOf } from "./options.ts";
import type { World } from "./world.ts";

/** `assay policy init|check|explain`: write a policy, validate it, and say in plain words what it promises. */
export function addPolicy(program: Command, world: World, exit: (code: number) => void): void {
  const policy = program.command("policy").description("write, validate and explain policies");
  policy
    .command("init")
    .description("write a preset as JSON, to be edited")
    .addOption(new Option("--preset <name>", "which").choices(Object.keys(policyPresets)).default("safe-rollout"))
    .requiredOption("--control <arm>", "arm in production")
    .requiredOption("--treatment <arm...>", "arms that want to replace it")
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: OutputOptions & { readonly preset: PolicyPreset; readonly control: string; readonly treatment: readonly string[] }) => {
      const input = policyPresets[options.preset]({ control: options.control, treatments: options.treatment });
      definePolicy(input);
      await emit(`${JSON.stringify(input, null, 2)}\n`, options.output, world);
      exit(0);
    });
  addPolicyOptions(policy.command("check").description("validate a policy; says what is wrong and how to correct it")).action(async (options: PolicyOptions) => {
    await policyOf(options);
    world.stdout.write("the policy is valid\n");
    exit(0);
  });
  addPolicyOptions(policy.command("explain").description("say in plain words what a policy promises")).action(async (options: PolicyOptions) => {
    world.stdout.write(`${explainPolicy(await policyOf(options)).join("\n")}\n`);
    exit(0);
  });
}
