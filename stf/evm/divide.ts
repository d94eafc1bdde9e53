/*
 * Quotients and remainders of 256-bit words (word.ts), ADDMOD and MULMOD.
 *
 * Knuth's algorithm D over 64-bit limbs, each digit estimated with a precomputed reciprocal (Möller and Granlund). Scratch:
 *
 *   NUMERATOR  nine limbs: the dividend shifted left; ends as the shifted remainder
 *   DIVISOR    four limbs: the divisor shifted left until its top bit is set
 *   QUOTIENT   eight limbs
 */
import { multiplyFull } from "./multiply";
import { Wide, reciprocal, reciprocalOfTwo } from "./wide";
import { addWords, copyWord, isLessWord, isZeroWord, negateWord, setWord, subtractWords } from "./word";

const NUMERATOR: usize = memory.data(72, 8);
const DIVISOR: usize = memory.data(32, 8);
const QUOTIENT: usize = memory.data(64, 8);
const PRODUCT: usize = memory.data(64, 8);
const LEFT: usize = memory.data(32, 8);
const RIGHT: usize = memory.data(32, 8);
/** Bits by which the last division was shifted. */
let shift: u64 = 0;

/** dst = a / b, 0 when b is 0. */
export function divideWords(dst: usize, a: usize, b: usize): void {
  if ((load<u64>(b, 8) | load<u64>(b, 16) | load<u64>(b, 24)) == 0) {
    const d = load<u64>(b);
    if (d == 0) return setWord(dst, 0, 0, 0, 0);
    if ((load<u64>(a, 8) | load<u64>(a, 16) | load<u64>(a, 24)) == 0) {
      return setWord(dst, load<u64>(a) / d, 0, 0, 0);
    }
  }
  if (isLessWord(a, b)) return setWord(dst, 0, 0, 0, 0);
  setWord(QUOTIENT, 0, 0, 0, 0);
  divideLimbs(a, 4, b);
  copyWord(dst, QUOTIENT);
}

/** dst = a modulo b, 0 when b is 0. */
export function remainderWords(dst: usize, a: usize, b: usize): void {
  if ((load<u64>(b, 8) | load<u64>(b, 16) | load<u64>(b, 24)) == 0) {
    const d = load<u64>(b);
    if (d == 0) return setWord(dst, 0, 0, 0, 0);
    if ((load<u64>(a, 8) | load<u64>(a, 16) | load<u64>(a, 24)) == 0) {
      return setWord(dst, load<u64>(a) % d, 0, 0, 0);
    }
  }
  if (isLessWord(a, b)) return copyWord(dst, a);
  divideLimbs(a, 4, b);
  writeRemainder(dst);
}

/** dst = a / b in two's complement, truncated towards zero; 0 when b is 0. */
export function divideSigned(dst: usize, a: usize, b: usize): void {
  const isNegative = (load<i64>(a, 24) ^ load<i64>(b, 24)) < 0;
  magnitude(LEFT, a);
  magnitude(RIGHT, b);
  divideWords(dst, LEFT, RIGHT);
  if (isNegative) negateWord(dst, dst);
}

/** dst = a modulo b in two's complement, with the sign of a; 0 when b is 0. */
export function remainderSigned(dst: usize, a: usize, b: usize): void {
  const isNegative = load<i64>(a, 24) < 0;
  magnitude(LEFT, a);
  magnitude(RIGHT, b);
  remainderWords(dst, LEFT, RIGHT);
  if (isNegative) negateWord(dst, dst);
}

/** dst = (a + b) modulo m over the integers, 0 when m is 0. */
export function addModulo(dst: usize, a: usize, b: usize, m: usize): void {
  if (isZeroWord(m)) return setWord(dst, 0, 0, 0, 0);
  if (isLessWord(a, m) && isLessWord(b, m)) {
    const carry = addWords(PRODUCT, a, b);
    if (carry == 0 && isLessWord(PRODUCT, m)) return copyWord(dst, PRODUCT);
    subtractWords(dst, PRODUCT, m);
    return;
  }
  const carry = addWords(PRODUCT, a, b);
  store<u64>(PRODUCT, carry, 32);
  reduce(dst, PRODUCT, 5, m);
}

