// The hasher behind vm/commit: keccak-256, bulk hashing of tree levels, and an incremental Merkle tree over paged memory.
//
//   [0        ) constants and scratch below (memory.data)
//   [buffer   ) BUFFER bytes, where the caller puts input and finds output
//   [zeros    ) 32 * 32 bytes: roots of empty subtrees by height
//   [upper    ) heap of 2 * pages nodes: [1] is the root, [pages + p] the root of page p
//   [slotOf   ) u32 a page: its slot + 1, or 0
//   [marks    ) one bit an upper node: stands in the list of the level under work
//   [lists    ) two lists of u32 node numbers
//   [slots    ) SLOT bytes each: heap of 256 nodes of one page: [1] its root, [128 + i] leaf i
//
// A page is 4,096 bytes = 128 leaves of 32 bytes. A slot caches the inner nodes of a page, so that a change of one leaf costs a path.

import { permute, permutePair } from "./keccakf.as";

const BUFFER: usize = 1 << 20;
const PAGE: usize = 4096;
const SLOT: usize = 8192;
const RATE: usize = 136;

const state: usize = memory.data(200, 16);
const pair: usize = memory.data(400, 16);
const pageMarks: usize = memory.data(32, 16);
const tag: usize = memory.data(32, 16);

let buffer: usize = 0;
let end: usize = 0;
let zeros: usize = 0;
let upper: usize = 0;
let slotOf: usize = 0;
let pageOf: usize = 0;
let marks: usize = 0;
let listA: usize = 0;
let listB: usize = 0;
let dirty: usize = 0;
let dirtyCount: usize = 0;
let slots: usize = 0;
let slotCount: usize = 0;
let nextSlot: usize = 0;
let pages: usize = 0;

function reserve(bytes: usize): usize {
  const start = end;
  end = (start + bytes + 15) & ~15;
  const missing = <i32>((end + 65535) >> 16) - memory.size();
  if (missing > 0 && memory.grow(missing) < 0) unreachable();
  return start;
}

/** Makes room for the buffer and returns its address; the first call of every instance. */
export function start(): usize {
  end = __heap_base;
  buffer = reserve(BUFFER);
  return buffer;
}

/** Size of the buffer in bytes. */
export function bufferSize(): usize {
  return BUFFER;
}

/** Hashes `length` bytes at `source` to the 32 bytes at `target`. */
export function keccak(source: usize, length: usize, target: usize): void {
  memory.fill(state, 0, 200);
  while (length >= RATE) {
    for (let i: usize = 0; i < RATE; i += 8) store<u64>(state + i, load<u64>(state + i) ^ load<u64>(source + i));
    permute(state);
    source += RATE;
    length -= RATE;
  }
  for (let i: usize = 0; i < length; ++i) store<u8>(state + i, load<u8>(state + i) ^ load<u8>(source + i));
  store<u8>(state + length, load<u8>(state + length) ^ 1);
  store<u8>(state + RATE - 1, load<u8>(state + RATE - 1) ^ 0x80);
  permute(state);
  memory.copy(target, state, 32);
}

/** Takes the 32-byte tag at `source` for all nodes from now on. */
export function setTag(source: usize): void {
  memory.copy(tag, source, 32);
}

// node = keccak(tag || left || right): 96 bytes, one block; the children lie side by side
function hashNode(children: usize, target: usize): void {
  memory.copy(state, tag, 32);
  memory.copy(state + 32, children, 64);
  memory.fill(state + 96, 0, 104);
  store<u64>(state, 1, 96);
  store<u64>(state, 0x8000000000000000, 128);
  permute(state);
  memory.copy(target, state, 32);
}

function hashNodePair(first: usize, firstTarget: usize, second: usize, secondTarget: usize): void {
  for (let i: usize = 0; i < 4; ++i) v128.store(pair + (i << 4), v128.splat<u64>(load<u64>(tag + (i << 3))));
  for (let i: usize = 0; i < 8; ++i) {
    store<u64>(pair + (i << 4), load<u64>(first + (i << 3)), 64);
    store<u64>(pair + (i << 4), load<u64>(second + (i << 3)), 72);
  }
  memory.fill(pair + 192, 0, 208);
  v128.store(pair, v128.splat<u64>(1), 192);
  v128.store(pair, v128.splat<u64>(0x8000000000000000), 256);
  permutePair(pair);
  for (let i: usize = 0; i < 4; ++i) {
    store<u64>(firstTarget + (i << 3), load<u64>(pair + (i << 4)));
    store<u64>(secondTarget + (i << 3), load<u64>(pair + (i << 4), 8));
  }
}

/** Hashes `count` pairs of nodes in the buffer, 64 bytes each, to `count` nodes in its place. */
export function hashPairs(count: usize): void {
  let i: usize = 0;
  for (; i + 2 <= count; i += 2) {
    const children = buffer + (i << 6);
    hashNodePair(children, buffer + (i << 5), children + 64, buffer + (i << 5) + 32);
  }
  if (i < count) hashNode(buffer + (i << 6), buffer + (i << 5));
}

