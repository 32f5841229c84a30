/**
 * A text without its first bytes.
 *
 * @param onRest - told, before the first byte that follows, whether the bytes left out end with a line feed.
 */
export async function* withoutStart(
  chunks: AsyncIterable<Uint8Array>,
  bytes: number,
  onRest: (endsLine: boolean) => void,
): AsyncGenerator<Uint8Array> {
  let left = bytes;
  let last = 10;
  let begun = false;
  for await (const chunk of chunks) {
    const cut = Math.min(left, chunk.length);
    left -= cut;
    if (cut > 0) last = chunk[cut - 1] as number;
    if (cut === chunk.length) continue;
    if (!begun) onRest(last === 10);
    begun = true;
    yield chunk.subarray(cut);
  }
}
