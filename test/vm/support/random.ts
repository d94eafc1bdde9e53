/** A small generator with a seed (mulberry32): the same numbers on every machine. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  /** A whole number in [0, bound), bound <= 2^32. */
  below(bound: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * bound);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)];
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** 64 bits: half of the time a border of some width, else anything. */
  u64(): bigint {
    const any = (BigInt(this.below(2 ** 32)) << 32n) | BigInt(this.below(2 ** 32));
    if (this.below(2) === 0) return any;
    const border = 1n << BigInt(this.pick([0, 7, 8, 15, 16, 31, 32, 63, this.below(64)]));
    return BigInt.asUintN(64, this.pick([0n, 1n, -1n, border, border - 1n, -border, -border - 1n, any & 63n]));
  }
}
