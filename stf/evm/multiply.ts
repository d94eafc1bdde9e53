/*
 * Products and powers of 256-bit words (word.ts).
 */
import { Wide } from "./wide";
import { bitLength, copyWord, setWord } from "./word";

/** dst = a * b modulo 2^256. */
export function multiplyWords(dst: usize, a: usize, b: usize): void {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  const b0 = load<u64>(b);
  const b1 = load<u64>(b, 8);
  const b2 = load<u64>(b, 16);
  const b3 = load<u64>(b, 24);
  const r0 = a0 * b0;
  let r1 = Wide.high(a0, b0);
  if ((a1 | a2 | a3 | b1 | b2 | b3) == 0) {
    setWord(dst, r0, r1, 0, 0);
    return;
  }
  let r2: u64 = 0;
  let r3 = a0 * b3 + a1 * b2 + a2 * b1 + a3 * b0;
  let low = a0 * b1;
  let high = Wide.high(a0, b1);
  r1 += low;
  high += Wide.carry(r1, low);
  r2 = high;
  low = a1 * b0;
  high = Wide.high(a1, b0);
  r1 += low;
  high += Wide.carry(r1, low);
  r2 += high;
  r3 += Wide.carry(r2, high);
  low = a0 * b2;
  r2 += low;
  r3 += Wide.carry(r2, low) + Wide.high(a0, b2);
  low = a1 * b1;
  r2 += low;
  r3 += Wide.carry(r2, low) + Wide.high(a1, b1);
  low = a2 * b0;
  r2 += low;
  r3 += Wide.carry(r2, low) + Wide.high(a2, b0);
  setWord(dst, r0, r1, r2, r3);
}

/** Writes the eight limbs of a * b to `dst`, which overlaps neither operand. */
export function multiplyFull(dst: usize, a: usize, b: usize): void {
  const a0 = load<u64>(a);
  const a1 = load<u64>(a, 8);
  const a2 = load<u64>(a, 16);
  const a3 = load<u64>(a, 24);
  let r0: u64 = 0;
  let r1: u64 = 0;
  let r2: u64 = 0;
  let r3: u64 = 0;
  for (let i: usize = 0; i < 32; i += 8) {
    const y = load<u64>(b + i);
    // Each step adds a * y to the running value and shifts out its lowest limb; no carry leaves the fifth limb.
    let low = a0 * y;
    r0 += low;
    let carry = Wide.high(a0, y) + Wide.carry(r0, low);
    store<u64>(dst + i, r0);
    low = a1 * y;
    let sum = r1 + low;
    let next = Wide.high(a1, y) + Wide.carry(sum, low);
    r0 = sum + carry;
    carry = next + Wide.carry(r0, carry);
    low = a2 * y;
    sum = r2 + low;
    next = Wide.high(a2, y) + Wide.carry(sum, low);
    r1 = sum + carry;
    carry = next + Wide.carry(r1, carry);
    low = a3 * y;
    sum = r3 + low;
    next = Wide.high(a3, y) + Wide.carry(sum, low);
    r2 = sum + carry;
    r3 = next + Wide.carry(r2, carry);
  }
  setWord(dst + 32, r0, r1, r2, r3);
}

const POWER: usize = memory.data(32, 8);

/** dst = base ^ exponent modulo 2^256; 0 ^ 0 = 1. */
export function powerWords(dst: usize, base: usize, exponent: usize): void {
  const bits = bitLength(exponent);
  setWord(POWER, 1, 0, 0, 0);
  if (bits != 0) {
    copyWord(POWER, base);
    for (let i = i32(bits) - 2; i >= 0; --i) {
      multiplyWords(POWER, POWER, POWER);
      if ((load<u64>(exponent + ((i >> 6) << 3)) >>> u64(i & 63)) & 1) multiplyWords(POWER, POWER, base);
    }
  }
  copyWord(dst, POWER);
}
