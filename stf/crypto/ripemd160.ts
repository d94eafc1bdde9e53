/*
 * RIPEMD-160. Source: Dobbertin, Bosselaers, Preneel, 1996.
 */

/** Word offsets and rotations of the left and the right line. */
const leftWords = memory.data<u8>([
  0, 4, 8, 12, 16, 20, 24, 28, 32, 36, 40, 44, 48, 52, 56, 60, 28, 16, 52, 4, 40, 24, 60, 12, 48, 0, 36, 20, 8, 56, 44,
  32, 12, 40, 56, 16, 36, 60, 32, 4, 8, 28, 0, 24, 52, 44, 20, 48, 4, 36, 44, 40, 0, 32, 48, 16, 52, 12, 28, 60, 56, 20,
  24, 8, 16, 0, 20, 36, 28, 48, 8, 40, 56, 4, 12, 32, 44, 24, 60, 52,
]);
const rightWords = memory.data<u8>([
  20, 56, 28, 0, 36, 8, 44, 16, 52, 24, 60, 32, 4, 40, 12, 48, 24, 44, 12, 28, 0, 52, 20, 40, 56, 60, 32, 48, 16, 36, 4,
  8, 60, 20, 4, 12, 28, 56, 24, 36, 44, 32, 48, 8, 40, 0, 16, 52, 32, 24, 16, 4, 12, 44, 60, 0, 20, 48, 8, 52, 36, 28,
  40, 56, 48, 60, 40, 16, 4, 20, 32, 28, 24, 8, 52, 56, 0, 12, 36, 44,
]);
const leftTurns = memory.data<u8>([
  11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8, 7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12, 11,
  13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5, 11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12, 9, 15, 5,
  11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
]);
const rightTurns = memory.data<u8>([
  8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6, 9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11, 9, 7,
  15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5, 15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8, 8, 5, 12, 9,
  12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
]);
const leftConstants = memory.data<u32>([0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e]);
const rightConstants = memory.data<u32>([0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000]);
const tail = memory.data(128, 8);
const state = memory.data(20, 8);

/** Hashes `length` bytes at `from` to 20 bytes at `outPtr`. */
export function ripemd160(from: usize, length: u32, outPtr: usize): void {
  store<u32>(state, 0x67452301);
  store<u32>(state, 0xefcdab89, 4);
  store<u32>(state, 0x98badcfe, 8);
  store<u32>(state, 0x10325476, 12);
  store<u32>(state, 0xc3d2e1f0, 16);
  let left = length;
  while (left >= 64) {
    compress(from);
    from += 64;
    left -= 64;
  }
  for (let i: u32 = 0; i < 128; i += 8) store<u64>(tail + i, 0);
  for (let i: u32 = 0; i < left; i++) store<u8>(tail + i, load<u8>(from + i));
  store<u8>(tail + left, 0x80);
  const last: usize = left < 56 ? 56 : 120;
  store<u64>(tail + last, (<u64>length) << 3);
  compress(tail);
  if (last == 120) compress(tail + 64);
  for (let i: usize = 0; i < 20; i += 4) store<u32>(outPtr + i, load<u32>(state + i));
}

function compress(block: usize): void {
  let a = load<u32>(state);
  let b = load<u32>(state, 4);
  let c = load<u32>(state, 8);
  let d = load<u32>(state, 12);
  let e = load<u32>(state, 16);
  let p = a;
  let q = b;
  let r = c;
  let s = d;
  let t = e;
  for (let i: usize = 0; i < 80; i++) {
    const group = (<u32>i) >> 4;
    const constant = (<usize>group) << 2;
    let word = load<u32>(block + load<u8>(leftWords + i));
    let turned =
      rotl<u32>(a + mix(group, b, c, d) + word + load<u32>(leftConstants + constant), load<u8>(leftTurns + i)) + e;
    a = e;
    e = d;
    d = rotl<u32>(c, 10);
    c = b;
    b = turned;
    word = load<u32>(block + load<u8>(rightWords + i));
    turned =
      rotl<u32>(p + mix(4 - group, q, r, s) + word + load<u32>(rightConstants + constant), load<u8>(rightTurns + i)) +
      t;
    p = t;
    t = s;
    s = rotl<u32>(r, 10);
    r = q;
    q = turned;
  }
  const first = load<u32>(state, 4) + c + s;
  store<u32>(state, load<u32>(state, 8) + d + t, 4);
  store<u32>(state, load<u32>(state, 12) + e + p, 8);
  store<u32>(state, load<u32>(state, 16) + a + q, 12);
  store<u32>(state, load<u32>(state) + b + r, 16);
  store<u32>(state, first);
}

function mix(group: u32, x: u32, y: u32, z: u32): u32 {
  if (group == 0) return x ^ y ^ z;
  if (group == 1) return (x & y) | (~x & z);
  if (group == 2) return (x | ~y) ^ z;
  if (group == 3) return (x & z) | (y & ~z);
  return x ^ (y | ~z);
}
