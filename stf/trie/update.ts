/*
 * Changing a trie by a sorted batch of items: each node on their paths is fetched once, changed, encoded and hashed once.
 * Only one path of nodes is in memory at a time. Deletes collapse branches; the sibling that then moves up is fetched.
 */
import { copyBytes } from "../bytes";
import { EMPTY_ROOT_0, EMPTY_ROOT_1, EMPTY_ROOT_2, EMPTY_ROOT_3 } from "../state/records";
import { isEmptyRoot } from "./get";
import { ITEM, itemKey, itemNibbles, itemValue, itemValueLength } from "./items";
import {
  BRANCH,
  childKind,
  childOf,
  clearNode,
  copyChild,
  copyShort,
  EMPTY,
  EXTENSION,
  HASHED,
  kindOf,
  LEAF,
  loadChild,
  nodeOf,
  nodeValue,
  nodeValueLength,
  pathLength,
  pathOf,
  prependFromKey,
  restOf,
  setChild,
  setKind,
  setPath,
  setPathFromKey,
  setValue,
  VIRTUAL,
} from "./level";
import { nibbleAt } from "./node";
import { seal, sealRoot } from "./seal";

const root = memory.data(40, 8);

/**
 * Applies items to the trie with the root at `rootPtr`; new nodes are offered to the host. Uses TRIE_SCRATCH and the upper half
 * of TRANSACTION.
 * @param items `count` items, sorted by key, keys different; see items.ts. A value is at most 7 MiB, 4,000 bytes where it may change again.
 * @param outRoot 32 bytes; may be `rootPtr`.
 */
export function trieUpdate(rootPtr: usize, items: usize, count: u32, outRoot: usize): void {
  if (count == 0) {
    if (outRoot != rootPtr) copyBytes(outRoot, rootPtr, 32);
    return;
  }
  if (isEmptyRoot(rootPtr)) setChild(root, EMPTY, 0);
  else setChild(root, HASHED, rootPtr);
  update(0, root, 0, items, items + <usize>count * ITEM);
  if (kindOf(nodeOf(0)) == EMPTY) {
    store<u64>(outRoot, EMPTY_ROOT_0);
    store<u64>(outRoot, EMPTY_ROOT_1, 8);
    store<u64>(outRoot, EMPTY_ROOT_2, 16);
    store<u64>(outRoot, EMPTY_ROOT_3, 24);
  } else {
    sealRoot(nodeOf(0), outRoot);
  }
}

/**
 * Leaves in the node of `level` what `child` becomes by the items in [from, to), which all share their first `depth` nibbles.
 * Values in it may point into deeper levels: the caller seals or merges it before it uses those again.
 */
function update(level: u32, child: usize, depth: u32, from: usize, to: usize): void {
  loadChild(level, child);
  const node = nodeOf(level);
  const kind = kindOf(node);
  if (kind == EMPTY) {
    build(level, depth, from, to);
  } else if (kind == BRANCH) {
    updateBranch(level, depth, from, to);
  } else {
    const length = pathLength(node);
    const common = min<u32>(commonPath(node, from, depth), commonPath(node, to - ITEM, depth));
    if (common < length || kind == LEAF) split(level, depth, common, from, to);
    else updateExtension(level, depth, from, to);
  }
}

/** Makes a trie of items alone; those that delete are passed over. */
function build(level: u32, depth: u32, from: usize, to: usize): void {
  const node = nodeOf(level);
  while (from < to && itemValueLength(from) == 0) from += ITEM;
  while (from < to && itemValueLength(to - ITEM) == 0) to -= ITEM;
  clearNode(node);
  if (from == to) return;
  const key = itemKey(from);
  if (from + ITEM == to) {
    setKind(node, LEAF);
    setPathFromKey(node, key, depth, itemNibbles(from) - depth);
    setValue(node, itemValue(from), itemValueLength(from));
    return;
  }
  const last = itemKey(to - ITEM);
  const end = min<u32>(itemNibbles(from), itemNibbles(to - ITEM));
  let fork = depth;
  while (fork < end && nibbleAt(key, fork) == nibbleAt(last, fork)) fork += 1;
  setKind(node, BRANCH);
  updateBranch(level, fork, from, to);
  prefix(level, key, depth, fork - depth);
}

