import type { QualityReport } from "../analysis/analysis.ts";
import type { DataFault, EffectKind } from "../analysis/analysis.ts";
import type { NotComputableReason } from "../errors.ts";

/** Why a comparison is decided as it is, most important first. Prose for each code lives in report/messages.ts. */
export type Reason =
  | {
      readonly code: "rollback-rule-established";
      readonly metric: string;
      readonly treatment: string;
      readonly rule: "worse-by" | "below" | "above";
    }
  /** The treatment has no records yet; the other treatments are decided without it. */
  | { readonly code: "no-data-yet"; readonly treatment: string }
  | { readonly code: "sample-ratio-mismatch" }
  /** Something in the data forbids to trust the figures of this treatment. */
  | { readonly code: "data-fault"; readonly treatment: string; readonly fault: DataFault }
  | { readonly code: "goals-reached"; readonly treatment: string; readonly metrics: readonly string[] }
  | { readonly code: "goal-not-reached"; readonly metric: string; readonly treatment: string }
  /** The opposite of the goal is established: more data won't help. */
  | { readonly code: "goal-ruled-out"; readonly metric: string; readonly treatment: string }
  | {
      readonly code: "limit-not-shown";
      readonly metric: string;
      readonly treatment: string;
      readonly limit: "floor" | "ceiling";
    }
  | {
      readonly code: "limit-ruled-out";
      readonly metric: string;
      readonly treatment: string;
      readonly limit: "floor" | "ceiling";
    }
  | {
      readonly code: "goal-not-computable";
      readonly metric: string;
      readonly treatment: string;
      readonly reason: NotComputableReason;
      readonly detail: string;
    }
  /** A rollback rule can't be computed, so that harm could not be seen. */
  | {
      readonly code: "rule-not-computable";
      readonly metric: string;
      readonly treatment: string;
      readonly rule: "worse-by" | "below" | "above";
      readonly reason: NotComputableReason;
      readonly detail: string;
    }
  | {
      readonly code: "minimum-sample-not-reached";
      readonly arm: string;
      readonly records: number;
      readonly minimum: number;
    }
  | { readonly code: "minimum-duration-not-reached"; readonly hours: number | null; readonly minimum: number }
  | {
      readonly code: "minimum-cycles-not-reached";
      readonly cycles: number | null;
      readonly minimum: number;
      readonly cycleHours: number;
    }
  | { readonly code: "planned-look-not-reached" }
  | { readonly code: "end-reached"; readonly what: "end" | "maximum-sample" | "planned-look" };

/** What in the data deserves a second look, whatever the decision. */
export type Warning =
  /** Requests of one arm behave alike within so many seconds; they count as fewer by the factor. */
  | {
      readonly code: "dependence-found";
      readonly metric: string;
      readonly treatment: string;
      readonly seconds: number;
      readonly factor: number;
    }
  | {
      readonly code: "harm-suspected";
      readonly metric: string;
      readonly treatment: string;
      readonly rule: "worse-by" | "below" | "above";
      readonly pValue: number;
    }
  | {
      readonly code: "quantile-unbounded";
      readonly metric: string;
      readonly arm: string;
      readonly records: number;
      readonly needed: number;
    }
  | {
      readonly code: "failures-with-zero-latency";
      readonly arm: string;
      readonly failures: number;
      readonly zeroLatency: number;
    }
  /** Counting failed requests as slower than all others would change what is established. */
  | {
      readonly code: "latency-of-failures-matters";
      readonly metric: string;
      readonly treatment: string;
      readonly failures: Readonly<Record<string, number>>;
      readonly changes: readonly ("goal" | "rollback-rule")[];
    }
  | {
      readonly code: "segment-harmed";
      readonly metric: string;
      readonly treatment: string;
      readonly field: string;
      readonly value: string;
      readonly estimate: number;
      readonly kind: EffectKind;
      readonly adjustedPValue: number;
      readonly overall: "better" | "worse";
    }
  | {
      readonly code: "segments-differ";
      readonly metric: string;
      readonly treatment: string;
      readonly field: string;
      readonly pValue: number;
    }
  | {
      readonly code: "effect-drifts";
      readonly metric: string;
      readonly treatment: string;
      readonly direction: "fading" | "growing" | "reversing";
      readonly first: number;
      readonly last: number;
      readonly kind: EffectKind;
      readonly pValue: number;
    }
  | {
      readonly code: "cycle-not-covered";
      readonly cycleHours: number;
      readonly covered: number;
      readonly slots: number;
    }
  /** Records after the end of the plan, which did not decide, establish the opposite of the verdict. */
  | {
      readonly code: "later-records-contradict";
      readonly metric: string;
      readonly treatment: string;
      readonly what: "rollback-rule" | "goal-ruled-out" | "goal-reached";
      readonly records: number;
    }
  /** Records far from all others in time: they count neither as duration nor as cycles. */
  | {
      readonly code: "stray-records";
      readonly records: number;
      readonly first: number;
      readonly last: number;
    }
  /** Records of an arm that was to get no traffic then: few enough to be left out of the sample ratio. */
  | {
      readonly code: "unplanned-records";
      readonly arm: string;
      readonly from: string | null;
      readonly records: number;
    }
  | { readonly code: "sample-ratio-not-checked"; readonly detail: string }
  | { readonly code: "missing-values"; readonly metric: string; readonly arm: string; readonly count: number }
  /** Rows that could not be read; by arm as far as the arm could be read. */
  | {
      readonly code: "rejected-rows";
      readonly count: number;
      readonly rows: number;
      readonly byArm?: Readonly<Record<string, { readonly rejected: number; readonly rows: number }>>;
    }
  /** Something in the data looks wrong, but keeps nothing from shipping. */
  | { readonly code: "data-fault"; readonly treatment: string; readonly fault: DataFault }
  | { readonly code: "other-arms-left-out"; readonly arms: Readonly<Record<string, number>> }
  | { readonly code: "outside-window"; readonly count: number }
  | QualityReport["findings"][number];
