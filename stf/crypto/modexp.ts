/*
 * Modular exponentiation of numbers of up to 1,024 bytes (EIP-198, bounded by EIP-7823).
 * Square and multiply over 32-bit limbs, each product reduced by Knuth's algorithm D; that takes odd and even moduli alike and costs
 * as much as Montgomery's form: 2 n^2 limb steps for n limbs. Per gas of EIP-7883 it takes at most about 300 steps (32 bytes).
 */
import { zeroBytes } from "../bytes";

const modulus = memory.data(1032, 8);
const base = memory.data(1032, 8);
const result = memory.data(1032, 8);
const product = memory.data(2064, 8);

/**
 * Computes base^exponent mod modulus; 0^0 is 1, modulo 0 or 1 everything is 0. Numbers are big-endian, at most 1,024 bytes each.
 * @param outPtr `modulusLength` bytes, big-endian; apart from the input.
 */
export function modexp(
  baseAt: usize,
  baseLength: u32,
  exponentAt: usize,
  exponentLength: u32,
  modulusAt: usize,
  modulusLength: u32,
  outPtr: usize,
): void {
  const limbs = readNumber(modulus, modulusAt, modulusLength);
  zeroBytes(outPtr, modulusLength);
  if (limbs == 0 || (limbs == 1 && load<u32>(modulus) == 1)) return;
  const shift = clz<u32>(limb(modulus, limbs - 1));
  shiftLeft(modulus, limbs, shift);

  // All numbers are kept shifted like the modulus, so that a product needs one shift down before it is reduced.
  const length = readNumber(product, baseAt, baseLength);
  reduceShifted(base, length, limbs, shift);
  zeroBytes(product, (<usize>limbs) << 2);
  store<u32>(product, 1);
  reduceShifted(result, 1, limbs, shift);

  let started = false;
  for (let i: u32 = 0; i < exponentLength; i++) {
    const byte = <u32>load<u8>(exponentAt + i);
    for (let bit: u32 = 0x80; bit != 0; bit >>= 1) {
      if (started) multiply(result, result, limbs, shift);
      if (!(byte & bit)) continue;
      if (started) multiply(result, base, limbs, shift);
      else copyLimbs(result, base, limbs);
      started = true;
    }
  }
  writeNumber(outPtr, modulusLength, limbs, shift);
}

/** Reads big-endian bytes to limbs, least significant first; returns how many there are without leading zeros. */
function readNumber(to: usize, from: usize, length: u32): u32 {
  let limbs: u32 = 0;
  let count: u32 = 0;
  let value: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    value |= (<u32>load<u8>(from + (length - 1 - i))) << ((i & 3) << 3);
    if ((i & 3) == 3 || i + 1 == length) {
      store<u32>(to + ((<usize>count) << 2), value);
      count += 1;
      if (value != 0) limbs = count;
      value = 0;
    }
  }
  return limbs;
}

/** Writes `result`, shifted down, to the end of `length` bytes. */
function writeNumber(outPtr: usize, length: u32, limbs: u32, shift: u32): void {
  for (let i: u32 = 0; i < length && i < limbs << 2; i++) {
    const index = i >> 2;
    const high: u64 = index + 1 < limbs ? (<u64>limb(result, index + 1)) << 32 : 0;
    const value = <u32>((high | (<u64>limb(result, index))) >> shift);
    store<u8>(outPtr + (length - 1 - i), <u8>(value >> ((i & 3) << 3)));
  }
}

function limb(at: usize, index: u32): u32 {
  return load<u32>(at + ((<usize>index) << 2));
}

function copyLimbs(to: usize, from: usize, limbs: u32): void {
  for (let i: u32 = 0; i < limbs; i++) store<u32>(to + ((<usize>i) << 2), limb(from, i));
}

/** Shifts left by less than 32 bits; returns the bits that fall out. */
function shiftLeft(at: usize, limbs: u32, shift: u32): u32 {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < limbs; i++) {
    const value = ((<u64>limb(at, i)) << shift) | carry;
    store<u32>(at + ((<usize>i) << 2), <u32>value);
    carry = value >> 32;
  }
  return <u32>carry;
}

