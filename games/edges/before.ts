import type { Hex } from "../../protocol/types";
import { leftSiblings, spineOf, type HistoryTree } from "../history/history";
import { EMPTY_PREFIX, chainPrefix } from "./place";
import type { Before } from "./types";

/** Prefix of subtree `index` of that height. */
export function prefixOf(tree: HistoryTree, height: number, index: number): Hex {
  return leftSiblings(tree, height, index).reduce((prefix, { root }) => chainPrefix(prefix, root), EMPTY_PREFIX);
}

/**
 * The agreed state before a leaf, proven from its prefix: the last leaf of the last left sibling.
 * @param start - The origin's start state: the answer for leaf 0.
 */
export function beforeLeaf(tree: HistoryTree, index: number, start: Hex): Before {
  const siblings = leftSiblings(tree, 0, index);
  const last = siblings.pop();
  if (last === undefined) return { state: start, prefix: EMPTY_PREFIX, path: [] };
  const prefix = siblings.reduce((chained, { root }) => chainPrefix(chained, root), EMPTY_PREFIX);
  return { state: tree.leaf(index - 1), prefix, path: spineOf(tree, last.height, last.index) };
}
