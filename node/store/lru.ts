/** Least-recently-used cache bounded by bytes. Keys cost 64 bytes each on top of the value's length. */
export class LruBytes {
  private readonly entries = new Map<string, Uint8Array>();
  private bytes = 0;

  constructor(private readonly maxBytes: number) {}

  get(key: string): Uint8Array | undefined {
    const value = this.entries.get(key);
    if (value === undefined) return undefined;
    this.entries.delete(key);
    this.entries.set(key, value);
    return value;
  }

  set(key: string, value: Uint8Array): void {
    const old = this.entries.get(key);
    if (old !== undefined) {
      this.bytes -= old.length + 64;
      this.entries.delete(key);
    }
    this.entries.set(key, value);
    this.bytes += value.length + 64;
    while (this.bytes > this.maxBytes) {
      const oldest = this.entries.entries().next().value as [string, Uint8Array];
      this.entries.delete(oldest[0]);
      this.bytes -= oldest[1].length + 64;
    }
  }

  get sizeBytes(): number {
    return this.bytes;
  }
}
