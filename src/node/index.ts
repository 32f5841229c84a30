export { type OpenFile, openFile } from "./open.ts";
export { type ReadFileOptions, type ReadProgress, readFile } from "./read-file.ts";
