import { coreReport } from "./core-report.ts";

console.log(JSON.stringify(await coreReport()));
