import { sha256 } from "@noble/hashes/sha2.js";

/** Numbers from a seed, the same on every machine. The seed of a run is printed by the test that makes it. */
export class Random {
  /** The state's two halves; in 32-bit words, which are several times as fast as a bigint. */
  private low: number;
  private high: number;

  constructor(readonly seed: number) {
    const bytes = sha256(new TextEncoder().encode(`solvent ${seed}`));
    const digest = new DataView(bytes.buffer, bytes.byteOffset);
    this.low = digest.getInt32(0, true);
    this.high = digest.getInt32(4, true);
  }

  /** An integer from 0 to `bound - 1`; `bound` at most 2^32. */
  below(bound: number): number {
    // xorshift64*: enough for tests. x ^= x >> 12, x ^= x << 25, x ^= x >> 27.
    let { low, high } = this;
    low ^= (low >>> 12) | (high << 20);
    high ^= high >>> 12;
    high ^= (high << 25) | (low >>> 7);
    low ^= low << 25;
    low ^= (low >>> 27) | (high << 5);
    high ^= high >>> 27;
    this.low = low;
    this.high = high;
    // The upper half of x * 0x2545f4914f6cdd1d, modulo 2^64.
    const product = highHalf(low, 0x4f6cdd1d) + Math.imul(low, 0x2545f491) + Math.imul(high, 0x4f6cdd1d);
    return (product >>> 0) % bound;
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

/** Upper 32 bits of the product of two unsigned words. */
function highHalf(a: number, b: number): number {
  const [a0, a1, b0, b1] = [a & 0xffff, a >>> 16, b & 0xffff, b >>> 16];
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return a1 * b1 + (middle >>> 16) + (other >>> 16);
}

/** The seed of this run: SOLVENT_SEED, or another one each time. */
export function seedOfRun(): number {
  const given = process.env.SOLVENT_SEED;
  return given === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(given);
}
