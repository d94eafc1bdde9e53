/*
 * Looking up one key. Only the nodes on its path are fetched, of full branches only the child that matters; nothing is kept.
 */
import { copy32 } from "../bytes";
import { preimage, PREIMAGE_KECCAK } from "../host";
import { EMPTY_ROOT_0, EMPTY_ROOT_1, EMPTY_ROOT_2, EMPTY_ROOT_3 } from "../state/records";
import { FULL_BRANCH, FULL_BRANCH_HEAD, nibbleAt, payloadOf, skipItem } from "./node";

const CAPACITY: u32 = 4096;
const buffer = memory.data(4096, 32);
const key = memory.data(32, 32);

/** Where the value of the last `trieGet` stands; good until the next one. */
export let trieValue: usize = 0;

/**
 * Looks up a 32-byte key in the trie with the 32-byte root at `rootPtr` (any alignment).
 * @returns the length of the value, 0 if absent; `trieValue` points to it.
 */
export function trieGet(rootPtr: usize, keyPtr: usize): u32 {
  return trieGetKey(rootPtr, keyPtr, 64);
}

/** As `trieGet` for a key of `nibbles` half bytes, in a trie whose keys may differ in length when that is not 64. */
export function trieGetKey(rootPtr: usize, keyPtr: usize, nibbles: u32): u32 {
  if (isEmptyRoot(rootPtr)) return 0;
  copy32(key, rootPtr);
  let depth: u32 = descendFull(keyPtr, 0, nibbles);
  let at = buffer;
  while (true) {
    const end = skipItem(at);
    const first = payloadOf(at);
    const second = skipItem(first);
    let child: usize;
    if (skipItem(second) == end) {
      const path = payloadOf(first);
      const flags = <u32>load<u8>(path);
      const skip: u32 = flags & 16 ? 1 : 2;
      const length = ((<u32>(second - path)) << 1) - skip;
      if (depth + length > nibbles) return 0;
      for (let i: u32 = 0; i < length; i++) {
        if (nibbleAt(path, i + skip) != nibbleAt(keyPtr, depth + i)) return 0;
      }
      depth += length;
      if (flags & 32) return depth == nibbles ? found(second) : 0;
      child = second;
    } else {
      const slot: u32 = depth == nibbles ? 16 : nibbleAt(keyPtr, depth);
      child = first;
      for (let i: u32 = 0; i < slot; i++) child = skipItem(child);
      if (slot == 16) return found(child);
      depth += 1;
    }
    const head = <u32>load<u8>(child);
    if (head == 0x80) return 0;
    if (head == 0xa0) {
      copy32(key, child + 1);
      depth = descendFull(keyPtr, depth, nibbles);
      at = buffer;
    } else {
      at = child;
    }
  }
}

/** The root of the empty trie. */
export function isEmptyRoot(rootPtr: usize): bool {
  return (
    ((load<u64>(rootPtr) ^ EMPTY_ROOT_0) |
      (load<u64>(rootPtr, 8) ^ EMPTY_ROOT_1) |
      (load<u64>(rootPtr, 16) ^ EMPTY_ROOT_2) |
      (load<u64>(rootPtr, 24) ^ EMPTY_ROOT_3)) ==
    0
  );
}

/**
 * Reads the node whose hash is in `key` to `buffer`; passes full branches, of which it reads no more than the child's hash.
 * @returns the depth of that node.
 */
function descendFull(keyPtr: usize, depth: u32, nibbles: u32): u32 {
  while (true) {
    const length = preimage(PREIMAGE_KECCAK, key, 0, buffer);
    if (length > CAPACITY) unreachable();
    if (nibbles != 64 || length != FULL_BRANCH || load<u32>(buffer) != FULL_BRANCH_HEAD) {
      for (let offset: u32 = 32; offset < length; offset += 32) preimage(PREIMAGE_KECCAK, key, offset, buffer + offset);
      return depth;
    }
    const child = 4 + nibbleAt(keyPtr, depth) * 33;
    const offset = child & ~31;
    if (offset != 0) preimage(PREIMAGE_KECCAK, key, offset, buffer + offset);
    if (child != offset) preimage(PREIMAGE_KECCAK, key, offset + 32, buffer + offset + 32);
    copy32(key, buffer + child);
    depth += 1;
  }
}

function found(item: usize): u32 {
  trieValue = payloadOf(item);
  return <u32>(skipItem(item) - trieValue);
}
