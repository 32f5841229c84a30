/** When the requests of drawn arms begin. */
export const begin = Date.UTC(2026, 0, 5);
export const hour = 3_600_000;

/** What a drawn row says beside its measurements: when, of which user, and how often. */
interface DrawnRow {
  readonly at: number;
  readonly user: number;
  readonly times: number;
}

/** The requests of arms as they were drawn, each as often as it says, no user in two arms. */
export function recordsOf<Row extends DrawnRow>(
  arms: Readonly<Record<string, readonly Row[]>>,
): (Omit<Row, keyof DrawnRow> & { readonly arm: string; readonly timestamp: number; readonly unit: string })[] {
  return Object.entries(arms).flatMap(([arm, rows]) =>
    rows.flatMap(({ at, user, times, ...rest }) =>
      Array.from({ length: times }, () => ({ arm, timestamp: begin + at, unit: `${arm}${user}`, ...rest })),
    ),
  );
}