/** Applies items to the branch in the node of `level`, which is `depth` nibbles down, and collapses it if need be. */
function updateBranch(level: u32, depth: u32, from: usize, to: usize): void {
  const node = nodeOf(level);
  let at = from;
  if (itemNibbles(at) == depth) {
    setValue(node, itemValue(at), itemValueLength(at));
    at += ITEM;
  }
  while (at < to) {
    const nibble = nibbleAt(itemKey(at), depth);
    const group = at;
    do {
      at += ITEM;
    } while (at < to && nibbleAt(itemKey(at), depth) == nibble);
    update(level + 1, childOf(node, nibble), depth + 1, group, at);
    seal(nodeOf(level + 1), childOf(node, nibble));
  }
  collapse(level);
}

/** A branch with fewer than two children (its value counts) is none: it becomes a leaf, an extension, or nothing. */
function collapse(level: u32): void {
  const node = nodeOf(level);
  let children: u32 = 0;
  let last: u32 = 0;
  for (let i: u32 = 0; i < 16; i++) {
    if (childKind(childOf(node, i)) != EMPTY) {
      children += 1;
      last = i;
    }
  }
  const hasValue = nodeValueLength(node) != 0;
  if (children > 1 || (children == 1 && hasValue)) return;
  if (children == 0) {
    setKind(node, hasValue ? LEAF : EMPTY);
    setPath(node, pathOf(node), 0);
    return;
  }
  loadChild(level + 1, childOf(node, last));
  const below = nodeOf(level + 1);
  if (kindOf(below) == BRANCH) {
    setKind(node, EXTENSION);
    setPath(node, pathOf(node), 0);
    copyChild(childOf(node, 0), childOf(node, last));
  } else {
    copyShort(node, below);
  }
  const length = pathLength(node);
  copyBytes(pathOf(node) + 1, pathOf(node), length);
  store<u8>(pathOf(node), <u8>last);
  store<u32>(node, length + 1, 4);
}

/** Applies items to the extension in the node of `level` whose whole path they share. */
function updateExtension(level: u32, depth: u32, from: usize, to: usize): void {
  const node = nodeOf(level);
  const length = pathLength(node);
  update(level + 1, childOf(node, 0), depth + length, from, to);
  const below = nodeOf(level + 1);
  if (kindOf(below) == EMPTY) {
    clearNode(node);
  } else if (kindOf(below) == BRANCH) {
    seal(below, childOf(node, 0));
  } else {
    copyShort(node, below);
    prependFromKey(node, itemKey(from), depth, length);
  }
}

/** Turns the leaf or extension in the node of `level` into a branch `common` nibbles down and applies items to that. */
function split(level: u32, depth: u32, common: u32, from: usize, to: usize): void {
  const node = nodeOf(level);
  const rest = restOf(level);
  const kind = kindOf(node);
  const length = pathLength(node);
  const value = nodeValue(node);
  const valueLength = nodeValueLength(node);
  if (common < length) {
    const nibble = <u32>load<u8>(pathOf(node) + common);
    copyShort(rest, node);
    setPath(rest, pathOf(node) + common + 1, length - common - 1);
    clearNode(node);
    const child = childOf(node, nibble);
    if (kind == EXTENSION && common + 1 == length) copyChild(child, childOf(rest, 0));
    else setChild(child, VIRTUAL, rest);
  } else {
    clearNode(node);
    setValue(node, value, valueLength);
  }
  setKind(node, BRANCH);
  updateBranch(level, depth + common, from, to);
  prefix(level, itemKey(from), depth, common);
}

/** Puts nibbles [depth, depth + length) of the key before the node of `level`; a branch gets an extension for them. */
function prefix(level: u32, key: usize, depth: u32, length: u32): void {
  const node = nodeOf(level);
  const kind = kindOf(node);
  if (length == 0 || kind == EMPTY) return;
  if (kind == BRANCH) {
    const child = childOf(restOf(level), 0);
    seal(node, child);
    clearNode(node);
    setKind(node, EXTENSION);
    copyChild(childOf(node, 0), child);
  }
  prependFromKey(node, key, depth, length);
}

/** How many nibbles of the node's path the item's key shares. */
function commonPath(node: usize, item: usize, depth: u32): u32 {
  const end = min<u32>(pathLength(node), itemNibbles(item) - depth);
  const key = itemKey(item);
  let i: u32 = 0;
  while (i < end && <u32>load<u8>(pathOf(node) + i) == nibbleAt(key, depth + i)) i += 1;
  return i;
}
