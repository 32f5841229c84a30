import { cannot, requireFinite } from "../../errors.ts";

/** One look that was taken. */
export interface ObservedLook {
  /** Statistical information of the effect at the look: 1 / (standard error)^2, in 1 / (effect units)^2. */
  readonly information: number;
  /** The standardised statistic: (treatment - control) / standard error. */
  readonly z: number;
}

/** Looks as shares of the planned information. @throws {RangeError} unless information is positive and ascends. */
export function informationFractions(
  action: string,
  looks: readonly ObservedLook[],
  maximumInformation: number,
): number[] {
  if (!(maximumInformation > 0 && Number.isFinite(maximumInformation))) {
    throw new RangeError(cannot(action, "maximumInformation", "a positive finite number", maximumInformation));
  }
  if (looks.length === 0) throw new RangeError(cannot(action, "looks", "at least one look", looks));
  let before = 0;
  return looks.map(({ information, z }, k) => {
    requireFinite(action, `looks[${k}].z`, z);
    const t = information / maximumInformation;
    if (!(t - before >= 1e-4)) {
      throw new RangeError(
        cannot(
          action,
          `looks[${k}].information`,
          `above that of the look before by at least 0.01 % of the maximum (${(before + 1e-4) * maximumInformation})`,
          information,
        ),
      );
    }
    before = t;
    return t;
  });
}
