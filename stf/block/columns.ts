/*
 * Blocks in columns, made into rows again. Total: what is malformed gives 0. Source: docs/spec/01-interfaces.md#columns.
 */
import { copy32, copyBytes } from "../bytes";
import {
  bytesToWord,
  putBytes,
  putBytesHeader,
  putListHeader,
  putU64,
  putWord,
  rlpBytesLength,
  rlpListLength,
  rlpU64Length,
  rlpWordLength,
} from "../codec/rlp";
import { multiplyFull } from "../evm/multiply";

/** First byte of a segment in columns. */
export const COLUMNS_MARK: u8 = 0x01;

const COLUMN_COUNT: u32 = 19;
const HEAD_BYTES: u32 = 77;
const BLOCKS: u32 = 0;
const KINDS: u32 = 1;
const RECIPIENTS: u32 = 2;
const ADDRESSES: u32 = 3;
const LENGTHS: u32 = 4;
const DATA: u32 = 5;
/** From here on two for each number: shapes and digits. */
const NUMBERS: u32 = 6;
const SIGNATURES: u32 = 18;

const OPAQUE: u32 = 0;
const EIP1559: u32 = 2;
const LEGACY: u32 = 4;

const MAX_TIMESTAMP: u64 = 9007199254740991;
const MAX_LEGACY_CHAIN_ID: u64 = 1 << 62;
const ADDRESS_BYTES: u32 = 20;
/** A shape is the count of digits and, 33 times, the power of a thousand. */
const SHAPE_BASE: u32 = 33;
const MAX_POWER: u32 = 6;
/** Room for what stands before a block's transactions: two headers of lists and two numbers. */
const HEADERS_ROOM: u32 = 32;

/** Of each column the next place and the end, u32. */
const places = memory.data(152, 32);
/** Chain id, nonce, priority fee, fee, gas limit, value, r, s: words of little-endian limbs. */
const chainId = memory.data(256, 32);
const nonce = chainId + 32;
const priorityFee = chainId + 64;
const fee = chainId + 96;
const gasLimit = chainId + 128;
const value = chainId + 160;
const r = chainId + 192;
const s = chainId + 224;
const product = memory.data(64, 32);
const factor = memory.data(32, 32);
const powers = memory.data<u64>([1, 1000, 1000000, 1000000000, 1000000000000, 1000000000000000, 1000000000000000000]);

let isMalformed: bool = false;
let addressCount: u64 = 0;
/** Where the column of addresses begins. */
let addresses: usize = 0;
let rowsEnd: usize = 0;

/** The transaction that is read: recipient (20 bytes or none), data. */
let recipient: usize = 0;
let recipientLength: u32 = 0;
let data: usize = 0;
let dataLength: u32 = 0;

/**
 * Writes the rows of a segment in columns: RLP of each block.
 * @returns their length; 0 where there are none, where they are more than `capacity`, or the columns are malformed.
 * Up to 32 bytes behind the capacity are written to as well.
 */
export function rowsOf(from: usize, length: u32, to: usize, capacity: u32): u32 {
  isMalformed = false;
  addressCount = 0;
  rowsEnd = to + capacity;
  if (!openColumns(from, length)) return 0;
  let time: u64 = 0;
  let out = to;
  while (!isAtEnd(BLOCKS)) {
    time += takeVarint(BLOCKS);
    const messageCount = takeVarint(BLOCKS);
    const count = takeVarint(BLOCKS);
    if (isMalformed || time > MAX_TIMESTAMP) return 0;
    out = putBlock(out, time, messageCount, count);
    if (out == 0) return 0;
  }
  for (let column: u32 = 0; column < COLUMN_COUNT; column++) if (!isAtEnd(column)) return 0;
  return <u32>(out - to);
}

/** Finds the columns: their lengths stand in the head, and they fill the rest exactly. */
function openColumns(from: usize, length: u32): bool {
  if (length < HEAD_BYTES) return false;
  let at = from + HEAD_BYTES;
  let left = length - HEAD_BYTES;
  addresses = at;
  for (let column: u32 = 0; column < COLUMN_COUNT; column++) {
    const bytes = bswap<u32>(load<u32>(from + 1 + ((<usize>column) << 2)));
    if (bytes > left) return false;
    if (column == ADDRESSES) addresses = at;
    const place = places + ((<usize>column) << 3);
    store<u32>(place, <u32>at);
    at += bytes;
    left -= bytes;
    store<u32>(place, <u32>at, 4);
  }
  return left == 0;
}

/** @returns the place behind the block; 0 where it is malformed or does not fit. */
function putBlock(out: usize, time: u64, messageCount: u64, count: u64): usize {
  const first = out + HEADERS_ROOM;
  let at = first;
  for (let i: u64 = 0; i < count; i++) {
    at = putTransaction(at);
    if (at == 0) return 0;
  }
  const bytes = <u32>(at - first);
  const payload = rlpU64Length(time) + rlpU64Length(messageCount) + rlpListLength(bytes);
  const total = rlpListLength(payload);
  if (<usize>total > rowsEnd - out) return 0;
  copyBytes(out + (total - bytes), first, bytes);
  putListHeader(putU64(putU64(putListHeader(out, payload), time), messageCount), bytes);
  return out + total;
}

function putTransaction(out: usize): usize {
  const kind = <u32>load<u8>(take(KINDS, 1));
  if (isMalformed) return 0;
  if (kind == OPAQUE) {
    takeData();
    if (isMalformed || !fits(out, rlpBytesLength(data, dataLength))) return 0;
    return putBytes(out, data, dataLength);
  }
  const base = kind & ~1;
  if (base != EIP1559 && base != LEGACY) return 0;
  takeFields(base == LEGACY);
  if (isMalformed) return 0;
  return base == LEGACY ? putLegacy(out, kind - base) : putEip1559(out, kind - base);
}

