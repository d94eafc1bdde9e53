/*
 * Raw DEFLATE, bounded: inflating stops at the capacity given. Total: malformed streams give 0.
 * Source: RFC 1951; incomplete and over-subscribed codes are refused as zlib refuses them.
 */
import { copyBytes, zeroBytes } from "../bytes";

/** Codes of at most this length are found by one look. */
const FAST_BITS: u32 = 10;
const FAST_SIZE: u32 = 1024;
const MAX_BITS: u32 = 15;

/** A code: fast entries u16 [1,024], symbols u16 [320], counts u16 [16], offsets u16 [16]. Fast: length << 12 | symbol, 0 is none. */
const SYMBOLS: usize = 2048;
const COUNTS: usize = 2688;
const OFFSETS: usize = 2720;
const literals = memory.data(2752, 32);
const distances = memory.data(2752, 32);
const lengths = memory.data(352, 32);
const lengthOrder = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

const MAX_LITERALS: u32 = 286;
const MAX_DISTANCES: u32 = 30;
const END_OF_BLOCK: u32 = 256;
const NO_SYMBOL: u32 = 0xffff;

let next: usize = 0;
let inputEnd: usize = 0;
let bits: u64 = 0;
let bitCount: u32 = 0;
/** Bits that were taken though there were none. */
let isShort: bool = false;
let out: usize = 0;
let outStart: usize = 0;
let outEnd: usize = 0;

/**
 * Inflates the stream of `length` bytes at `from` to `to`.
 * @returns the number of bytes; 0 when there are none, when they are more than `capacity`, when the stream is malformed or does not
 * end with its last byte.
 */
export function inflate(from: usize, length: u32, to: usize, capacity: u32): u32 {
  next = from;
  inputEnd = from + length;
  bits = 0;
  bitCount = 0;
  isShort = false;
  out = to;
  outStart = to;
  outEnd = to + capacity;
  let isLast = false;
  while (!isLast) {
    isLast = takeBits(1) != 0;
    const kind = takeBits(2);
    let ok: bool = false;
    if (kind == 0) ok = inflateStored();
    else if (kind == 1) ok = prepareFixed() && inflateCodes();
    else if (kind == 2) ok = prepareDynamic() && inflateCodes();
    if (!ok || isShort) return 0;
  }
  if (next - <usize>(bitCount >> 3) != inputEnd) return 0;
  return <u32>(out - to);
}

function refill(): void {
  while (bitCount <= 56 && next < inputEnd) {
    bits |= (<u64>load<u8>(next)) << bitCount;
    next += 1;
    bitCount += 8;
  }
}

function takeBits(count: u32): u32 {
  if (bitCount < count) refill();
  const taken = (<u32>bits) & ((1 << count) - 1);
  dropBits(count);
  return taken;
}

function dropBits(count: u32): void {
  if (bitCount < count) {
    isShort = true;
    bits = 0;
    bitCount = 0;
    return;
  }
  bits >>= count;
  bitCount -= count;
}

function inflateStored(): bool {
  dropBits(bitCount & 7);
  const length = takeBits(16);
  const check = takeBits(16);
  if (isShort || length != (check ^ 0xffff)) return false;
  next -= <usize>(bitCount >> 3);
  bits = 0;
  bitCount = 0;
  if (length > <u32>(inputEnd - next) || length > <u32>(outEnd - out)) return false;
  copyBytes(out, next, length);
  next += length;
  out += length;
  return true;
}

function inflateCodes(): bool {
  while (true) {
    const symbol = decodeSymbol(literals);
    if (symbol < END_OF_BLOCK) {
      if (out == outEnd) return false;
      store<u8>(out, <u8>symbol);
      out += 1;
      continue;
    }
    if (symbol == END_OF_BLOCK) return !isShort;
    if (symbol >= MAX_LITERALS || isShort) return false;
    const length = matchLength(symbol - 257);
    const code = decodeSymbol(distances);
    if (code >= MAX_DISTANCES) return false;
    const distance = matchDistance(code);
    if (isShort || distance > <u32>(out - outStart) || length > <u32>(outEnd - out)) return false;
    copyMatch(distance, length);
  }
}

/** 3 to 258, its extra bits taken. */
function matchLength(code: u32): u32 {
  if (code < 8) return 3 + code;
  if (code == 28) return 258;
  const extra = (code >> 2) - 1;
  return 3 + ((4 + (code & 3)) << extra) + takeBits(extra);
}

/** 1 to 32,768, its extra bits taken. */
function matchDistance(code: u32): u32 {
  if (code < 4) return 1 + code;
  const extra = (code >> 1) - 1;
  return 1 + ((2 + (code & 1)) << extra) + takeBits(extra);
}

function copyMatch(distance: u32, length: u32): void {
  let from = out - distance;
  const end = out + length;
  if (distance >= 8) {
    while (out + 8 <= end) {
      store<u64>(out, load<u64>(from));
      out += 8;
      from += 8;
    }
  }
  while (out < end) {
    store<u8>(out, load<u8>(from));
    out += 1;
    from += 1;
  }
}

/** The next symbol, or NO_SYMBOL where no code fits. */
function decodeSymbol(code: usize): u32 {
  if (bitCount < MAX_BITS) refill();
  const entry = <u32>load<u16>(code + ((<usize>((<u32>bits) & (FAST_SIZE - 1))) << 1));
  if (entry != 0) {
    dropBits(entry >> 12);
    return entry & 0xfff;
  }
  return decodeLong(code);
}

