import { createHash } from "node:crypto";

/** Numbers from 0 up to 1 that a seed gives. */
export function randomOf(seed: number): () => number {
  let count = 0;
  return () => createHash("sha256").update(`${seed}/${count++}`).digest().readUInt32LE() / 2 ** 32;
}
