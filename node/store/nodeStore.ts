import type { Database, WriteBatch } from "./database";
import { hashKey, mapKey } from "./keys";
import { LruBytes } from "./lru";
import type { NodeStore } from "../../protocol/types";

/**
 * Content-addressed store over the database, with a cache in front.
 * What is put is readable at once and goes to disk with the next batch that `flushInto` fills.
 */
export class LevelNodeStore implements NodeStore {
  private pending = new Map<string, Uint8Array>();
  private flushing = new Map<string, Uint8Array>();
  private readonly cache: LruBytes;

  constructor(
    private readonly database: Database,
    cacheBytes = 16 << 20,
  ) {
    this.cache = new LruBytes(cacheBytes);
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const key = mapKey(hash);
    const held = this.cache.get(key) ?? this.pending.get(key) ?? this.flushing.get(key);
    if (held !== undefined) return held;
    const value = this.database.get(hashKey("node", hash));
    if (value !== undefined) this.cache.set(key, value);
    return value;
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    const key = mapKey(hash);
    // What the cache holds is on disk or on its way there.
    if (this.cache.get(key) !== undefined) return;
    this.pending.set(key, data);
    this.cache.set(key, data);
  }

  /** Moves what was put into the batch. After its commit call `flushed`; if the commit fails, `restore`. */
  flushInto(batch: WriteBatch): void {
    for (const [key, data] of this.pending) {
      this.flushing.set(key, data);
      batch.put(hashKey("node", Buffer.from(key, "latin1")), data);
    }
    this.pending = new Map();
  }

  flushed(): void {
    this.flushing = new Map();
  }

  restore(): void {
    for (const [key, data] of this.flushing) if (!this.pending.has(key)) this.pending.set(key, data);
    this.flushing = new Map();
  }

  get pendingCount(): number {
    return this.pending.size;
  }
}

/** A throw-away layer over another store: reads fall through, writes stay here until `mergeInto`. */
export class OverlayNodeStore implements NodeStore {
  private readonly entries = new Map<string, Uint8Array>();

  constructor(private readonly below?: NodeStore) {}

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.entries.get(mapKey(hash)) ?? this.below?.get(hash);
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.entries.set(mapKey(hash), data);
  }

  mergeInto(target: NodeStore): void {
    for (const [key, data] of this.entries) target.put(Buffer.from(key, "latin1"), data);
  }
}
