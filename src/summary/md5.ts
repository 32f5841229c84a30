/** Longest text, in bytes, that is one block with its length. */
const oneBlock = 55;
const rotations = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
const shifts = Int32Array.from({ length: 64 }, (_, step) => rotations[4 * (step >> 4) + (step & 3)] as number);
const constants = Int32Array.from({ length: 64 }, (_, step) => Math.floor(2 ** 32 * Math.abs(Math.sin(step + 1))));
const initial = Int32Array.of(0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476);
const state = new Int32Array(4);
const words = new Int32Array(16);
const bytes = new Uint8Array(words.buffer);
const message = bytes.subarray(0, oneBlock);
const encoder = new TextEncoder();

/**
 * The first byte of the MD5 of a text's UTF-8 bytes (RFC 1321). Nearly all names of units fit in one block, which takes
 * no memory.
 */
export function firstByteOfMd5(text: string): number {
  words.fill(0);
  const { read, written } = encoder.encodeInto(text, message);
  if (read < text.length) return firstByteOfLong(encoder.encode(text));
  bytes[written] = 0x80;
  words[14] = 8 * written;
  state.set(initial);
  addBlock();
  return (state[0] as number) & 0xff;
}

function firstByteOfLong(text: Uint8Array): number {
  const padded = new Uint8Array(64 * Math.ceil((text.length + 9) / 64));
  padded.set(text);
  padded[text.length] = 0x80;
  new DataView(padded.buffer).setBigUint64(padded.length - 8, 8n * BigInt(text.length), true);
  state.set(initial);
  for (let block = 0; block < padded.length; block += 64) {
    bytes.set(padded.subarray(block, block + 64));
    addBlock();
  }
  return (state[0] as number) & 0xff;
}

/** Mixes the block in `words` into the state, in 64 steps. */
function addBlock(): void {
  let a = state[0] as number;
  let b = state[1] as number;
  let c = state[2] as number;
  let d = state[3] as number;
  for (let step = 0; step < 64; step++) {
    let mixed: number;
    let word: number;
    if (step < 16) {
      mixed = d ^ (b & (c ^ d));
      word = step;
    } else if (step < 32) {
      mixed = c ^ (d & (b ^ c));
      word = (5 * step + 1) & 15;
    } else if (step < 48) {
      mixed = b ^ c ^ d;
      word = (3 * step + 5) & 15;
    } else {
      mixed = c ^ (b | ~d);
      word = (7 * step) & 15;
    }
    const sum = (a + mixed + (constants[step] as number) + (words[word] as number)) | 0;
    const shift = shifts[step] as number;
    a = d;
    d = c;
    c = b;
    b = (b + ((sum << shift) | (sum >>> (32 - shift)))) | 0;
  }
  state[0] = (state[0] as number) + a;
  state[1] = (state[1] as number) + b;
  state[2] = (state[2] as number) + c;
  state[3] = (state[3] as number) + d;
}
