import { defineAssayReport } from "./element.ts";

export type { AssayReportData, AssayReportElement } from "./element.ts";
export { defineAssayReport };

// Rendered on a server, a page's modules are imported where there are no elements.
if (typeof customElements !== "undefined") defineAssayReport();
