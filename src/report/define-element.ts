import { defineAssayReport } from "./element.ts";

export type { AssayReportData, AssayReportElement } from "./element.ts";
export { defineAssayReport };

defineAssayReport();
