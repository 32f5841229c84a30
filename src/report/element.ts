import type { TrajectoryPoint } from "../analysis/trajectory.ts";
import type { Decision } from "../decision/decision.ts";
import type { Policy } from "../policy/policy.ts";
import { buildReport } from "./build.ts";
import { checksHtml, metricsHtml, textHtml, verdictHtml } from "./html-parts.ts";
import { partsStyle } from "./parts-style.ts";
import { sequencePicture } from "./pictures/sequence-picture.ts";
import type { ComparisonReport } from "./report.ts";

/** What the element shows: plain JSON. */
export interface AssayReportData {
  /** What `assay analyze --format json` prints, or `decide` returns. */
  readonly decision: Decision;
  readonly policy: Policy;
  /** From `trajectory`; with it the element draws how each interval closed in. */
  readonly points?: readonly TrajectoryPoint[] | undefined;
}

/** The element `<assay-report>`: a verdict with its table, in the colours of the page it stands on. */
export interface AssayReportElement extends HTMLElement {
  /** Setting it redraws, at most once a frame; `null` shows that there are no data yet. */
  data: AssayReportData | null;
}

const style = `
:host{display:block;font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
*{box-sizing:border-box}
${partsStyle(":host", ".parts")}
h3{font-size:1rem;margin:20px 0 4px}
.sequences{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,320px),1fr))}
.sequences{gap:12px 24px;margin-top:12px}
figure{margin:0}
figcaption{color:var(--assay-muted);font-size:.875rem;overflow-wrap:anywhere}
svg.sequence{display:block;width:100%;height:auto}
svg.sequence .band{fill:var(--assay-neutral);opacity:.25}
svg.sequence .estimate{fill:none;stroke:var(--assay-neutral);stroke-width:2}
svg.sequence circle{fill:var(--assay-neutral)}
svg.sequence line{stroke:var(--assay-muted)}
svg.sequence .margin{stroke:var(--assay-ink);stroke-dasharray:6 4}
svg.sequence .rollback{stroke:var(--assay-bad);stroke-dasharray:2 3;stroke-width:1.5}
svg.sequence text{fill:var(--assay-muted);font-size:11px;text-anchor:end}
`;

/**
 * Registers the element `<assay-report>`; importing `assay/element` does it under this name.
 *
 * @param name - another name for the tag.
 * @param registry - the page's custom elements.
 * @example
 * ```ts
 * const element = document.querySelector("assay-report");
 * element.data = { decision, policy };
 * ```
 */
export function defineAssayReport(name = "assay-report", registry: CustomElementRegistry = customElements): void {
  if (registry.get(name) !== undefined) return;
  registry.define(
    name,
    class extends HTMLElement implements AssayReportElement {
      #data: AssayReportData | null = null;
      #parts: HTMLElement | undefined;
      #said = "";
      #waiting = false;

      get data(): AssayReportData | null {
        return this.#data;
      }

      set data(data: AssayReportData | null) {
        this.#data = data;
        this.#redraw();
      }

      connectedCallback(): void {
        // A property set before the element was defined hides the accessor; hand it over.
        if (Object.hasOwn(this, "data")) {
          const early = this.data;
          delete (this as Partial<AssayReportElement>).data;
          this.data = early;
        }
        this.#draw();
      }

      #redraw(): void {
        if (this.#waiting || !this.isConnected) return;
        this.#waiting = true;
        requestAnimationFrame(() => {
          this.#waiting = false;
          this.#draw();
        });
      }

      #draw(): void {
        const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
        if (this.#parts === undefined) {
          const sheet = document.createElement("style");
          sheet.textContent = style;
          const status = document.createElement("p");
          status.className = "visually-hidden";
          status.setAttribute("role", "status");
          this.#parts = document.createElement("div");
          this.#parts.className = "parts";
          const frame = document.createElement("div");
          frame.className = "parts";
          frame.append(status);
          root.append(sheet, frame, this.#parts);
        }
        const { html, said } = contentOf(this.#data);
        this.#parts.innerHTML = html;
        const status = root.querySelector("[role=status]");
        if (status !== null && said !== this.#said) status.textContent = said;
        this.#said = said;
      }
    },
  );
}

/** What is shown, and what a screen reader is told when it changes. */
function contentOf(data: AssayReportData | null): { readonly html: string; readonly said: string } {
  if (data === null) return { html: `<section class="verdict"><h2>No data yet</h2></section>`, said: "" };
  try {
    const report = buildReport(data.decision, data.policy, data.points);
    const parts = report.comparisons.map(
      (comparison) => verdictHtml(comparison) + metricsHtml(comparison) + sequencesHtml(comparison),
    );
    return {
      html: parts.join("") + checksHtml(report),
      said: report.comparisons.map(({ headline }) => headline).join(" "),
    };
  } catch (cause) {
    return {
      html:
        `<section class="verdict invalid"><h2>This report can't be ` +
        `shown</h2><ul><li>${textHtml(cause instanceof Error ? cause.message : String(cause))}</li></ul></section>`,
      said: "",
    };
  }
}

function sequencesHtml({ rows }: ComparisonReport): string {
  const drawn = rows.flatMap(({ metric, effect, interval, sequence }) => {
    const picture = sequence === undefined || sequence.length < 2 ? "" : sequencePicture(sequence);
    return picture === ""
      ? []
      : [
          `<figure><figcaption>${textHtml(metric)} so far: ${textHtml(effect)} ` +
            `${textHtml(interval)}</figcaption>${picture}</figure>`,
        ];
  });
  return drawn.length === 0 ? "" : `<div class="sequences">${drawn.join("")}</div>`;
}
