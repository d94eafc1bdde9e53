import { createHash } from "node:crypto";

/** Numbers from a seed, the same on every machine. The seed of a run is printed by the test that makes it. */
export class Random {
  private state: bigint;

  constructor(readonly seed: number) {
    this.state = createHash("sha256").update(`solvent ${seed}`).digest().readBigUInt64LE();
  }

  /** An integer from 0 to `bound - 1`; `bound` at most 2^32. */
  below(bound: number): number {
    // xorshift64*: enough for tests.
    let x = this.state;
    x ^= x >> 12n;
    x = BigInt.asUintN(64, x ^ (x << 25n));
    x ^= x >> 27n;
    this.state = x;
    return Number((BigInt.asUintN(64, x * 0x2545f4914f6cdd1dn) >> 32n) % BigInt(bound));
  }

  chance(probability: number): boolean {
    return this.below(1_000_000) < probability * 1_000_000;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }
}

/** The seed of this run: SOLVENT_SEED, or another one each time. */
export function seedOfRun(): number {
  const given = process.env.SOLVENT_SEED;
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
