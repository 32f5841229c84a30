import { pipeline, Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { cannot, RecordsError } from "../../../errors.ts";
import type { ExpansionGuard } from "./bounds.ts";

/** The content of gzip data, of one member or several; zlib verifies checksum and length of each. */
export async function* gunzip(
  compressed: AsyncIterable<Uint8Array>,
  path: string,
  guard: ExpansionGuard,
): AsyncGenerator<Uint8Array> {
  const plain = createGunzip({ chunkSize: 1 << 18 });
  pipeline(Readable.from(counted(compressed, guard), { objectMode: false }), plain, () => undefined);
  try {
    for await (const chunk of plain as AsyncIterable<Uint8Array>) {
      guard.made(chunk.length);
      yield chunk;
    }
  } catch (cause) {
    // The first header was seen to be one, so this is what follows the data.
    if ((cause as Error).message !== "incorrect header check") throw cause;
    throw new RecordsError(cannot("read the records", "the file", "gzip data and nothing else", path), {
      code: "gzip-trailing-bytes",
      field: "file",
      value: path,
      fix: "Transfer it again, or cut off what follows the compressed data",
    });
  } finally {
    plain.destroy();
  }
}

/** Hands compressed bytes on in small pieces, so that what they expand to is counted soon after them. */
async function* counted(source: AsyncIterable<Uint8Array>, guard: ExpansionGuard): AsyncGenerator<Uint8Array> {
  const piece = 1 << 16;
  for await (const chunk of source)
    for (let at = 0; at < chunk.length; at += piece) {
      const part = chunk.subarray(at, at + piece);
      guard.read(part.length);
      yield part;
    }
}
