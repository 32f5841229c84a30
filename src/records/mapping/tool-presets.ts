import { type LlmPresetName, llmPresets } from "./llm-presets.ts";
import { type LoadPresetName, loadPresets } from "./load-presets.ts";
import { type ProxyPresetName, proxyPresets } from "./proxy-presets.ts";
import type { ToolPreset } from "./tool-preset.ts";

/** Name of a tool whose logs have a preset and a file in fixtures/tools. */
export type ToolPresetName = ProxyPresetName | LoadPresetName | LlmPresetName;

/** The presets of tools whose logs are recognised by `assay init` and `assay compare`. */
export const toolPresets: Readonly<Record<ToolPresetName, ToolPreset>> = {
  ...proxyPresets,
  ...loadPresets,
  ...llmPresets,
};