/** Lays out an all-zero memory of `2^depth` leaves (7 <= depth <= 23) with room for the inner nodes of `cached` pages. Once an instance. */
export function initTree(depth: usize, cached: usize): void {
  pages = 1 << (depth - 7);
  slotCount = cached;
  zeros = reserve(32 * 32);
  upper = reserve(pages << 6);
  slotOf = reserve(pages << 2);
  pageOf = reserve(cached << 2);
  marks = reserve((pages >> 2) + 8);
  listA = reserve(max<usize>(pages, 128) << 2);
  listB = reserve(max<usize>(pages, 128) << 2);
  dirty = reserve(pages << 2);
  slots = reserve(cached * SLOT);
  for (let height: usize = 0; height < depth; ++height) {
    memory.copy(buffer, zeros + (height << 5), 32);
    memory.copy(buffer + 32, zeros + (height << 5), 32);
    hashNode(buffer, zeros + ((height + 1) << 5));
  }
  let height: usize = 7;
  for (let first = pages; first > 0; first >>= 1) {
    for (let i = first; i < first << 1; ++i) memory.copy(upper + (i << 5), zeros + (height << 5), 32);
    ++height;
  }
}

function sameNode(a: usize, b: usize): bool {
  return (
    load<u64>(a) == load<u64>(b) &&
    load<u64>(a, 8) == load<u64>(b, 8) &&
    load<u64>(a, 16) == load<u64>(b, 16) &&
    load<u64>(a, 24) == load<u64>(b, 24)
  );
}

// Rehashes the ancestors of the `count` nodes listed at `from`, all `height` levels above the leaves, up to node 1 of the heap.
function rehash(heap: usize, bits: usize, from: usize, count: usize, height: usize): void {
  let to = from == listA ? listB : listA;
  while (count > 0 && load<u32>(from) > 1) {
    const zero = zeros + (height << 5);
    const zeroParent = zero + 32;
    let parents: usize = 0;
    for (let i: usize = 0; i < count; ++i) {
      const parent = (<usize>load<u32>(from + (i << 2))) >> 1;
      const mark = load<u8>(bits + (parent >> 3));
      const bit = <u8>(1 << ((<u8>parent) & 7));
      if (mark & bit) continue;
      store<u8>(bits + (parent >> 3), mark | bit);
      store<u32>(to + (parents++ << 2), <u32>parent);
    }
    let waiting: usize = 0;
    for (let i: usize = 0; i < parents; ++i) {
      const parent = <usize>load<u32>(to + (i << 2));
      store<u8>(bits + (parent >> 3), 0);
      const children = heap + (parent << 6);
      if (sameNode(children, zero) && sameNode(children + 32, zero)) memory.copy(heap + (parent << 5), zeroParent, 32);
      else if (waiting == 0) waiting = parent;
      else {
        hashNodePair(heap + (waiting << 6), heap + (waiting << 5), children, heap + (parent << 5));
        waiting = 0;
      }
    }
    if (waiting != 0) hashNode(heap + (waiting << 6), heap + (waiting << 5));
    const swap = from;
    from = to;
    to = swap;
    count = parents;
    ++height;
  }
}

function isZeroPage(): bool {
  for (let i: usize = 0; i < PAGE; i += 16) {
    if (v128.any_true(v128.load(buffer + i))) return false;
  }
  return true;
}

function takeSlot(page: usize): usize {
  const slot = nextSlot;
  nextSlot = slot + 1 == slotCount ? 0 : slot + 1;
  const before = load<u32>(pageOf + (slot << 2));
  if (before != 0) store<u32>(slotOf + ((before - 1) << 2), 0);
  store<u32>(pageOf + (slot << 2), <u32>page + 1);
  store<u32>(slotOf + (page << 2), <u32>slot + 1);
  return slots + slot * SLOT;
}

/** Takes the 4,096 bytes in the buffer as the content of `page`; hashes only the leaves that differ from what is cached. */
export function updatePage(page: usize): void {
  const node = upper + ((pages + page) << 5);
  const slot = <usize>load<u32>(slotOf + (page << 2));
  let heap: usize = 0;
  let count: usize = 0;
  if (slot == 0) {
    if (isZeroPage()) {
      if (sameNode(node, zeros + (7 << 5))) return;
      memory.copy(node, zeros + (7 << 5), 32);
      store<u32>(dirty + (dirtyCount++ << 2), <u32>pages + <u32>page);
      flushIfFull();
      return;
    }
    heap = takeSlot(page);
    memory.copy(heap + PAGE, buffer, PAGE);
    for (; count < 128; ++count) store<u32>(listA + (count << 2), 128 + <u32>count);
  } else {
    heap = slots + (slot - 1) * SLOT;
    for (let i: usize = 0; i < 128; ++i) {
      const leaf = heap + PAGE + (i << 5);
      if (sameNode(leaf, buffer + (i << 5))) continue;
      memory.copy(leaf, buffer + (i << 5), 32);
      store<u32>(listA + (count++ << 2), 128 + <u32>i);
    }
    if (count == 0) return;
  }
  rehash(heap, pageMarks, listA, count, 0);
  if (sameNode(node, heap + 32)) return;
  memory.copy(node, heap + 32, 32);
  store<u32>(dirty + (dirtyCount++ << 2), <u32>pages + <u32>page);
  flushIfFull();
}

function flushIfFull(): void {
  if (dirtyCount == pages) root();
}

/** Rehashes the upper tree and returns the address of the root. */
export function root(): usize {
  memory.copy(listA, dirty, dirtyCount << 2);
  rehash(upper, marks, listA, dirtyCount, 7);
  dirtyCount = 0;
  return upper + 32;
}

/** Address of the inner nodes of `page` (a heap of 256, see above), or 0 if they are not cached. */
export function pageNodes(page: usize): usize {
  const slot = <usize>load<u32>(slotOf + (page << 2));
  return slot == 0 ? 0 : slots + (slot - 1) * SLOT;
}

/** Address of the upper tree (a heap of `2 * pages`, see above); complete only after `root`. */
export function upperNodes(): usize {
  return upper;
}

/** Address of the roots of empty subtrees, by height. */
export function zeroNodes(): usize {
  return zeros;
}
