export { summarizeFiles } from "../../src/node/jobs/summarize-files.ts";
export { encodeSummary } from "../../src/summary/encode.ts";
