import type { NotComputable } from "../../errors.ts";
import type { Policy } from "../../policy/policy.ts";
import { type EffectPrior, oneSidedMixtureLnEvidence } from "../../stats/anytime/mixtures/normal-mixture.ts";
import { symmetricPValue } from "../../stats/p-value.ts";
import type { ClaimEvidence } from "../analysis.ts";
import type { Deviance } from "../metrics/engine.ts";

/** What a one-sided claim is weighed with. */
export interface ClaimTerms {
  readonly monitoring: Policy["monitoring"]["kind"];
  /** Under planned looks: the level that this look grants to a claim whose error probability is alpha. */
  readonly levelAtLook?: ((alpha: number) => number) | undefined;
  /** The level that the claim must reach. */
  readonly alpha: number;
  readonly information: number;
  readonly prior: EffectPrior;
}

/**
 * How far is "the value is above (below) the bound" established?
 *
 * Under anytime monitoring by the one-sided normal mixture, otherwise by the signed root of the deviance; under planned
 * looks the level to reach is the one that alpha spending grants to this look.
 */
export function claim(misfit: Deviance, side: "above" | "below", given: ClaimTerms): ClaimEvidence {
  const terms = given.levelAtLook === undefined ? given : { ...given, alpha: given.levelAtLook(given.alpha) };
  const suspected = misfit.above === (side === "above") && misfit.deviance > 0;
  const root = Math.sqrt(misfit.deviance) * (suspected ? 1 : -1);
  const { lnPValue, pValue } = pValueAtGrowth(root, terms, 1);
  const established = lnPValue <= Math.log(terms.alpha);
  return {
    lnPValue,
    pValue,
    alpha: terms.alpha,
    established,
    suspected,
    neededGrowth: established ? 1 : suspected ? neededGrowth(root, terms) : null,
  };
}

/** The p-value of a signed root, were there `growth` times the records with the same estimate. */
function pValueAtGrowth(
  root: number,
  terms: ClaimTerms,
  growth: number,
): { readonly lnPValue: number; readonly pValue: number } {
  const grown = root * Math.sqrt(growth);
  if (terms.monitoring !== "anytime") return symmetricPValue(grown, "greater");
  const evidence = Number.isFinite(grown)
    ? oneSidedMixtureLnEvidence(grown, terms.information * growth, terms.prior)
    : Math.sign(grown) * Number.MAX_VALUE;
  const lnPValue = Math.min(0, -evidence);
  return { lnPValue, pValue: Math.exp(lnPValue) };
}

const largestGrowth = 2 ** 30;

function neededGrowth(root: number, terms: ClaimTerms): number | null {
  const enough = (growth: number): boolean => pValueAtGrowth(root, terms, growth).lnPValue <= Math.log(terms.alpha);
  let high = 2;
  while (!enough(high)) {
    high *= 2;
    if (high > largestGrowth) return null;
  }
  let low = high / 2;
  for (let step = 0; step < 30; step++) {
    const middle = (low + high) / 2;
    if (enough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/**
 * A claim that the evidence of an exact method decides. How many more records it needs is that of the asymptotic claim.
 */
export function exactClaim(lnEvidence: number, asymptoticClaim: ClaimEvidence): ClaimEvidence {
  const lnPValue = Math.max(-Number.MAX_VALUE, Math.min(0, -lnEvidence));
  const established = lnPValue <= Math.log(asymptoticClaim.alpha);
  return {
    ...asymptoticClaim,
    lnPValue,
    pValue: Math.exp(lnPValue),
    established,
    neededGrowth: established
      ? 1
      : asymptoticClaim.neededGrowth === null
        ? null
        : Math.max(1 + 1e-9, asymptoticClaim.neededGrowth),
  };
}

/** A claim, or why it can't be weighed. */
export type Claim = ClaimEvidence | NotComputable;
