/*
 * 256-bit words: four 64-bit limbs, least significant first, at 8-byte aligned addresses. All functions read their operands
 * before they write, so `dst` may be any of them.
 */
import { Wide } from "./wide";

/** dst = the word at the 32 big-endian bytes `bytes` (any alignment). */
export function wordFromBytes(dst: usize, bytes: usize): void {
  const a3 = Wide.swap(load<u64>(bytes));
  const a2 = Wide.swap(load<u64>(bytes, 8));
  const a1 = Wide.swap(load<u64>(bytes, 16));
  const a0 = Wide.swap(load<u64>(bytes, 24));
  setWord(dst, a0, a1, a2, a3);
}

/** Writes the word as 32 big-endian bytes (any alignment). */
export function wordToBytes(bytes: usize, word: usize): void {
  const b0 = Wide.swap(load<u64>(word, 24));
  const b1 = Wide.swap(load<u64>(word, 16));
  const b2 = Wide.swap(load<u64>(word, 8));
  const b3 = Wide.swap(load<u64>(word));
  setWord(bytes, b0, b1, b2, b3);
}

/** dst = the word with the value of the 20 big-endian bytes `address`. */
export function wordFromAddress(dst: usize, address: usize): void {
  const a0 = Wide.swap(load<u64>(address, 12));
  const a1 = Wide.swap(load<u64>(address, 4));
  const a2 = Wide.swap(load<u64>(address)) >>> 32;
  setWord(dst, a0, a1, a2, 0);
}

/** Writes the low 160 bits of the word as 20 big-endian bytes. */
export function wordToAddress(address: usize, word: usize): void {
  const low = Wide.swap(load<u64>(word));
  const middle = Wide.swap(load<u64>(word, 8));
  store<u32>(address, u32(Wide.swap(load<u64>(word, 16)) >>> 32));
  store<u64>(address, middle, 4);
  store<u64>(address, low, 12);
}

/** dst = value. */
export function wordFromU64(dst: usize, value: u64): void {
  setWord(dst, value, 0, 0, 0);
}

export function copyWord(dst: usize, src: usize): void {
  setWord(dst, load<u64>(src), load<u64>(src, 8), load<u64>(src, 16), load<u64>(src, 24));
}

export function setWord(dst: usize, a0: u64, a1: u64, a2: u64, a3: u64): void {
  store<u64>(dst, a0);
  store<u64>(dst, a1, 8);
  store<u64>(dst, a2, 16);
  store<u64>(dst, a3, 24);
}

export function isZeroWord(word: usize): bool {
  return (load<u64>(word) | load<u64>(word, 8) | load<u64>(word, 16) | load<u64>(word, 24)) == 0;
}

export function isEqualWord(a: usize, b: usize): bool {
  return (
    ((load<u64>(a) ^ load<u64>(b)) |
      (load<u64>(a, 8) ^ load<u64>(b, 8)) |
      (load<u64>(a, 16) ^ load<u64>(b, 16)) |
      (load<u64>(a, 24) ^ load<u64>(b, 24))) ==
    0
  );
}

/** a < b, unsigned. */
export function isLessWord(a: usize, b: usize): bool {
  const a3 = load<u64>(a, 24);
  const b3 = load<u64>(b, 24);
  if (a3 != b3) return a3 < b3;
  const a2 = load<u64>(a, 16);
  const b2 = load<u64>(b, 16);
  if (a2 != b2) return a2 < b2;
  const a1 = load<u64>(a, 8);
  const b1 = load<u64>(b, 8);
  if (a1 != b1) return a1 < b1;
  return load<u64>(a) < load<u64>(b);
}

/** a < b in two's complement. */
export function isLessSigned(a: usize, b: usize): bool {
  const a3 = load<i64>(a, 24);
  const b3 = load<i64>(b, 24);
  return a3 != b3 ? a3 < b3 : isLessWord(a, b);
}

/** The value, or 2^64 - 1 when it needs more than 64 bits. */
export function saturatedU64(word: usize): u64 {
  return (load<u64>(word, 8) | load<u64>(word, 16) | load<u64>(word, 24)) == 0 ? load<u64>(word) : u64.MAX_VALUE;
}

