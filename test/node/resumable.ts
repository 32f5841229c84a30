export { summarizeFiles } from "../../src/node/summarize-files.ts";
export { encodeSummary } from "../../src/summary/encode.ts";