/** Puts the number of `length` limbs in `product`, shifted and reduced, to `to`. */
function reduceShifted(to: usize, length: u32, limbs: u32, shift: u32): void {
  store<u32>(product + ((<usize>length) << 2), shiftLeft(product, length, shift));
  let total = length + 1;
  for (; total < limbs + 1; total++) store<u32>(product + ((<usize>total) << 2), 0);
  reduce(total, limbs);
  copyLimbs(to, product, limbs);
}

/** a = a * b mod modulus, all three shifted. */
function multiply(a: usize, b: usize, limbs: u32, shift: u32): void {
  const size = (<usize>limbs) << 2;
  zeroBytes(product, size << 1);
  for (let i: usize = 0; i < size; i += 4) {
    // Shifting one factor down on the way keeps the product shifted once.
    const high: u64 = i + 4 < size ? (<u64>load<u32>(a + i + 4)) << 32 : 0;
    const factor = <u64>(<u32>((high | (<u64>load<u32>(a + i))) >> shift));
    let carry: u64 = 0;
    let to = product + i;
    for (let from = b; from < b + size; from += 4) {
      const sum = factor * <u64>load<u32>(from) + <u64>load<u32>(to) + carry;
      store<u32>(to, <u32>sum);
      carry = sum >> 32;
      to += 4;
    }
    store<u32>(to, <u32>carry);
  }
  reduce(limbs << 1, limbs);
  copyLimbs(a, product, limbs);
}

/** Leaves the `total` limbs of `product` modulo the modulus in its lowest `limbs`. Source: Knuth, TAOCP 2, 4.3.1, algorithm D. */
function reduce(total: u32, limbs: u32): void {
  const top = <u64>limb(modulus, limbs - 1);
  const second = limbs > 1 ? <u64>limb(modulus, limbs - 2) : 0;
  const end = modulus + ((<usize>limbs) << 2);
  let at = total - limbs;
  // The modulus has its top bit set, so the digit above the first is 0 or 1.
  subtractOnce(product + ((<usize>at) << 2), limbs);
  while (at > 0) {
    at -= 1;
    const window = product + ((<usize>at) << 2);
    const head = window + ((<usize>limbs) << 2);
    const two = ((<u64>load<u32>(head)) << 32) | (<u64>load<u32>(head - 4));
    let quotient = two / top;
    let rest = two - quotient * top;
    if (quotient > 0xffffffff) {
      rest += (quotient - 0xffffffff) * top;
      quotient = 0xffffffff;
    }
    const third = limbs > 1 ? <u64>load<u32>(head - 8) : 0;
    while (rest <= 0xffffffff && quotient * second > ((rest << 32) | third)) {
      quotient -= 1;
      rest += top;
    }
    let carry: u64 = 0;
    let borrow: u64 = 0;
    let to = window;
    for (let from = modulus; from < end; from += 4) {
      const part = quotient * <u64>load<u32>(from) + carry;
      carry = part >> 32;
      const difference = <u64>load<u32>(to) - (part & 0xffffffff) - borrow;
      store<u32>(to, <u32>difference);
      borrow = difference >> 63;
      to += 4;
    }
    const last = <u64>load<u32>(to) - carry - borrow;
    store<u32>(to, 0);
    if (last >> 63) addBack(window, limbs);
  }
}

/** The `limbs` limbs at `at` are below the modulus. */
function isBelow(at: usize, limbs: u32): bool {
  for (let i = limbs; i > 0; i--) {
    const a = limb(at, i - 1);
    const b = limb(modulus, i - 1);
    if (a != b) return a < b;
  }
  return false;
}

/** Subtracts the modulus once if the number at `at` is not below it. */
function subtractOnce(at: usize, limbs: u32): void {
  if (isBelow(at, limbs)) return;
  let borrow: u64 = 0;
  for (let i: u32 = 0; i < limbs; i++) {
    const difference = <u64>limb(at, i) - <u64>limb(modulus, i) - borrow;
    store<u32>(at + ((<usize>i) << 2), <u32>difference);
    borrow = difference >> 63;
  }
}

function addBack(at: usize, limbs: u32): void {
  let carry: u64 = 0;
  for (let i: u32 = 0; i < limbs; i++) {
    const sum = <u64>limb(at, i) + <u64>limb(modulus, i) + carry;
    store<u32>(at + ((<usize>i) << 2), <u32>sum);
    carry = sum >> 32;
  }
}
