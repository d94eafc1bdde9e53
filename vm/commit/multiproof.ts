import { concatBytes } from "./bytes";
import { hashNode } from "./hasher";

/** Gives the node of a tree at a height over the leaves. */
export type NodeReader = (height: number, index: number) => Uint8Array;

/**
 * Siblings that prove several leaves at once: level by level from the leaves, within a level in address order, each sibling that is
 * not itself computed.
 * @param indices - Leaf indices, strictly ascending.
 * @returns the 32-byte siblings, concatenated.
 */
export function multiproof(depth: number, indices: readonly number[], node: NodeReader): Uint8Array {
  const siblings: Uint8Array[] = [];
  let level = [...indices];
  for (let height = 0; height < depth; ++height) {
    const parents: number[] = [];
    for (let i = 0; i < level.length; ++i) {
      const index = level[i];
      const paired = index % 2 === 0 && level[i + 1] === index + 1;
      if (paired) ++i;
      else siblings.push(node(height, index % 2 === 0 ? index + 1 : index - 1));
      parents.push(Math.floor(index / 2));
    }
    level = parents;
  }
  return concatBytes(siblings);
}

/**
 * Root of the tree that holds `leaves` at `indices`, or null when `siblings` are too few or too many. Twin of `StepMemory` in
 * contracts/vm.
 */
export function multiproofRoot(
  tagBytes: Uint8Array,
  depth: number,
  indices: readonly number[],
  leaves: readonly Uint8Array[],
  siblings: Uint8Array,
): Uint8Array | null {
  let level = indices.map((index, i) => ({ index, hash: leaves[i] }));
  let used = 0;
  for (let height = 0; height < depth; ++height) {
    const parents: typeof level = [];
    for (let i = 0; i < level.length; ++i) {
      const { index, hash } = level[i];
      let sibling: Uint8Array;
      if (index % 2 === 0 && level[i + 1]?.index === index + 1) sibling = level[++i].hash;
      else {
        if (used + 32 > siblings.length) return null;
        sibling = siblings.subarray(used, (used += 32));
      }
      const parent = index % 2 === 0 ? hashNode(tagBytes, hash, sibling) : hashNode(tagBytes, sibling, hash);
      parents.push({ index: Math.floor(index / 2), hash: parent });
    }
    level = parents;
  }
  return used === siblings.length && level.length === 1 ? level[0].hash : null;
}
