import { cannot, requireFinite } from "../../errors.ts";
import { normalDensity } from "../../math/normal.ts";
import { gaussLegendre } from "../../math/quadrature.ts";
import { type Boundary, continuation, findBoundaries } from "./boundaries.ts";
import type { GroupSequentialDesign } from "./design.ts";
import { informationFractions, type ObservedLook } from "./look-fractions.ts";
import { advancePaths, probabilityAbove, probabilityBelow, startPaths } from "./paths.ts";

/** What is still to come. */
export interface RemainingLooks {
  /** Information at which the experiment is planned to end. */
  readonly maximumInformation: number;
  /** Information of the looks to come, ascending, in the units of `maximumInformation`. Default: the end only. */
  readonly futureInformation?: readonly number[];
}

/**
 * How likely is the experiment to reject from here, if the effect is `effect`?
 *
 * @param design - a design of {@link groupSequentialDesign}
 * @param looks - all looks so far; the latest says where the experiment stands
 * @param options - what is to come, and the effect assumed (treatment - control, effect units)
 * @returns probability to cross the efficacy boundary (either side, for two-sided designs) at a look to come
 *
 * Assumes that no futility or harm stop happens on the way when it is non-binding. Asymptotic.
 *
 * Source: K. K. G. Lan, R. Simon, M. Halperin, Stochastically curtailed tests in long-term clinical trials (1982),
 * doi:10.1080/07474948208836014.
 *
 * @throws {RangeError} for information that does not ascend, or an effect that is not finite
 * @example
 * ```ts
 * const design = groupSequentialDesign({ looks: 2 });
 * conditionalPower(design, [{ information: 50, z: 1 }], { maximumInformation: 100, effect: 0.28 }) > 0.5; // true
 * ```
 */
export function conditionalPower(
  design: GroupSequentialDesign,
  looks: readonly ObservedLook[],
  options: RemainingLooks & { readonly effect: number },
): number {
  requireFinite("compute conditional power", "effect", options.effect);
  return rejectionFrom(
    "compute conditional power",
    design,
    looks,
    options,
  )(options.effect * Math.sqrt(options.maximumInformation));
}

/**
 * How likely is the experiment to reject from here, averaged over what the data say about the effect?
 *
 * @param options - what is to come; `prior` is a normal distribution of the effect (treatment - control, effect units),
 * flat when absent
 * @returns probability, the conditional power averaged over the posterior of the effect
 *
 * Source: D. Spiegelhalter, L. Freedman, P. Blackburn, Monitoring clinical trials: conditional or predictive power?
 * (1986), doi:10.1016/0197-2456(86)90003-6. The arguments, assumptions and errors are those of
 * {@link conditionalPower}.
 *
 * @example
 * ```ts
 * const design = groupSequentialDesign({ looks: 2 });
 * predictivePower(design, [{ information: 50, z: 0.1 }], { maximumInformation: 100 }) < 0.1; // true
 * ```
 */
export function predictivePower(
  design: GroupSequentialDesign,
  looks: readonly ObservedLook[],
  options: RemainingLooks & { readonly prior?: { readonly mean: number; readonly standardDeviation: number } },
): number {
  const action = "compute predictive power";
  const { prior } = options;
  if (prior !== undefined) {
    requireFinite(action, "prior.mean", prior.mean);
    if (!(prior.standardDeviation > 0))
      throw new RangeError(cannot(action, "prior.standardDeviation", "above 0", prior.standardDeviation));
  }
  const rejection = rejectionFrom(action, design, looks, options);
  const { information, z } = looks[looks.length - 1] as ObservedLook;
  const priorInformation = prior === undefined ? 0 : 1 / prior.standardDeviation ** 2;
  const posteriorInformation = information + priorInformation;
  const mean = (z * Math.sqrt(information) + priorInformation * (prior?.mean ?? 0)) / posteriorInformation;
  const sd = 1 / Math.sqrt(posteriorInformation);
  const { nodes, weights } = gaussLegendre(64);
  let sum = 0;
  for (let i = 0; i < nodes.length; i++) {
    const u = 8 * (nodes[i] as number);
    sum +=
      8 *
      (weights[i] as number) *
      normalDensity(u) *
      rejection((mean + u * sd) * Math.sqrt(options.maximumInformation));
  }
  return Math.min(1, sum);
}

/** The probability to reject at a look to come, as a function of the drift. */
function rejectionFrom(
  action: string,
  design: GroupSequentialDesign,
  looks: readonly ObservedLook[],
  options: RemainingLooks,
): (drift: number) => number {
  const { rules } = design;
  const seen = informationFractions(action, looks, options.maximumInformation);
  const future = (options.futureInformation ?? [options.maximumInformation]).map((information) => ({
    information,
    z: 0,
  }));
  const fractions = informationFractions(action, [...looks, ...future], options.maximumInformation);
  const boundaries = findBoundaries(rules, fractions, true).looks.slice(seen.length);
  const now = seen[seen.length - 1] as number;
  let paths = startPaths(now, (looks[looks.length - 1] as ObservedLook).z * Math.sqrt(now));
  const stages = boundaries.map((boundary, k) => {
    const arriving = paths;
    const next = boundaries[k + 1];
    if (next !== undefined) paths = advancePaths(paths, boundary.information, stretchesOf(boundary), next.information);
    return { arriving, boundary };
  });
  function stretchesOf(boundary: Boundary): ReturnType<typeof continuation> {
    return continuation(
      rules.sides,
      boundary.efficacy,
      rules.futility?.binding === true ? boundary.futility : null,
      null,
    );
  }
  return (drift) =>
    stages.reduce((sum, { arriving, boundary }) => {
      const { information, efficacy } = boundary;
      const lower = rules.sides === 2 ? probabilityBelow(arriving, information, -efficacy, drift) : 0;
      return sum + probabilityAbove(arriving, information, efficacy, drift) + lower;
    }, 0);
}