/** Bit by bit, for codes longer than FAST_BITS and for those that do not exist. */
function decodeLong(code: usize): u32 {
  let value: u32 = 0;
  let first: u32 = 0;
  let index: u32 = 0;
  for (let length: u32 = 1; length <= MAX_BITS; length++) {
    value |= (<u32>(bits >> (<u64>(length - 1)))) & 1;
    const count = <u32>load<u16>(code + COUNTS + ((<usize>length) << 1));
    if (value < first + count) {
      dropBits(length);
      return <u32>load<u16>(code + SYMBOLS + ((<usize>(index + value - first)) << 1));
    }
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  return NO_SYMBOL;
}

function prepareFixed(): bool {
  for (let i: u32 = 0; i < 288; i++) {
    const length: u32 = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
    store<u8>(lengths + i, <u8>length);
  }
  buildCode(literals, lengths, 288, true);
  for (let i: u32 = 0; i < 32; i++) store<u8>(lengths + i, 5);
  return buildCode(distances, lengths, 32, true);
}

function prepareDynamic(): bool {
  const literalCount = takeBits(5) + 257;
  const distanceCount = takeBits(5) + 1;
  const lengthCount = takeBits(4) + 4;
  if (isShort || literalCount > MAX_LITERALS || distanceCount > MAX_DISTANCES) return false;
  zeroBytes(lengths, 32);
  for (let i: u32 = 0; i < lengthCount; i++) {
    store<u8>(lengths + <usize>load<u8>(lengthOrder + i), <u8>takeBits(3));
  }
  if (isShort || !buildCode(literals, lengths, 19, false)) return false;
  if (!readLengths(literalCount + distanceCount)) return false;
  if (load<u8>(lengths + END_OF_BLOCK) == 0) return false;
  if (!buildCode(distances, lengths + literalCount, distanceCount, true)) return false;
  return buildCode(literals, lengths, literalCount, true);
}

/** Reads the run-length coded lengths of both codes. */
function readLengths(count: u32): bool {
  let index: u32 = 0;
  while (index < count) {
    const symbol = decodeSymbol(literals);
    if (isShort || symbol > 18) return false;
    if (symbol < 16) {
      store<u8>(lengths + index, <u8>symbol);
      index += 1;
      continue;
    }
    let length: u8 = 0;
    let repeat: u32;
    if (symbol == 16) {
      if (index == 0) return false;
      length = load<u8>(lengths + (index - 1));
      repeat = 3 + takeBits(2);
    } else if (symbol == 17) {
      repeat = 3 + takeBits(3);
    } else {
      repeat = 11 + takeBits(7);
    }
    if (isShort || index + repeat > count) return false;
    for (let i: u32 = 0; i < repeat; i++) store<u8>(lengths + index + i, length);
    index += repeat;
  }
  return true;
}

/**
 * Builds the tables of a canonical code.
 * @param mayBeSingle An incomplete code is allowed if it is one code of one bit, as zlib allows it.
 * @returns false when the code is over-subscribed, or incomplete where it must not be. A code without symbols is fine until it is used.
 */
function buildCode(code: usize, lengthsPtr: usize, count: u32, mayBeSingle: bool): bool {
  zeroBytes(code, SYMBOLS);
  zeroBytes(code + COUNTS, 64);
  for (let i: u32 = 0; i < count; i++) {
    const at = code + COUNTS + ((<usize>load<u8>(lengthsPtr + i)) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  store<u16>(code + COUNTS, 0);
  let left: i32 = 1;
  let used: u32 = 0;
  let longest: u32 = 0;
  for (let length: u32 = 1; length <= MAX_BITS; length++) {
    const these = <u32>load<u16>(code + COUNTS + ((<usize>length) << 1));
    left = (left << 1) - <i32>these;
    if (left < 0) return false;
    store<u16>(code + OFFSETS + ((<usize>length) << 1), <u16>used);
    used += these;
    if (these != 0) longest = length;
  }
  if (longest == 0) return true;
  if (left > 0 && !(mayBeSingle && longest == 1)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const length = <usize>load<u8>(lengthsPtr + i);
    if (length == 0) continue;
    const offset = code + OFFSETS + (length << 1);
    const place = <usize>load<u16>(offset);
    store<u16>(code + SYMBOLS + (place << 1), <u16>i);
    store<u16>(offset, <u16>(place + 1));
  }
  fillFast(code);
  return true;
}

/** Enters every code of at most FAST_BITS at all places whose low bits are its bits, first bit lowest. */
function fillFast(code: usize): void {
  let value: u32 = 0;
  let index: usize = 0;
  for (let length: u32 = 1; length <= FAST_BITS; length++) {
    const count = <u32>load<u16>(code + COUNTS + ((<usize>length) << 1));
    for (let i: u32 = 0; i < count; i++) {
      const symbol = <u32>load<u16>(code + SYMBOLS + (index << 1));
      const entry = <u16>((length << 12) | symbol);
      for (let at = reverseBits(value, length); at < FAST_SIZE; at += 1 << length) {
        store<u16>(code + ((<usize>at) << 1), entry);
      }
      index += 1;
      value += 1;
    }
    value <<= 1;
  }
}

function reverseBits(value: u32, length: u32): u32 {
  let reversed: u32 = 0;
  for (let i: u32 = 0; i < length; i++) {
    reversed = (reversed << 1) | (value & 1);
    value >>= 1;
  }
  return reversed;
}
