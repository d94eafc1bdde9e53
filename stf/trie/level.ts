/*
 * The working memory of a trie update: one level per node on the path, 76 x 5,120 bytes at TRIE_SCRATCH.
 *
 *   level:    0  node        the node as it will be
 *           800  rest        what is left of a leaf or an extension that was split ("virtual": it has no hash yet)
 *         1,024  raw         its encoding as fetched
 *
 *   node:     0  kind        0 empty, 1 leaf, 2 extension, 3 branch
 *             4  pathLength  nibbles
 *             8  value       address (0: none)
 *            12  valueLength
 *            16  path        128 bytes, one nibble each
 *           160  children    16 x 40 bytes; an extension has one
 *
 *   child:    0  u32         0 none, 1 to 31 an inline node of that length, 32 a hash, VIRTUAL
 *             8  bytes       of the inline node or the hash; the address of the virtual node
 */
import { copy32, copyBytes } from "../bytes";
import { readPreimage } from "../host";
import { TRIE_SCRATCH, TRIE_SCRATCH_END } from "../memory";
import { nibbleAt, payloadOf, skipItem } from "./node";

export const EMPTY: u32 = 0;
export const LEAF: u32 = 1;
export const EXTENSION: u32 = 2;
export const BRANCH: u32 = 3;
export const VIRTUAL: u32 = 64;
export const HASHED: u32 = 32;

const LEVEL: usize = 5120;
const REST: usize = 800;
const RAW: usize = 1024;
const RAW_CAPACITY: u32 = 4096;
const PATH: usize = 16;
const PATH_CAPACITY: u32 = 128;
const CHILDREN: usize = 160;
const CHILD: usize = 40;

const hash = memory.data(32, 32);

export function nodeOf(level: u32): usize {
  const node = TRIE_SCRATCH + <usize>level * LEVEL;
  if (node + LEVEL > TRIE_SCRATCH_END) unreachable();
  return node;
}

export function restOf(level: u32): usize {
  return nodeOf(level) + REST;
}

export function kindOf(node: usize): u32 {
  return load<u32>(node);
}

export function setKind(node: usize, kind: u32): void {
  store<u32>(node, kind);
}

export function pathLength(node: usize): u32 {
  return load<u32>(node, 4);
}

export function pathOf(node: usize): usize {
  return node + PATH;
}

export function nodeValue(node: usize): usize {
  return <usize>load<u32>(node, 8);
}

export function nodeValueLength(node: usize): u32 {
  return load<u32>(node, 12);
}

export function setValue(node: usize, value: usize, length: u32): void {
  store<u32>(node, <u32>value, 8);
  store<u32>(node, length, 12);
}

export function childOf(node: usize, index: u32): usize {
  return node + CHILDREN + <usize>index * CHILD;
}

export function childKind(child: usize): u32 {
  return load<u32>(child);
}

export function childBytes(child: usize): usize {
  return child + 8;
}

export function setChild(child: usize, kind: u32, from: usize): void {
  store<u32>(child, kind);
  if (kind == HASHED) copy32(child + 8, from);
  else if (kind < HASHED) copyBytes(child + 8, from, kind);
  else store<u32>(child, <u32>from, 8);
}

export function copyChild(to: usize, from: usize): void {
  store<u64>(to, load<u64>(from));
  copy32(to + 8, from + 8);
}

/** Makes `node` an empty node, its children none. */
export function clearNode(node: usize): void {
  store<u64>(node, 0);
  store<u64>(node, 0, 8);
  for (let i: u32 = 0; i < 16; i++) store<u32>(childOf(node, i), 0);
}

/** Sets the path to nibbles [from, from + length) of the key's bytes. */
export function setPathFromKey(node: usize, key: usize, from: u32, length: u32): void {
  if (length > PATH_CAPACITY) unreachable();
  store<u32>(node, length, 4);
  for (let i: u32 = 0; i < length; i++) store<u8>(node + PATH + i, <u8>nibbleAt(key, from + i));
}

/** Sets the path to `length` nibbles, one per byte. */
export function setPath(node: usize, from: usize, length: u32): void {
  store<u32>(node, length, 4);
  copyBytes(node + PATH, from, length);
}

/** Puts `length` nibbles of the key's bytes before the path. */
export function prependFromKey(node: usize, key: usize, from: u32, length: u32): void {
  const old = pathLength(node);
  if (old + length > PATH_CAPACITY) unreachable();
  copyBytes(node + PATH + length, node + PATH, old);
  store<u32>(node, old + length, 4);
  for (let i: u32 = 0; i < length; i++) store<u8>(node + PATH + i, <u8>nibbleAt(key, from + i));
}

/** Copies kind, path, value and, of an extension, the child. */
export function copyShort(to: usize, from: usize): void {
  store<u32>(to, load<u32>(from));
  setPath(to, pathOf(from), pathLength(from));
  store<u64>(to, load<u64>(from, 8), 8);
  copyChild(childOf(to, 0), childOf(from, 0));
}

/** Reads what `child` stands for into the node of `level`. */
export function loadChild(level: u32, child: usize): void {
  const node = nodeOf(level);
  const kind = childKind(child);
  if (kind == EMPTY) {
    clearNode(node);
  } else if (kind == VIRTUAL) {
    copyShort(node, <usize>load<u32>(child, 8));
  } else {
    const raw = node + RAW;
    if (kind == HASHED) {
      copy32(hash, childBytes(child));
      readPreimage(hash, raw, RAW_CAPACITY);
    } else {
      copyBytes(raw, childBytes(child), kind);
    }
    decodeNode(node, raw);
  }
}

function decodeNode(node: usize, raw: usize): void {
  const end = skipItem(raw);
  const first = payloadOf(raw);
  const second = skipItem(first);
  if (skipItem(second) != end) {
    store<u32>(node, BRANCH);
    store<u32>(node, 0, 4);
    let at = first;
    for (let i: u32 = 0; i < 16; i++) at = decodeChild(childOf(node, i), at);
    setValue(node, payloadOf(at), <u32>(skipItem(at) - payloadOf(at)));
    return;
  }
  const path = payloadOf(first);
  const flags = <u32>load<u8>(path);
  const skip: u32 = flags & 16 ? 1 : 2;
  setPathFromKey(node, path, skip, ((<u32>(second - path)) << 1) - skip);
  if (flags & 32) {
    store<u32>(node, LEAF);
    setValue(node, payloadOf(second), <u32>(end - payloadOf(second)));
  } else {
    store<u32>(node, EXTENSION);
    setValue(node, 0, 0);
    decodeChild(childOf(node, 0), second);
  }
}

function decodeChild(child: usize, at: usize): usize {
  const head = <u32>load<u8>(at);
  const behind = skipItem(at);
  if (head == 0x80) store<u32>(child, EMPTY);
  else if (head == 0xa0) setChild(child, HASHED, at + 1);
  else setChild(child, <u32>(behind - at), at);
  return behind;
}