function takeFields(isLegacy: bool): void {
  for (let index: u32 = 0; index < 6; index++) {
    const word = chainId + ((<usize>index) << 5);
    if (!isLegacy || word != priorityFee) takeNumber(index, word);
  }
  takeRecipient();
  takeData();
  bytesToWord(r, take(SIGNATURES, 32), 32);
  bytesToWord(s, take(SIGNATURES, 32), 32);
}

/** `0x02 || rlp([chainId, nonce, priorityFee, fee, gasLimit, to, value, data, [], parity, r, s])` as a byte string. */
function putEip1559(out: usize, parity: u32): usize {
  const payload = rlpWordLength(chainId) + rlpWordLength(priorityFee) + commonLength() + 2;
  const bytes = 1 + rlpListLength(payload);
  if (!fits(out, rlpListLength(bytes))) return 0;
  let at = putBytesHeader(out, bytes);
  store<u8>(at, 2);
  at = putWord(putWord(putListHeader(at + 1, payload), chainId), nonce);
  at = putWord(putWord(putWord(at, priorityFee), fee), gasLimit);
  at = putBytes(at, recipient, recipientLength);
  at = putBytes(putWord(at, value), data, dataLength);
  at = putU64(putListHeader(at, 0), parity);
  return putWord(putWord(at, r), s);
}

/** `rlp([nonce, gasPrice, gasLimit, to, value, data, 35 + 2 * chainId + parity, r, s])` as a byte string. */
function putLegacy(out: usize, parity: u32): usize {
  const high = load<u64>(chainId, 8) | load<u64>(chainId, 16) | load<u64>(chainId, 24);
  if (high != 0 || load<u64>(chainId) >= MAX_LEGACY_CHAIN_ID) return 0;
  const v = 35 + (load<u64>(chainId) << 1) + <u64>parity;
  const payload = commonLength() + rlpU64Length(v);
  const bytes = rlpListLength(payload);
  if (!fits(out, rlpListLength(bytes))) return 0;
  let at = putListHeader(putBytesHeader(out, bytes), payload);
  at = putWord(putWord(putWord(at, nonce), fee), gasLimit);
  at = putBytes(at, recipient, recipientLength);
  at = putBytes(putWord(at, value), data, dataLength);
  return putWord(putWord(putU64(at, v), r), s);
}

/** Length of the fields that both kinds have. */
function commonLength(): u32 {
  const numbers = rlpWordLength(nonce) + rlpWordLength(fee) + rlpWordLength(gasLimit) + rlpWordLength(value);
  const bytes = 1 + recipientLength + rlpBytesLength(data, dataLength);
  return numbers + bytes + rlpWordLength(r) + rlpWordLength(s);
}

function fits(out: usize, bytes: u32): bool {
  return out + <usize>bytes <= rowsEnd + HEADERS_ROOM;
}

function takeNumber(index: u32, word: usize): void {
  const column = NUMBERS + (index << 1);
  const shape = <u32>load<u8>(take(column, 1));
  const power = shape / SHAPE_BASE;
  const digits = shape % SHAPE_BASE;
  if (power > MAX_POWER) isMalformed = true;
  const from = take(column + 1, digits);
  if (isMalformed) return;
  bytesToWord(word, from, digits);
  if (power == 0) return;
  store<u64>(factor, load<u64>(powers + ((<usize>power) << 3)));
  multiplyFull(product, word, factor);
  const high = load<u64>(product, 32) | load<u64>(product, 40) | load<u64>(product, 48) | load<u64>(product, 56);
  if (high != 0) isMalformed = true;
  copy32(word, product);
}

/** None, one that was met before, or the next of the column. */
function takeRecipient(): void {
  const place = takeVarint(RECIPIENTS);
  recipientLength = place == 0 ? 0 : ADDRESS_BYTES;
  if (place == 0) return;
  if (place > addressCount) {
    if (place != addressCount + 1) isMalformed = true;
    take(ADDRESSES, ADDRESS_BYTES);
    addressCount += 1;
  }
  if (!isMalformed) recipient = addresses + (<usize>place - 1) * <usize>ADDRESS_BYTES;
}

function takeData(): void {
  const length = takeVarint(LENGTHS);
  data = take(DATA, length);
  dataLength = isMalformed ? 0 : <u32>length;
}

/** Seven bits a byte, the lowest first, at most eight bytes. */
function takeVarint(column: u32): u64 {
  let number: u64 = 0;
  for (let shift: u64 = 0; shift < 56; shift += 7) {
    const byte = <u64>load<u8>(take(column, 1));
    if (isMalformed) return 0;
    number |= (byte & 0x7f) << shift;
    if (byte < 0x80) return number;
  }
  isMalformed = true;
  return 0;
}

/** @returns where the next bytes of a column stand; where it has no so many, it is malformed. */
function take(column: u32, length: u64): usize {
  const place = places + ((<usize>column) << 3);
  const at = load<u32>(place);
  if (length > <u64>(load<u32>(place, 4) - at)) {
    isMalformed = true;
    return 0;
  }
  store<u32>(place, at + <u32>length);
  return at;
}

function isAtEnd(column: u32): bool {
  const place = places + ((<usize>column) << 3);
  return load<u32>(place) == load<u32>(place, 4);
}