/** dst = (a * b) modulo m over the integers, 0 when m is 0. */
export function multiplyModulo(dst: usize, a: usize, b: usize, m: usize): void {
  if (isZeroWord(m)) return setWord(dst, 0, 0, 0, 0);
  multiplyFull(PRODUCT, a, b);
  reduce(dst, PRODUCT, 8, m);
}

/** dst = the number of `limbs` limbs at `a`, modulo m > 0. */
function reduce(dst: usize, a: usize, limbs: u32, m: usize): void {
  while (limbs > 4 && load<u64>(a + (usize(limbs - 1) << 3)) == 0) limbs -= 1;
  if (limbs == 4 && isLessWord(a, m)) return copyWord(dst, a);
  divideLimbs(a, limbs, m);
  writeRemainder(dst);
}

function magnitude(dst: usize, a: usize): void {
  if (load<i64>(a, 24) < 0) negateWord(dst, a);
  else copyWord(dst, a);
}

/** dst = what divideLimbs left in NUMERATOR, shifted back. */
function writeRemainder(dst: usize): void {
  const r = shift;
  const n0 = load<u64>(NUMERATOR);
  const n1 = load<u64>(NUMERATOR, 8);
  const n2 = load<u64>(NUMERATOR, 16);
  const n3 = load<u64>(NUMERATOR, 24);
  if (r == 0) return setWord(dst, n0, n1, n2, n3);
  const l = 64 - r;
  setWord(dst, (n0 >>> r) | (n1 << l), (n1 >>> r) | (n2 << l), (n2 >>> r) | (n3 << l), n3 >>> r);
}

/**
 * Divides the `limbs` (4 to 8) limbs at `a` by the word b > 0; a >= b. Quotient limbs go to QUOTIENT (those above are not
 * written), the remainder shifted left by `shift` to the four low limbs of NUMERATOR.
 */
function divideLimbs(a: usize, limbs: u32, b: usize): void {
  let size: u32 = 4;
  while (load<u64>(b + (usize(size - 1) << 3)) == 0) size -= 1;
  while (load<u64>(a + (usize(limbs - 1) << 3)) == 0) limbs -= 1;
  const s = u64(clz(load<u64>(b + (usize(size - 1) << 3))));
  shift = s;
  shiftInto(DIVISOR, b, size, s);
  store<u64>(NUMERATOR + (usize(limbs) << 3), shiftInto(NUMERATOR, a, limbs, s));
  if (size == 1) divideByOne(limbs);
  else if (size == 2) divideByTwo(limbs);
  else divideByMany(limbs, size);
}

/** Writes the limbs shifted left by s < 64 and returns the bits that leave the top. */
function shiftInto(dst: usize, src: usize, limbs: u32, s: u64): u64 {
  let below: u64 = 0;
  const end = src + (usize(limbs) << 3);
  while (src < end) {
    const limb = load<u64>(src);
    store<u64>(dst, (limb << s) | below);
    // Two shifts, for a shift by 64 is one by 0.
    below = (limb >>> 1) >>> (63 - s);
    src += 8;
    dst += 8;
  }
  return below;
}

function divideByOne(limbs: u32): void {
  const d = load<u64>(DIVISOR);
  const v = reciprocal(d);
  let rest = load<u64>(NUMERATOR + (usize(limbs) << 3));
  for (let at = usize(limbs) << 3; at > 0;) {
    at -= 8;
    const u0 = load<u64>(NUMERATOR + at);
    let q0 = v * rest;
    let q1 = Wide.high(v, rest);
    q0 += u0;
    q1 += rest + Wide.carry(q0, u0) + 1;
    let r = u0 - q1 * d;
    if (r > q0) {
      q1 -= 1;
      r += d;
    }
    if (r >= d) {
      q1 += 1;
      r -= d;
    }
    store<u64>(QUOTIENT + at, q1);
    rest = r;
  }
  setWord(NUMERATOR, rest, 0, 0, 0);
}

