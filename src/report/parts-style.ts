import { themeVariables } from "./charts/theme.ts";

/** Colours of a report: those of its charts, and the paper they lie on. */
const light: string = `--paper:#fff;--panel:#f5f6f8;${themeVariables("light")}`;
const dark: string = `--paper:#15171a;--panel:#1e2126;${themeVariables("dark")}`;

const rules: readonly (readonly [selector: string, declarations: string])[] = [
  ["h2", "font-size:1.5rem;line-height:1.25;margin:0;overflow-wrap:anywhere"],
  [
    ".verdict",
    "border-left:8px solid var(--assay-neutral);background:var(--panel);border-radius:4px;padding:16px " +
      "20px;margin-bottom:20px",
  ],
  [".verdict:not(:first-of-type)", "margin-top:32px"],
  [".verdict.ship", "border-color:var(--assay-good)"],
  [".verdict.rollback", "border-color:var(--assay-bad)"],
  [".verdict.invalid", "border-color:var(--assay-bad)"],
  [".verdict ul", "margin:8px 0 0;padding-left:20px"],
  ["li", "overflow-wrap:anywhere"],
  ["p", "overflow-wrap:anywhere"],
  ["table", "border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;color:inherit"],
  [
    "th",
    "text-align:left;padding:7px 12px 7px 0;border-bottom:1px solid " +
      "var(--assay-grid);vertical-align:middle;font-weight:600;overflow-wrap:anywhere",
  ],
  [
    "td",
    "text-align:left;padding:7px 12px 7px 0;border-bottom:1px solid " +
      "var(--assay-grid);vertical-align:middle;overflow-wrap:anywhere",
  ],
  ["thead th", "color:var(--assay-muted);font-weight:400;font-size:.875rem"],
  [
    ".tag",
    "display:inline-block;border:1px solid currentColor;border-radius:999px;padding:1px " +
      "10px;font-size:.875rem;white-space:nowrap;color:var(--assay-neutral)",
  ],
  [".tag.good", "color:var(--assay-good)"],
  [".tag.bad", "color:var(--assay-bad)"],
  ["svg.interval", "display:block;max-width:100%"],
  ["svg.interval line", "stroke:var(--assay-muted);stroke-width:1"],
  ["svg.interval .margin", "stroke:var(--assay-ink);stroke-dasharray:4 3"],
  ["svg.interval .rollback", "stroke:var(--assay-bad);stroke-dasharray:2 3;stroke-width:1.5"],
  ["svg.interval .range", "stroke:var(--assay-neutral);stroke-width:3"],
  ["svg.interval circle", "fill:var(--assay-neutral)"],
  ["svg.interval .end", "fill:var(--assay-neutral)"],
  [".key", "color:var(--assay-muted);font-size:.875rem"],
  [".note", "color:var(--assay-muted);font-size:.875rem"],
  [
    ".visually-hidden",
    "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap",
  ],
];

const narrowRules: readonly (readonly [selector: string, declarations: string])[] = [
  ["h2", "font-size:1.25rem"],
  [".metrics", "display:block"],
  [".metrics tbody", "display:block"],
  [".metrics thead", "display:none"],
  [".metrics tr", "display:block;border-bottom:1px solid var(--assay-grid);padding:10px 0"],
  [".metrics th", "display:block;border:0;padding:0"],
  [
    ".metrics td",
    "display:grid;grid-template-columns:6.5em minmax(0,1fr);gap:8px;border:0;padding:2px 0;align-items:center",
  ],
  [".metrics td::before", "content:attr(data-label);color:var(--assay-muted);font-size:.875rem"],
  [".metrics .tag", "justify-self:start"],
];

/**
 * The style of a report's parts, for whatever page they stand on.
 *
 * @param root - selector of the element around them: `:root`, `:host` or a class; it takes the colours.
 * @param within - selector of the element whose width decides on the layout; all rules hold inside it only.
 */
export function partsStyle(root: string, within: string): string {
  const css = (list: typeof rules): string =>
    list.map(([selector, declarations]) => `${within} ${selector}{${declarations}}`).join("\n");
  return `
${root}{color-scheme:light dark;${light}}
@media screen and (prefers-color-scheme:dark){${root}{${dark}}}
${within}{container-type:inline-size;color:var(--assay-ink)}
${css(rules)}
@container (max-width:680px){
${css(narrowRules)}
}`;
}
