/** The header of a zstd frame (RFC 8878, section 3.1.1.1). */
export interface ZstdFrame {
  /** The header as it stands, with the magic number. */
  readonly header: Uint8Array;
  /** How far back the content may refer, in bytes. */
  readonly windowBytes: number;
  /** Length of the content in bytes; `null` where the header does not say. */
  readonly contentBytes: number | null;
  readonly hasChecksum: boolean;
  readonly dictionary: number;
}

/** Length of a frame's header, by its first five bytes. */
export function headerLength(descriptor: number): number {
  const single = (descriptor & 0x20) !== 0;
  const sizeField = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] as number;
  return 5 + (single ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number) + sizeField;
}

/** Reads a frame's header. @returns `undefined` when it is none. */
export function parseFrame(header: Uint8Array): ZstdFrame | undefined {
  const descriptor = header[4] as number;
  if ((descriptor & 0x08) !== 0) return undefined;
  const single = (descriptor & 0x20) !== 0;
  const dictionaryBytes = [0, 1, 2, 4][descriptor & 3] as number;
  const dictionaryAt = single ? 5 : 6;
  const sizeAt = dictionaryAt + dictionaryBytes;
  const sizeBytes = header.length - sizeAt;
  const contentBytes = sizeBytes === 0 ? null : littleEndian(header, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const window = header[5] as number;
  const base = 2 ** (10 + (window >> 3));
  return {
    header,
    windowBytes: single ? (contentBytes as number) : base + (base / 8) * (window & 7),
    contentBytes,
    hasChecksum: (descriptor & 0x04) !== 0,
    dictionary: littleEndian(header, dictionaryAt, dictionaryBytes),
  };
}

/** Number in bytes, the lowest first; beyond 2^53 only its size is right. */
export function littleEndian(bytes: Uint8Array, at: number, length: number): number {
  let value = 0;
  for (let i = length - 1; i >= 0; i--) value = value * 256 + (bytes[at + i] as number);
  return value;
}