function divideByTwo(limbs: u32): void {
  const d0 = load<u64>(DIVISOR);
  const d1 = load<u64>(DIVISOR, 8);
  const v = reciprocalOfTwo(d1, d0);
  const top = NUMERATOR + (usize(limbs) << 3);
  let u2 = load<u64>(top);
  let u1 = load<u64>(top - 8);
  for (let at = (usize(limbs) << 3) - 8; at > 0;) {
    at -= 8;
    const u0 = load<u64>(NUMERATOR + at);
    let q0 = v * u2;
    let q1 = Wide.high(v, u2);
    q0 += u1;
    q1 += u2 + Wide.carry(q0, u1);
    let r1 = u1 - q1 * d1;
    const t0 = d0 * q1;
    const t1 = Wide.high(d0, q1);
    let r0 = u0 - t0;
    r1 -= t1 + u64(u0 < t0);
    const below = u64(r0 < d0);
    r0 -= d0;
    r1 -= d1 + below;
    q1 += 1;
    if (r1 >= q0) {
      q1 -= 1;
      r0 += d0;
      r1 += d1 + Wide.carry(r0, d0);
    }
    if (r1 > d1 || (r1 == d1 && r0 >= d0)) {
      q1 += 1;
      r1 -= d1 + u64(r0 < d0);
      r0 -= d0;
    }
    store<u64>(QUOTIENT + at, q1);
    u2 = r1;
    u1 = r0;
  }
  setWord(NUMERATOR, u1, u2, 0, 0);
}

function divideByMany(limbs: u32, size: u32): void {
  const topAt = usize(size - 1) << 3;
  const d1 = load<u64>(DIVISOR + topAt);
  const d0 = load<u64>(DIVISOR + topAt - 8);
  const v = reciprocalOfTwo(d1, d0);
  for (let at = usize(limbs - size + 1) << 3; at > 0;) {
    at -= 8;
    const window = NUMERATOR + at;
    const u2 = load<u64>(window + topAt + 8);
    const u1 = load<u64>(window + topAt);
    let q = u64.MAX_VALUE;
    if (u2 != d1 || u1 < d0) q = estimate(u2, u1, load<u64>(window + topAt - 8), d1, d0, v);
    if (q != 0 && subtractProduct(window, q, topAt)) {
      q -= 1;
      addBack(window, topAt);
    }
    store<u64>(QUOTIENT + at, q);
  }
  if (size == 3) store<u64>(NUMERATOR, 0, 24);
}

/** floor((u2, u1, u0) / (d1, d0)), which must fit 64 bits. */
function estimate(u2: u64, u1: u64, u0: u64, d1: u64, d0: u64, v: u64): u64 {
  let q0 = v * u2;
  let q1 = Wide.high(v, u2);
  q0 += u1;
  q1 += u2 + Wide.carry(q0, u1);
  let r1 = u1 - q1 * d1;
  const t0 = d0 * q1;
  let r0 = u0 - t0;
  r1 -= Wide.high(d0, q1) + u64(u0 < t0);
  r1 -= d1 + u64(r0 < d0);
  r0 -= d0;
  q1 += 1;
  if (r1 >= q0) {
    q1 -= 1;
    r0 += d0;
    r1 += d1 + Wide.carry(r0, d0);
  }
  if (r1 > d1 || (r1 == d1 && r0 >= d0)) q1 += 1;
  return q1;
}

/** window -= q * DIVISOR over one limb more than the divisor has; true when it went below zero. */
function subtractProduct(window: usize, q: u64, topAt: usize): bool {
  let carry: u64 = 0;
  for (let i: usize = 0; i <= topAt; i += 8) {
    const d = load<u64>(DIVISOR + i);
    const low = d * q + carry;
    carry = Wide.high(d, q) + Wide.carry(low, carry);
    const limb = load<u64>(window + i);
    store<u64>(window + i, limb - low);
    carry += u64(limb < low);
  }
  const limb = load<u64>(window + topAt + 8);
  store<u64>(window + topAt + 8, limb - carry);
  return limb < carry;
}

function addBack(window: usize, topAt: usize): void {
  let carry: u64 = 0;
  for (let i: usize = 0; i <= topAt; i += 8) {
    const d = load<u64>(DIVISOR + i) + carry;
    const sum = load<u64>(window + i) + d;
    carry = Wide.carry(d, carry) | Wide.carry(sum, d);
    store<u64>(window + i, sum);
  }
  store<u64>(window + topAt + 8, load<u64>(window + topAt + 8) + carry);
}
