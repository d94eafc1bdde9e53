import type { Random } from "../../random";

/**
 * Histories without hashes: a tree over states is told by where it departs from the truth. Two commitments have the same node at a
 * place exactly if they have the same label there, as two Merkle trees would have the same hash.
 */

/** Leaves `[from, until)` of a history of some level are false, in the way that belongs to `salt`. Salt 0 is the truth. */
export interface Patch {
  readonly salt: number;
  readonly from: number;
  readonly until: number;
}

export const TRUE: Patch = { salt: 0, from: 0, until: 0 };

/**
 * What one claimant stands for, level by level. Each salt belongs to one patch, so claimants with the same salt at a level agree on
 * all of it, and those with different salts never agree on a false leaf.
 */
export interface Commitment {
  /** Patch of level 0, and of each level below under a leaf that is false by the level above. */
  readonly wrong: readonly Patch[];
  /** Patch of each level below 0 under a leaf that is true by the level above: a wrong way to the right end, or none. */
  readonly detour: readonly Patch[];
}

/** The truth, at these heights. */
export function truthAt(heights: readonly number[]): Commitment {
  return { wrong: heights.map(() => TRUE), detour: heights.map(() => TRUE) };
}

/** Label of the node with `size` leaves that begins at leaf `start`; 0 where all of them are true. */
export function labelOf({ salt, from, until }: Patch, start: number, size: number): number {
  return until <= start || from >= start + size ? 0 : salt;
}

/**
 * The history one level below a leaf.
 * @param leaf - Label of the leaf above, by the same commitment.
 */
export function patchBelow(commitment: Commitment, level: number, leaf: number): Patch {
  return leaf === 0 ? commitment.detour[level] : commitment.wrong[level];
}

/** First leaf at which two histories of one level differ; -1 if they are the same. */
export function divergence(a: Patch, b: Patch): number {
  if (a.salt === b.salt) return -1;
  if (a.salt === 0) return b.from;
  return b.salt === 0 ? a.from : Math.min(a.from, b.from);
}

/**
 * A lie from one leaf of each level on. Leaves are drawn so that they are exact as numbers at any height up to 100: of trees higher
 * than 50 only every 2^(height - 50)th leaf of the left quarter is ever the first false one.
 */
export function lieAt(heights: readonly number[], salt: number, random: Random): Commitment {
  const wrong = heights.map((height): Patch => ({ salt, from: randomLeaf(height, random), until: 2 ** height }));
  return { wrong, detour: heights.map(() => TRUE) };
}

/** A wrong history of level 0 with the right end; only one false leaf. */
export function detourAt(heights: readonly number[], salt: number, random: Random): Commitment {
  const lie = lieAt(heights, salt, random);
  const from = Math.min(lie.wrong[0].from, 2 ** heights[0] - 2);
  return { ...lie, wrong: [{ salt, from, until: from + 1 }, ...lie.wrong.slice(1)] };
}

/** The same lie above `level`, another history from there on: a Sybil inside somebody's inner dispute. */
export function variantAt(
  lie: Commitment,
  heights: readonly number[],
  level: number,
  salt: number,
  random: Random,
): Commitment {
  const other = lieAt(heights, salt, random);
  return { ...lie, wrong: lie.wrong.map((patch, at) => (at < level ? patch : other.wrong[at])) };
}

/** True at level 0, but with a wrong way to the right end at `level`: a false friend of the truth in an inner dispute. */
export function falseFriendAt(heights: readonly number[], level: number, salt: number, random: Random): Commitment {
  const truth = truthAt(heights);
  const from = Math.min(randomLeaf(heights[level], random), 2 ** heights[level] - 2);
  const detour = truth.detour.map((patch, at) => (at === level ? { salt, from, until: from + 1 } : patch));
  const { wrong } = lieAt(heights, salt, random);
  return { wrong: [TRUE, ...wrong.slice(1)], detour };
}

function randomLeaf(height: number, random: Random): number {
  const bits = Math.min(height, 50);
  let leaf = 0;
  for (let left = bits; left > 0; left -= 25)
    leaf = leaf * 2 ** Math.min(25, left) + random.below(2 ** Math.min(25, left));
  return height <= 50 ? leaf : (leaf * 2 ** Math.min(height - 50, 2)) % 2 ** 52;
}
