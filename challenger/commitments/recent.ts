/** So long what nobody asks for is kept: each plan asks for all that a dispute still needs. */
export const KEPT_MS = 120_000;

/**
 * What was computed, by a key. What nobody has asked for in a while is forgotten when something new comes: who wants it then computes it
 * again. So what is held goes by what is disputed now, however many disputes there were.
 */
export class Recent<V> {
  /** The longest unasked first. */
  private readonly entries = new Map<string, { value: V; askedAt: number }>();

  /** @param most - entries at most. @param clock - in milliseconds. */
  constructor(
    private readonly most = Infinity,
    private readonly clock: () => number = Date.now,
  ) {}

  get size(): number {
    return this.entries.size;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    if (entry === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, { ...entry, askedAt: this.clock() });
    return entry.value;
  }

  set(key: string, value: V): void {
    const now = this.clock();
    this.entries.delete(key);
    for (const [old, { askedAt }] of this.entries) {
      if (now - askedAt <= KEPT_MS && this.entries.size < this.most) break;
      this.entries.delete(old);
    }
    this.entries.set(key, { value, askedAt: now });
  }

  delete(key: string): void {
    this.entries.delete(key);
  }
}
