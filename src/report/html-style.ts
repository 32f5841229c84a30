import { themeVariables } from "./charts/theme.ts";

/** The style sheet of the HTML report: light and dark, wide and narrow, screen and paper. */
export const reportStyle: string = `
:root{color-scheme:light dark;--paper:#fff;--panel:#f5f6f8;${themeVariables("light")}}
@media screen and (prefers-color-scheme:dark){:root{--paper:#15171a;--panel:#1e2126;${themeVariables("dark")}}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--assay-ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
main{max-width:1360px;margin:0 auto;padding:24px 20px 48px}
h1,h2,h3{line-height:1.25;margin:0;overflow-wrap:anywhere}
h1{font-size:1rem;font-weight:600;color:var(--assay-muted);margin-bottom:16px}
h2{font-size:1.5rem}
h3{font-size:1.15rem;margin:32px 0 8px}
.verdict{border-left:8px solid var(--assay-neutral);background:var(--panel);border-radius:4px;padding:16px 20px;margin-bottom:20px}
.verdict.ship{border-color:var(--assay-good)}
.verdict.rollback,.verdict.invalid{border-color:var(--assay-bad)}
.verdict ul{margin:8px 0 0;padding-left:20px}
li,td,th,figcaption,p{overflow-wrap:anywhere}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:7px 12px 7px 0;border-bottom:1px solid var(--assay-grid);vertical-align:middle}
th{font-weight:600}
thead th{color:var(--assay-muted);font-weight:400;font-size:.875rem}
.tag{display:inline-block;border:1px solid currentColor;border-radius:999px;padding:1px 10px;font-size:.875rem;white-space:nowrap;color:var(--assay-neutral)}
.tag.good{color:var(--assay-good)}
.tag.bad{color:var(--assay-bad)}
svg.interval{display:block;max-width:100%}
svg.interval line{stroke:var(--assay-muted);stroke-width:1}
svg.interval .margin{stroke:var(--assay-ink);stroke-dasharray:4 3}
svg.interval .rollback{stroke:var(--assay-bad);stroke-dasharray:2 3;stroke-width:1.5}
svg.interval .range{stroke:var(--assay-neutral);stroke-width:3}
svg.interval circle,svg.interval .end{fill:var(--assay-neutral)}
.key,.note{color:var(--assay-muted);font-size:.875rem}
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
.visually-hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
@media screen and (max-width:719px){
main{padding:16px 14px 40px}
h2{font-size:1.25rem}
.wide{display:none}
.narrow{display:block}
.metrics,.metrics tbody,.metrics tr,.metrics th,.metrics td{display:block;border:0;padding:0}
.metrics thead{display:none}
.metrics tr{border-bottom:1px solid var(--assay-grid);padding:10px 0}
.metrics td{display:grid;grid-template-columns:6.5em 1fr;gap:8px;padding:2px 0;align-items:center}
.metrics td::before{content:attr(data-label);color:var(--assay-muted);font-size:.875rem}
.metrics .tag{justify-self:start}
}
@media print{main{max-width:none;padding:0}.charts{grid-template-columns:1fr 1fr}details:not([open]){display:none}.scroll{max-height:none}}
`;

/** SHA-256 of the style sheet in base64, for the page's content security policy; a test keeps it true. */
export const reportStyleHash = "zULBPKv9wY/BDy/ztPdoRIwR41vvXMrf8m7T6xxuK6w=";
