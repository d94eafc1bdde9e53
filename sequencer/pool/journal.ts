import { numberKey, keyNumber, tableRange } from "../../node/store/keys";
import type { WriteBatch } from "../../node/store/database";
import type { Store } from "../../node/store/store";
import type { Hex } from "../../protocol/types";

/**
 * The pool on disk: a transaction that was accepted survives kill -9. Additions of one turn of the event loop share a write.
 */
export class PoolJournal {
  private readonly places = new Map<Hex, number>();
  private next = 0;
  private batch: { entries: [number, Uint8Array][]; written: Promise<void> } | null = null;

  private constructor(private readonly store: Store) {}

  /** @returns the journal and what it holds, in order of arrival; the owner adopts or discards each. */
  static async open(store: Store): Promise<{ journal: PoolJournal; entries: { place: number; raw: Uint8Array }[] }> {
    const journal = new PoolJournal(store);
    return { journal, entries: await journal.reload() };
  }

  /** Forgets what is in memory. @returns what the store holds, as `open` does. */
  async reload(): Promise<{ place: number; raw: Uint8Array }[]> {
    await this.batch?.written;
    this.places.clear();
    const rows = await this.store.database.range(...tableRange("pooled"));
    if (rows.length > 0) this.next = Math.max(this.next, keyNumber(rows.at(-1)![0]) + 1);
    return rows.map(([key, raw]) => ({ place: keyNumber(key), raw }));
  }

  /** The entry at `place` is this transaction, and stays. */
  adopt(hash: Hex, place: number): void {
    this.places.set(hash, place);
  }

  /** The entry at `place` is of no use any more. */
  discard(place: number): Promise<void> {
    return this.store.write((batch) => batch.del(numberKey("pooled", place)));
  }

  /** Resolves when the transaction is written. */
  add(hash: Hex, raw: Uint8Array): Promise<void> {
    const place = this.next++;
    this.places.set(hash, place);
    if (this.batch === null) {
      const entries: [number, Uint8Array][] = [];
      const written = new Promise<void>((resolve, reject) =>
        setImmediate(() => {
          this.batch = null;
          const write = this.store.write((b) => entries.forEach(([i, value]) => b.put(numberKey("pooled", i), value)));
          write.then(resolve, reject);
        }),
      );
      this.batch = { entries, written };
    }
    this.batch.entries.push([place, raw]);
    return this.batch.written;
  }

  /** Puts the removal into a write that is being made. */
  removeIn(batch: WriteBatch, hashes: Iterable<Hex>): void {
    for (const hash of hashes) {
      const place = this.places.get(hash);
      if (place === undefined) continue;
      batch.del(numberKey("pooled", place));
      this.places.delete(hash);
    }
  }

  async remove(hashes: readonly Hex[]): Promise<void> {
    if (hashes.some((hash) => this.places.has(hash))) await this.store.write((batch) => this.removeIn(batch, hashes));
  }
}
