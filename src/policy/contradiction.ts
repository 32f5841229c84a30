/** Two fields of a policy that can't both hold. */
export interface Contradiction {
  readonly code: string;
  readonly field: string;
  readonly requirement: string;
  readonly value: unknown;
  readonly fix: string;
}
