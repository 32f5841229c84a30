import type { ArmResults, ExperimentResults, HourlyFigures } from "../api/index.ts";
import type { ExperimentState, HourTally } from "./experiment-state.ts";
import { addTally, emptyTally, figuresOf } from "./tally.ts";
import type { ResultsDetail } from "./tally.ts";

/** Which results are asked for. */
export interface ResultsRequest {
  readonly hourly: boolean;
  /** Hours that start before it are left out; milliseconds since 1970. */
  readonly fromMs: number;
  /** Hours per page. */
  readonly limit: number;
  /** Position in the series. */
  readonly offset: number;
}

/** The results of an experiment as the API shows them. */
export function resultsOf(state: ExperimentState, detail: ResultsDetail, request: ResultsRequest): ExperimentResults {
  const hours = state.hours.filter((hour) => hour.startMs >= request.fromMs);
  const page = request.hourly ? hours.slice(request.offset, request.offset + request.limit) : [];
  const arm = (name: "control" | "treatment"): ArmResults => {
    const total = emptyTally();
    for (const hour of state.hours) addTally(total, hour[name]);
    const figures = figuresOf(total, detail) as ArmResults;
    return request.hourly && detail !== "rates"
      ? { ...figures, hourly: page.map((hour) => hourly(hour, name, detail)) }
      : figures;
  };
  const results = { control: arm("control"), treatment: arm("treatment") };
  if (detail === "rates") return results;
  const next = request.offset + page.length;
  return {
    experiment_id: state.experiment.experiment_id,
    ...(request.hourly ? { granularity: "hourly", next_cursor: next < hours.length ? `h${next}` : null } : {}),
    as_of: new Date(state.asOf).toISOString(),
    allocation_history: [...state.history],
    ...results,
  };
}

function hourly(hour: HourTally, arm: "control" | "treatment", detail: ResultsDetail): HourlyFigures {
  return { hour: new Date(hour.startMs).toISOString(), ...figuresOf(hour[arm], detail) };
}
