import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What a server of these tests was asked. */
export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface OddServer {
  readonly url: string;
  readonly seen: Seen[];
  close(): Promise<void>;
}

/** A real server that answers as badly as a test needs; `n` counts the requests from 1. */
export async function oddServer(answer: (outgoing: ServerResponse, seen: Seen, n: number) => void): Promise<OddServer> {
  const seen: Seen[] = [];
  const server = createServer(async (incoming, outgoing) => {
    let body = "";
    for await (const chunk of incoming) body += String(chunk);
    const one = { method: incoming.method ?? "", url: incoming.url ?? "", headers: incoming.headers, body };
    seen.push(one);
    answer(outgoing, one, seen.length);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    seen,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Answers with JSON. */
export function json(
  outgoing: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  outgoing.writeHead(status, { "content-type": "application/json", ...headers });
  outgoing.end(typeof body === "string" ? body : JSON.stringify(body));
}

export const anExperiment = {
  experiment_id: "exp_1",
  status: "active",
  traffic_allocation: {
    control: { model_id: "m", version: "1", percentage: 50 },
    treatment: { model_id: "m", version: "2", percentage: 50 },
  },
};