/** dst = a + b modulo 2^256; returns the carry. */
export function addWords(dst: usize, a: usize, b: usize): u64 {
  const x0 = load<u64>(a);
  const x1 = load<u64>(a, 8);
  const x2 = load<u64>(a, 16);
  const x3 = load<u64>(a, 24);
  const s0 = x0 + load<u64>(b);
  const t1 = x1 + load<u64>(b, 8);
  const s1 = t1 + Wide.carry(s0, x0);
  const c1 = Wide.carry(t1, x1) | Wide.carry(s1, t1);
  const t2 = x2 + load<u64>(b, 16);
  const s2 = t2 + c1;
  const c2 = Wide.carry(t2, x2) | Wide.carry(s2, t2);
  const t3 = x3 + load<u64>(b, 24);
  const s3 = t3 + c2;
  setWord(dst, s0, s1, s2, s3);
  return Wide.carry(t3, x3) | Wide.carry(s3, t3);
}

/** dst = a - b modulo 2^256; returns the borrow. */
export function subtractWords(dst: usize, a: usize, b: usize): u64 {
  const x0 = load<u64>(a);
  const x1 = load<u64>(a, 8);
  const x2 = load<u64>(a, 16);
  const x3 = load<u64>(a, 24);
  const y1 = load<u64>(b, 8);
  const y2 = load<u64>(b, 16);
  const y3 = load<u64>(b, 24);
  const d0 = x0 - load<u64>(b);
  const b0 = u64(d0 > x0);
  const t1 = x1 - y1;
  const b1 = u64(x1 < y1) | u64(t1 < b0);
  const t2 = x2 - y2;
  const b2 = u64(x2 < y2) | u64(t2 < b1);
  const t3 = x3 - y3;
  setWord(dst, d0, t1 - b0, t2 - b1, t3 - b2);
  return u64(x3 < y3) | u64(t3 < b2);
}

/** dst = 0 - a modulo 2^256. */
export function negateWord(dst: usize, a: usize): void {
  const n0 = 0 - load<u64>(a);
  let zero = u64(n0 == 0);
  const n1 = ~load<u64>(a, 8) + zero;
  zero &= u64(n1 == 0);
  const n2 = ~load<u64>(a, 16) + zero;
  zero &= u64(n2 == 0);
  setWord(dst, n0, n1, n2, ~load<u64>(a, 24) + zero);
}

/** Number of bits needed: 0 for zero, at most 256. */
export function bitLength(word: usize): u32 {
  for (let end: u32 = 32; end > 0; end -= 8) {
    const limb = load<u64>(word + end - 8);
    if (limb != 0) return (end << 3) - u32(clz(limb));
  }
  return 0;
}

/** dst = a << bits modulo 2^256, bits < 256. */
export function shiftLeft(dst: usize, a: usize, bits: u32): void {
  let a0 = load<u64>(a);
  let a1 = load<u64>(a, 8);
  let a2 = load<u64>(a, 16);
  let a3 = load<u64>(a, 24);
  if (bits & 128) {
    a3 = a1;
    a2 = a0;
    a1 = 0;
    a0 = 0;
  }
  if (bits & 64) {
    a3 = a2;
    a2 = a1;
    a1 = a0;
    a0 = 0;
  }
  const r = u64(bits & 63);
  if (r != 0) {
    const l = 64 - r;
    a3 = (a3 << r) | (a2 >>> l);
    a2 = (a2 << r) | (a1 >>> l);
    a1 = (a1 << r) | (a0 >>> l);
    a0 <<= r;
  }
  setWord(dst, a0, a1, a2, a3);
}

/** dst = a >> bits, shifting in `fill` (all zeros or all ones), bits < 256. */
export function shiftRight(dst: usize, a: usize, bits: u32, fill: u64): void {
  let a0 = load<u64>(a);
  let a1 = load<u64>(a, 8);
  let a2 = load<u64>(a, 16);
  let a3 = load<u64>(a, 24);
  if (bits & 128) {
    a0 = a2;
    a1 = a3;
    a2 = fill;
    a3 = fill;
  }
  if (bits & 64) {
    a0 = a1;
    a1 = a2;
    a2 = a3;
    a3 = fill;
  }
  const r = u64(bits & 63);
  if (r != 0) {
    const l = 64 - r;
    a0 = (a0 >>> r) | (a1 << l);
    a1 = (a1 >>> r) | (a2 << l);
    a2 = (a2 >>> r) | (a3 << l);
    a3 = (a3 >>> r) | (fill << l);
  }
  setWord(dst, a0, a1, a2, a3);
}
