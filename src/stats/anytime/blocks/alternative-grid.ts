import type { Alternative } from "../../result.ts";

/**
 * The effect sizes a mixture puts its bets on: log-odds effects of treatment against control, spaced evenly on the
 * logarithmic scale, so that small and large effects are detected without tuning.
 */
export interface EffectNodes {
  /** Log-odds effects, treatment - control; never 0. */
  readonly logOdds: Float64Array;
  /** Natural logarithm of the weight of every node; all nodes weigh the same. */
  readonly lnWeight: number;
}

/** How a mixture spaces its nodes. The defaults serve effects from 1.5 % to sevenfold odds. */
export interface EffectNodeOptions {
  /** Nodes on either side of the null, at least 2. Default 12. */
  readonly nodesPerSide?: number;
  /** Smallest and largest size of a log-odds effect. Default [0.015, 2]. */
  readonly logOddsRange?: readonly [number, number];
}

/** Builds the nodes of an alternative: both signs for `two-sided`, one sign with doubled weights otherwise. */
export function effectNodes(alternative: Alternative, options: EffectNodeOptions = {}): EffectNodes {
  const perSide = options.nodesPerSide ?? 12;
  const [smallest, largest] = options.logOddsRange ?? [0.015, 2];
  if (!Number.isSafeInteger(perSide) || perSide < 2) {
    throw new RangeError(
      `Cannot place effect nodes: nodesPerSide must be an integer of at least 2, current value is ${perSide}`,
    );
  }
  if (!(smallest > 0 && largest > smallest && Number.isFinite(largest))) {
    throw new RangeError(
      "Cannot place effect nodes: logOddsRange must be two positive finite numbers in ascending order, current " +
        `value is [${smallest}, ${largest}]`,
    );
  }
  const signs = alternative === "two-sided" ? [-1, 1] : alternative === "greater" ? [1] : [-1];
  const logOdds = new Float64Array(perSide * signs.length);
  let at = 0;
  for (const sign of signs) {
    for (let i = 0; i < perSide; i++) {
      logOdds[at++] = sign * smallest * Math.pow(largest / smallest, i / (perSide - 1));
    }
  }
  return { logOdds, lnWeight: -Math.log(logOdds.length) };
}
