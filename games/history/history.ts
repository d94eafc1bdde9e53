import type { Hex } from "../../protocol/types";
import { hashWords } from "./hashing";

/**
 * A full binary Merkle tree over a history, as the game sees it. Leaf i is the state after (i + 1) strides. Nodes may be
 * computed when asked for; the same question always gets the same answer.
 */
export interface HistoryTree {
  readonly height: number;
  readonly root: Hex;
  /** Root of subtree number `index` of that height; the leaf at height 0. */
  node(height: number, index: number): Hex;
  /** Leaf `index`. */
  leaf(index: number): Hex;
}

/** Twin of `Histories.node`: keccak(TAG("node"), left, right). */
export function hashNode(left: Hex, right: Hex): Hex {
  return hashWords("node", left, right);
}

/** Root of the tree whose last leaf is `leaf`; `spine` are the left siblings on the right spine, bottom first. */
export function rootByLastLeaf(leaf: Hex, spine: readonly Hex[]): Hex {
  return spine.reduce((root, sibling) => hashNode(sibling, root), leaf);
}

/** Left siblings on the right spine of the subtree, bottom first: the proof of its last leaf. */
export function spineOf(tree: HistoryTree, height = tree.height, index = 0): Hex[] {
  const spine: Hex[] = [];
  for (let below = 0; below < height; below++) spine.push(tree.node(below, (index + 1) * 2 ** (height - below) - 2));
  return spine;
}

/** Siblings of leaf `index`, bottom first: its proof. Twin of what `Histories.rootByLeaf` takes. */
export function pathOf(tree: HistoryTree, index: number): Hex[] {
  return Array.from({ length: tree.height }, (_, height) => tree.node(height, Math.floor(index / 2 ** height) ^ 1));
}

/** The tree's last leaf. */
export function lastLeafOf(tree: HistoryTree): Hex {
  return tree.leaf(2 ** tree.height - 1);
}

/** Left siblings passed on the way from the tree's root down to subtree `index` of that height, topmost first. */
export function leftSiblings(
  tree: HistoryTree,
  height: number,
  index: number,
): { height: number; index: number; root: Hex }[] {
  const siblings = [];
  for (let at = tree.height - 1; at >= height; at--) {
    const on = Math.floor(index / 2 ** (at - height));
    if (on % 2 === 1) siblings.push({ height: at, index: on - 1, root: tree.node(at, on - 1) });
  }
  return siblings;
}
