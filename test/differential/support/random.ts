/** Reproducible random numbers: the same seed, the same sequence on every machine. Source: sfc32 (PractRand). */
export class Random {
  private a = 0x9e3779b9;
  private b = 0x243f6a88;
  private c: number;
  private counter = 1;

  constructor(seed: number) {
    this.c = seed >>> 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** 0 <= n < bound, an integer; bound at most 2^32. */
  int(bound: number): number {
    return this.next() % bound;
  }

  /** true in one of `n` cases. */
  oneIn(n: number): boolean {
    return this.int(n) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.int(items.length)];
  }

  /** One of the items, each as often as its weight says. */
  weighted<T>(items: readonly (readonly [weight: number, item: T])[]): T {
    let at = this.int(items.reduce((sum, [weight]) => sum + weight, 0));
    for (const [weight, item] of items) {
      if (at < weight) return item;
      at -= weight;
    }
    throw new Error("no items");
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.int(256));
  }

  /** A number of up to 256 bits, the edges more often than the rest. */
  word(): bigint {
    const bits = 1n << BigInt(this.int(256));
    switch (this.int(8)) {
      case 0:
        return bits;
      case 1:
        return bits - 1n;
      case 2:
        return BigInt.asUintN(256, -bits);
      case 3:
        return BigInt.asUintN(256, -1n - BigInt(this.int(3)));
      case 4:
      case 5:
        return BigInt(this.int(260));
      default:
        return BigInt(`0x${Buffer.from(this.bytes(1 + this.int(32))).toString("hex")}`);
    }
  }

  private next(): number {
    const sum = (this.a + this.b + this.counter) >>> 0;
    this.counter = (this.counter + 1) >>> 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) >>> 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + sum) >>> 0;
    return sum;
  }
}
