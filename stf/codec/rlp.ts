/*
 * RLP. Decoding is strict: the one canonical encoding, within the bounds given, or malformed; it never traps and reads no byte
 * beyond `end`. Encoding writes forward and returns the place behind. Source: Yellow Paper, appendix B.
 */
import { copyBytes } from "../bytes";

/** Payload of the item that `rlpItem` read last. */
export let itemPtr: usize = 0;
export let itemLength: u32 = 0;
export let itemIsList: bool = false;

/**
 * Reads one item's header; sets `itemPtr`, `itemLength`, `itemIsList`.
 * @returns the place behind the item, or 0 when it is malformed, not canonical or reaches beyond `end`.
 */
export function rlpItem(at: usize, end: usize): usize {
  if (at >= end) return 0;
  const first = <u32>load<u8>(at);
  itemIsList = first >= 0xc0;
  if (first < 0x80) {
    itemPtr = at;
    itemLength = 1;
    return at + 1;
  }
  const short = first & 0x3f;
  let payload = at + 1;
  let length = short;
  if (short > 55) {
    const width = <usize>(short - 55);
    if (width > 4 || <usize>(end - payload) < width) return 0;
    if (load<u8>(payload) == 0) return 0;
    length = 0;
    for (let i: usize = 0; i < width; i++) length = (length << 8) | (<u32>load<u8>(payload + i));
    if (length < 56) return 0;
    payload += width;
  }
  if (<usize>(end - payload) < <usize>length) return 0;
  if (first == 0x81 && load<u8>(payload) < 0x80) return 0;
  itemPtr = payload;
  itemLength = length;
  return payload + length;
}

/** As `rlpItem`; malformed unless it is a list. */
export function rlpList(at: usize, end: usize): usize {
  const behind = rlpItem(at, end);
  return behind != 0 && itemIsList ? behind : 0;
}

/** As `rlpItem`; malformed unless it is a byte string. */
export function rlpBytes(at: usize, end: usize): usize {
  const behind = rlpItem(at, end);
  return behind != 0 && !itemIsList ? behind : 0;
}

/** As `rlpBytes`; malformed unless it is an integer (no leading zero byte) of at most `maxBytes` bytes. */
export function rlpInteger(at: usize, end: usize, maxBytes: u32): usize {
  const behind = rlpBytes(at, end);
  if (behind == 0 || itemLength > maxBytes) return 0;
  return itemLength != 0 && load<u8>(itemPtr) == 0 ? 0 : behind;
}

/** The last item as an integer; at most 8 bytes. */
export function itemU64(): u64 {
  let value: u64 = 0;
  for (let i: u32 = 0; i < itemLength; i++) value = (value << 8) | (<u64>load<u8>(itemPtr + i));
  return value;
}

/** Writes the last item as a word (little-endian limbs) to `wordPtr`; at most 32 bytes. */
export function itemWord(wordPtr: usize): void {
  bytesToWord(wordPtr, itemPtr, itemLength);
}

/** Writes `length` <= 32 big-endian bytes as a word (little-endian limbs). */
export function bytesToWord(wordPtr: usize, from: usize, length: u32): void {
  store<u64>(wordPtr, 0);
  store<u64>(wordPtr, 0, 8);
  store<u64>(wordPtr, 0, 16);
  store<u64>(wordPtr, 0, 24);
  for (let i: u32 = 0; i < length; i++) store<u8>(wordPtr + i, load<u8>(from + (length - 1 - i)));
}

/** Length of the encoding of a byte string. */
export function rlpBytesLength(from: usize, length: u32): u32 {
  if (length == 1 && load<u8>(from) < 0x80) return 1;
  return headerLength(length) + length;
}

/** Length of the encoding of a list with a payload of that length. */
export function rlpListLength(payload: u32): u32 {
  return headerLength(payload) + payload;
}

export function putBytes(to: usize, from: usize, length: u32): usize {
  if (length == 1 && load<u8>(from) < 0x80) {
    store<u8>(to, load<u8>(from));
    return to + 1;
  }
  const payload = putHeader(to, length, 0x80);
  copyBytes(payload, from, length);
  return payload + length;
}

/** The header of a byte string that is no single byte; its bytes go to the place returned. */
export function putBytesHeader(to: usize, length: u32): usize {
  return putHeader(to, length, 0x80);
}

/** The header of a list; its payload goes to the place returned. */
export function putListHeader(to: usize, payload: u32): usize {
  return putHeader(to, payload, 0xc0);
}

export function putU64(to: usize, value: u64): usize {
  if (value < 0x80) {
    store<u8>(to, value == 0 ? 0x80 : <u8>value);
    return to + 1;
  }
  const length: u32 = 8 - ((<u32>clz<u64>(value)) >> 3);
  store<u8>(to, <u8>(0x80 + length));
  for (let i: u32 = 0; i < length; i++) store<u8>(to + 1 + i, <u8>(value >> ((length - 1 - i) << 3)));
  return to + 1 + length;
}

export function rlpU64Length(value: u64): u32 {
  return value < 0x80 ? 1 : 9 - ((<u32>clz<u64>(value)) >> 3);
}

/** The word (little-endian limbs) at `wordPtr` as an integer. */
export function putWord(to: usize, wordPtr: usize): usize {
  const length = wordBytes(wordPtr);
  if (length <= 1 && load<u8>(wordPtr) < 0x80) {
    store<u8>(to, length == 0 ? 0x80 : load<u8>(wordPtr));
    return to + 1;
  }
  store<u8>(to, <u8>(0x80 + length));
  for (let i: u32 = 0; i < length; i++) store<u8>(to + 1 + i, load<u8>(wordPtr + (length - 1 - i)));
  return to + 1 + length;
}

export function rlpWordLength(wordPtr: usize): u32 {
  const length = wordBytes(wordPtr);
  return length <= 1 && load<u8>(wordPtr) < 0x80 ? 1 : 1 + length;
}

/** Number of bytes of a word without leading zeros. */
export function wordBytes(wordPtr: usize): u32 {
  for (let offset: u32 = 32; offset > 0; offset -= 8) {
    const limb = load<u64>(wordPtr + (offset - 8));
    if (limb != 0) return offset - ((<u32>clz<u64>(limb)) >> 3);
  }
  return 0;
}

function headerLength(length: u32): u32 {
  return length < 56 ? 1 : 5 - (clz<u32>(length) >> 3);
}

function putHeader(to: usize, length: u32, base: u32): usize {
  if (length < 56) {
    store<u8>(to, <u8>(base + length));
    return to + 1;
  }
  const width: u32 = 4 - (clz<u32>(length) >> 3);
  store<u8>(to, <u8>(base + 55 + width));
  for (let i: u32 = 0; i < width; i++) store<u8>(to + 1 + i, <u8>(length >> ((width - 1 - i) << 3)));
  return to + 1 + width;
}
