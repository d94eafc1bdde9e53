import type { Wall } from "./chain";

/** Later than any clock on a wall: nodes go by the later of both, and this one is to be the only one. 2100-01-01. */
const START_SECONDS = 4_102_444_800;
/** Seeds begin at seconds of their own, two years' worth of them: what stands in a word of 32 bits goes until 2106. */
const SEED_SECONDS = 2 ** 26;
const BLOCK_MS = 500;

/** A clock of L1's own, which goes by its blocks alone: the same in each run with the same seed. */
export interface OwnClock {
  /** Time of block 0 in ISO 8601. */
  date: string;
  wall: Wall;
}

/** @param seed - a whole number. @returns a clock that goes half a second a block. */
export function ownClock(seed: number): OwnClock {
  const start = START_SECONDS + (seed % SEED_SECONDS);
  return {
    date: new Date(start * 1_000).toISOString(),
    wall: (blocks) => start + Math.floor((blocks * BLOCK_MS) / 1_000),
  };
}
