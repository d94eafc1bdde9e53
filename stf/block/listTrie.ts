/*
 * The root of the trie over a list, keyed by rlp(index): transactions and receipts.
 * Every value has 32 bytes at least, so every node is referred to by its hash. Built in order of the keys, without storing nodes.
 */
import { copy32, copyBytes } from "../bytes";
import { putListHeader } from "../codec/rlp";
import { keccak256, keccakAdd, keccakBegin, keccakEnd } from "../crypto/keccak";
import { EMPTY_ROOT_0, EMPTY_ROOT_1, EMPTY_ROOT_2, EMPTY_ROOT_3 } from "../state/records";
import { BRANCHES } from "./layout";

const BRANCH_BYTES: usize = 576;
const BRANCH_HEADER: usize = 3;

const keyA = memory.data(8, 8);
const keyB = memory.data(8, 8);
const small = memory.data(64, 32);
const child = memory.data(32, 32);
let table: usize = 0;
let total: u32 = 0;

/** Writes the root over `count` values to `out`; `entries` holds u32 pointer and u32 length of each, at most 2^24 - 1 of them. */
export function listRoot(entries: usize, count: u32, out: usize): void {
  if (count == 0) {
    store<u64>(out, EMPTY_ROOT_0);
    store<u64>(out, EMPTY_ROOT_1, 8);
    store<u64>(out, EMPTY_ROOT_2, 16);
    store<u64>(out, EMPTY_ROOT_3, 24);
    return;
  }
  table = entries;
  total = count;
  hashRange(0, count, 0, out);
}

/** Hash of the node over the keys at sorted places `from` to `to - 1`, which agree in `depth` nibbles. */
function hashRange(from: u32, to: u32, depth: u32, out: usize): void {
  if (to - from == 1) {
    hashLeaf(from, depth, out);
    return;
  }
  const common = commonNibbles(from, to - 1, depth);
  hashBranch(from, to, common, child);
  if (common == depth) {
    copy32(out, child);
    return;
  }
  writeKey(indexAt(from), keyA);
  const path = putPath(small + 1, keyA, depth, common, 0);
  store<u8>(path, 0xa0);
  copy32(path + 1, child);
  const length = <u32>(path + 33 - (small + 1));
  store<u8>(small, <u8>(0xc0 + length));
  keccak256(small, length + 1, out);
}

function hashBranch(from: u32, to: u32, depth: u32, out: usize): void {
  const branch = BRANCHES + <usize>depth * BRANCH_BYTES;
  let at = branch + BRANCH_HEADER;
  let start = from;
  for (let nibble: u32 = 0; nibble < 16; nibble++) {
    let end = start;
    while (end < to && keyNibble(end, depth) == nibble) end++;
    if (end == start) {
      store<u8>(at, 0x80);
      at += 1;
    } else {
      hashRange(start, end, depth + 1, child);
      store<u8>(at, 0xa0);
      copy32(at + 1, child);
      at += 33;
    }
    start = end;
  }
  store<u8>(at, 0x80);
  const payload = <u32>(at + 1 - (branch + BRANCH_HEADER));
  const headerBytes: u32 = payload < 256 ? 2 : 3;
  putListHeader(branch + BRANCH_HEADER - headerBytes, payload);
  keccak256(branch + BRANCH_HEADER - headerBytes, payload + headerBytes, out);
}

function hashLeaf(place: u32, depth: u32, out: usize): void {
  const index = indexAt(place);
  const value = <usize>load<u32>(table + (<usize>index << 3));
  const length = load<u32>(table + (<usize>index << 3), 4);
  const nibbles = writeKey(index, keyA) << 1;
  const path = small + 16;
  let end = putPath(path, keyA, depth, nibbles, 32);
  end = putStringHeader(end, length);
  const head = <u32>(end - path);
  const list = putListHeader(small, head + length);
  copyBytes(list, path, head);
  keccakBegin();
  keccakAdd(small, <u32>(list - small) + head);
  keccakAdd(value, length);
  keccakEnd(out);
}

/** A compact path of nibbles `from` to `to - 1` as an RLP string; `flag` is 32 for a leaf. @returns the place behind. */
function putPath(at: usize, key: usize, from: u32, to: u32, flag: u32): usize {
  const count = to - from;
  const length = (count >> 1) + 1;
  let first = flag;
  let nibble = from;
  if (count & 1) {
    first |= 16 | nibbleOf(key, nibble);
    nibble += 1;
  }
  if (length > 1) {
    store<u8>(at, <u8>(0x80 + length));
    at += 1;
  }
  store<u8>(at, <u8>first);
  at += 1;
  while (nibble < to) {
    store<u8>(at, <u8>((nibbleOf(key, nibble) << 4) | nibbleOf(key, nibble + 1)));
    at += 1;
    nibble += 2;
  }
  return at;
}

function putStringHeader(at: usize, length: u32): usize {
  const end = putListHeader(at, length);
  store<u8>(at, load<u8>(at) - 0x40);
  return end;
}

/** The index of the list whose key is at sorted place `place`: 1 to 127, then 0 (0x80), then 128 and up. */
function indexAt(place: u32): u32 {
  const zeroAt: u32 = total < 128 ? total - 1 : 127;
  if (place < zeroAt) return place + 1;
  return place == zeroAt ? 0 : place;
}

function keyNibble(place: u32, depth: u32): u32 {
  writeKey(indexAt(place), keyB);
  return nibbleOf(keyB, depth);
}

function commonNibbles(first: u32, last: u32, depth: u32): u32 {
  writeKey(indexAt(first), keyA);
  writeKey(indexAt(last), keyB);
  while (nibbleOf(keyA, depth) == nibbleOf(keyB, depth)) depth += 1;
  return depth;
}

/** Writes rlp(index). @returns its length. */
function writeKey(index: u32, to: usize): u32 {
  if (index == 0) {
    store<u8>(to, 0x80);
    return 1;
  }
  if (index < 128) {
    store<u8>(to, <u8>index);
    return 1;
  }
  const bytes: u32 = index < 256 ? 1 : index < 65536 ? 2 : 3;
  store<u8>(to, <u8>(0x80 + bytes));
  for (let i: u32 = 0; i < bytes; i++) store<u8>(to + 1 + i, <u8>(index >> ((bytes - 1 - i) << 3)));
  return bytes + 1;
}

function nibbleOf(key: usize, index: u32): u32 {
  const byte = <u32>load<u8>(key + (index >> 1));
  return index & 1 ? byte & 15 : byte >> 4;
}
