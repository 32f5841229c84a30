import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { ServerLimits } from "./limits.ts";
import { errorReply, type ServerReply } from "./reply.ts";

/** A request whose body is not read to its end; the answer says why, and the connection is closed after it. */
export class BodyRefused extends Error {
  override readonly name = "BodyRefused";
  readonly reply: ServerReply;

  constructor(reply: ServerReply) {
    super(`body refused with ${reply.status}`);
    this.reply = reply;
  }
}

/** Reads bodies, and stops at the first byte beyond what one request, or all requests together, may hold. */
export class BodyReader {
  readonly #limits: ServerLimits;
  #held = 0;

  constructor(limits: ServerLimits) {
    this.#limits = limits;
  }

  /**
   * Reads a whole body.
   *
   * @param invite - tells a caller that waits for it to send the body; called once its announced length is accepted.
   * @throws {BodyRefused} with the answer to send when the body is too large.
   */
  async read(request: IncomingMessage, invite: () => void): Promise<Uint8Array> {
    const { bodyBytes, bodiesBytes } = this.#limits;
    const announced = Number(request.headers["content-length"] ?? 0);
    if (announced > bodyBytes) throw tooLarge(bodyBytes);
    if (/^100-continue$/iu.test(request.headers.expect ?? "")) invite();
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > bodyBytes) throw tooLarge(bodyBytes);
        if (this.#held > bodiesBytes) throw busy();
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } finally {
      this.#held -= size;
    }
  }
}

function tooLarge(bytes: number): BodyRefused {
  return new BodyRefused(
    errorReply(413, "body-too-large", `Cannot read the request: its body must be at most ${bytes} bytes`),
  );
}

function busy(): BodyRefused {
  return new BodyRefused(
    errorReply(503, "busy", "Cannot read the request: too many bodies are being sent at once. Try again", {
      "retry-after": "1",
    }),
  );
}
