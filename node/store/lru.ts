/** What an entry takes beside the bytes of its value: its key as text, its place in the map, the view of the bytes and their buffer. */
export const ENTRY_BYTES = 300;

/** Least-recently-used cache bounded by bytes. */
export class Lru<V> {
  private readonly entries = new Map<string, V>();
  private bytes = 0;

  /** @param weigh - what a value takes, with its entry, in bytes; always the same of the same. */
  constructor(
    private readonly maxBytes: number,
    private readonly weigh: (value: V) => number,
  ) {}

  get(key: string): V | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    const old = this.entries.get(key);
    if (old !== undefined) {
      this.bytes -= this.weigh(old);
      this.entries.delete(key);
    }
    this.entries.set(key, value);
    this.bytes += this.weigh(value);
    while (this.bytes > this.maxBytes) {
      const [oldest, held] = this.entries.entries().next().value as [string, V];
      this.entries.delete(oldest);
      this.bytes -= this.weigh(held);
    }
  }

  get sizeBytes(): number {
    return this.bytes;
  }
}

/** Of bytes. */
export class LruBytes extends Lru<Uint8Array> {
  constructor(maxBytes: number) {
    super(maxBytes, ({ length }) => ENTRY_BYTES + length);
  }
}
