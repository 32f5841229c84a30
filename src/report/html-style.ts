import { partsStyle } from "./parts-style.ts";

/** The style sheet of the HTML report: light and dark, wide and narrow, screen and paper. */
export const reportStyle: string = `
*{box-sizing:border-box}
body{margin:0;background:var(--paper);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1360px;margin:0 auto;padding:24px 20px 48px}
h1,h3{line-height:1.25;margin:0;overflow-wrap:anywhere}
h1{font-size:1rem;font-weight:600;color:var(--assay-muted);margin-bottom:16px}
h3{font-size:1.15rem;margin:32px 0 8px}
figcaption{overflow-wrap:anywhere}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,560px),1fr));gap:28px 32px;align-items:start}
figure{margin:0;break-inside:avoid;min-width:0}
figcaption strong{display:block;font-size:1.05rem}
figcaption span{color:var(--assay-muted);font-size:.875rem}
.chart{margin-top:8px}
.chart svg{display:block;max-width:100%;height:auto}
.narrow{display:none}
details{margin-top:4px;font-size:.875rem}
summary{cursor:pointer;color:var(--assay-muted);padding:4px 0}
:focus-visible{outline:2px solid var(--assay-neutral);outline-offset:2px}
.scroll{overflow:auto;max-height:360px}
${partsStyle(":root", "main")}
@media screen and (max-width:719px){
main{padding:16px 14px 40px}
.wide{display:none}
.narrow{display:block}
}
@media print{
main{max-width:none;padding:0}
.charts{grid-template-columns:1fr 1fr}
details:not([open]){display:none}
.scroll{max-height:none}
}
`;

/** SHA-256 of the style sheet in base64, for the page's content security policy; a test keeps it true. */
export const reportStyleHash = "IvUmjT7ootRLLh1n1doh3umlnel76UhOCqkjLLC1YVM=";
