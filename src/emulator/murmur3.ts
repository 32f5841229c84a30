/**
 * MurmurHash3 x86 32-bit of a text's UTF-8 bytes: the hash that gateways in other languages can repeat to agree on an
 * assignment.
 *
 * @returns an integer from 0 to 2^32 - 1
 * Source: Appleby (2011), MurmurHash3, public domain.
 */
export function murmur3(text: string, seed: number = 0): number {
  const bytes = new TextEncoder().encode(text);
  const tail = bytes.length & ~3;
  let hash = seed | 0;
  for (let i = 0; i < tail; i += 4) {
    const word =
      byteAt(bytes, i) | (byteAt(bytes, i + 1) << 8) | (byteAt(bytes, i + 2) << 16) | (byteAt(bytes, i + 3) << 24);
    hash ^= scramble(word);
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64;
  }
  hash ^= scramble(byteAt(bytes, tail) | (byteAt(bytes, tail + 1) << 8) | (byteAt(bytes, tail + 2) << 16));
  hash ^= bytes.length;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51);
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593);
}
