import { MalformedResponseError } from "./errors.ts";

/**
 * Reads a body as UTF-8 text, up to a size; a longer one is cut off at the network, not after it filled the memory.
 *
 * @throws {MalformedResponseError} `body-too-large`
 */
export async function readBody(response: Response, operation: string, maxBytes: number): Promise<string> {
  const announced = Number(response.headers.get("content-length") ?? "0");
  if (announced > maxBytes) {
    await response.body?.cancel();
    throw tooLarge(operation, maxBytes, `${announced} bytes announced`);
  }
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw tooLarge(operation, maxBytes, `more than ${maxBytes} bytes`);
    }
    text += decoder.decode(value, { stream: true });
  }
}

function tooLarge(operation: string, maxBytes: number, found: string): MalformedResponseError {
  return new MalformedResponseError(
    `Cannot ${operation}: the response body must be at most ${maxBytes} bytes, current value is ${found}`,
    {
      code: "body-too-large",
      fix: "Raise maxResponseBytes, or ask for fewer hours at a time",
    },
  );
}
