/** One call of the API as data: what to send, and whether it may be sent again. */
export interface Operation {
  /** What it does, as it appears in errors: `read experiment exp_1`. */
  readonly name: string;
  readonly method: "GET" | "POST" | "PATCH";
  /** Path below the base URL, segments encoded. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | undefined>> | undefined;
  readonly body?: unknown;
  /** Sent as `Idempotency-Key`; makes a changing call repeatable. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** May the operation be sent again after a failure that leaves open whether the server acted? */
export function isRepeatable(operation: Operation): boolean {
  return operation.method === "GET" || operation.idempotencyKey !== undefined;
}

/** The full address of an operation. */
export function operationUrl(baseUrl: string, operation: Operation): string {
  const query = Object.entries(operation.query ?? {}).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return `${baseUrl}${operation.path}${query.length === 0 ? "" : `?${new URLSearchParams(query)}`}`;
}
