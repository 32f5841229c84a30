import { llmPresets } from "./llm-presets.ts";
import { loadPresets } from "./load-presets.ts";
import { proxyPresets } from "./proxy-presets.ts";
import type { ToolPreset } from "./tool-preset.ts";

/** Name of a tool whose logs have a preset and a file in fixtures/tools. */
export type ToolPresetName = keyof typeof proxyPresets | keyof typeof loadPresets | keyof typeof llmPresets;

/** The presets of tools whose logs are recognised by `assay init` and `assay compare`. */
export const toolPresets: Readonly<Record<ToolPresetName, ToolPreset>> = {
  ...proxyPresets,
  ...loadPresets,
  ...llmPresets,
};
