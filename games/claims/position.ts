/**
 * Places in the tree of claims, as generalised indices: 1 is the root, 2p and 2p + 1 are the halves of p. Numbers: a tree is at most 52
 * deep, its heights at most 51 together and one more for the border between blocks and steps. Twin of `Positions`.
 */
export const ROOT = 1;

export function depthOf(position: number): number {
  // Exact for whole numbers below 2^53, where log2 rounds.
  let depth = 0;
  for (let rest = position; rest >= 2; rest = Math.floor(rest / 2)) depth++;
  return depth;
}

/** From the left among the positions of its depth. */
export function indexOf(position: number): number {
  return position - 2 ** depthOf(position);
}

/** Where an answer stands. */
export function answerTo(position: number, isAttack: boolean): number {
  return 2 * (isAttack ? position : position + 1);
}

/**
 * Number of the leaf that a claim is about: among those of its own history.
 * @param top - Depth of that history's root. @param bottom - Depth of its leaves.
 */
export function leafOf(position: number, top: number, bottom: number): number {
  const depth = depthOf(position);
  const index = indexOf(position) % 2 ** (depth - top);
  return (index + 1) * 2 ** (bottom - depth) - 1;
}
