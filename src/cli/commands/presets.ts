import type { Command } from "commander";
import { type MappingPreset, mappingPresets } from "../../index.ts";
import type { CliContext } from "../cli-context.ts";
import { emit } from "../emit.ts";
import { knownTools } from "../guess/recognise-tool.ts";

/** `assay presets`: the tools whose logs are read without a mapping. */
export function addPresets(program: Command, context: CliContext, exit: (code: number) => void): void {
  program
    .command("presets")
    .description("list the tools whose logs are known, the version that was checked, and the fields of each")
    .option("--output <file>", "write there instead of to the standard output")
    .action(async (options: { readonly output?: string }) => {
      const tools = new Map(knownTools().map((tool) => [tool.name, tool]));
      const names = (Object.keys(mappingPresets) as MappingPreset[]).sort();
      const width = Math.max(...names.map((name) => name.length));
      const lines = names.map((name) => {
        const tool = tools.get(name);
        const { fields, where = [] } = mappingPresets[name];
        const version = tool === undefined || tool.version === "" ? "" : `, ${tool.version}`;
        const head = `${name.padEnd(width)}  ${tool?.tool ?? name}${version}`;
        const mapped = Object.entries(fields).map(([field, expression]) => `${field} = ${expression}`);
        const read = where.length === 0 ? [] : [`only rows with ${where.join(" and ")}`];
        return [head, ...[...mapped, ...read].map((text) => `${" ".repeat(width + 2)}  ${text}`)].join("\n");
      });
      await emit(`${lines.join("\n")}\n`, options.output, context);
      exit(0);
    });
}
