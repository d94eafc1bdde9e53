import { keccak_256 } from "@noble/hashes/sha3.js";

const text = (name: string): Uint8Array => keccak_256(new TextEncoder().encode(`solvent.${name}`));

/** All levels of a binary tree over these leaves, the slow and obvious way; the count is a power of two. */
export function naiveLevels(tagName: string, leaves: readonly Uint8Array[]): Uint8Array[][] {
  const levels = [[...leaves]];
  while (levels[levels.length - 1].length > 1) {
    const below = levels[levels.length - 1];
    const level: Uint8Array[] = [];
    for (let i = 0; i < below.length; i += 2)
      level.push(keccak_256(Buffer.concat([text(tagName), below[i], below[i + 1]])));
    levels.push(level);
  }
  return levels;
}

/** The root alone. */
export function naiveRoot(tagName: string, leaves: readonly Uint8Array[]): Uint8Array {
  return naiveLevels(tagName, leaves).at(-1)![0];
}

/** Bytes cut into 32-byte leaves, with zero leaves up to `count`. */
export function leavesOf(bytes: Uint8Array, count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => {
    const leaf = new Uint8Array(32);
    leaf.set(bytes.subarray(i * 32, i * 32 + 32));
    return leaf;
  });
}
