import type { Logger } from "pino";
import { SolventError, invariant } from "../../protocol/errors";
import type { ExecutedBlock, Hex } from "../../protocol/types";
import { corrupted, type Snapshot, type WriteBatch } from "../store/database";
import { numberKey } from "../store/keys";
import { putJson, type Store } from "../store/store";
import { BlockTables, type NewBlock, type StoredBlock } from "./blockTables";
import type { BlockRef, ChainBlock, HeadEvent, HeadListener } from "./types";

/** The three heads. INVARIANT: finalized.number <= safe.number <= unsafe.number, all on one chain. */
export interface Heads {
  unsafe: BlockRef;
  safe: BlockRef;
  finalized: BlockRef;
}

const HEADS = "heads";

/**
 * The canonical chain of this node: which blocks, and where the heads are. State is content-addressed, so a reorg is nothing but
 * another `extend`. Readers see the chain of one moment: a snapshot taken when the head moved last.
 */
export class Chain {
  readonly tables: BlockTables;
  private heads!: Heads;
  private snapshot!: Snapshot;
  private readonly listeners = new Set<HeadListener>();

  private constructor(
    readonly store: Store,
    private readonly log: Logger,
  ) {
    this.tables = new BlockTables(store);
  }

  /** @param genesis - stored on first use; @throws SolventError `store-corrupted` when the heads point nowhere. */
  static async open(store: Store, genesis: ExecutedBlock, log: Logger): Promise<Chain> {
    const chain = new Chain(store, log);
    const heads = store.getJson<Heads>(HEADS);
    if (heads === undefined) {
      const ref = { number: genesis.header.number, hash: genesis.blockHash };
      chain.heads = { unsafe: ref, safe: ref, finalized: ref };
      await store.write((batch) => {
        chain.tables.putCanonical(batch, chain.tables.put(batch, { block: genesis }));
        putJson(batch, HEADS, chain.heads);
      });
    } else {
      chain.heads = heads;
      for (const ref of Object.values(heads) as BlockRef[])
        if (chain.tables.hashAt(ref.number) !== ref.hash || chain.tables.block(ref.hash) === undefined)
          throw corrupted(store.database.path, `block ${ref.number} ${ref.hash} is missing`);
    }
    chain.snapshot = store.database.snapshot();
    return chain;
  }

  get unsafe(): BlockRef {
    return this.heads.unsafe;
  }

  get safe(): BlockRef {
    return this.heads.safe;
  }

  get finalized(): BlockRef {
    return this.heads.finalized;
  }

  /** A canonical block. */
  blockAt(number: number): StoredBlock | undefined {
    if (number > this.heads.unsafe.number || number < 0) return undefined;
    const hash = this.tables.hashAt(number, this.snapshot);
    return hash === undefined ? undefined : this.tables.block(hash);
  }

  requireBlockAt(number: number): StoredBlock {
    const block = this.blockAt(number);
    if (block === undefined)
      throw new SolventError("block-unknown", `block ${number} is past the head ${this.heads.unsafe.number}`);
    return block;
  }

  /** A canonical block by its hash; blocks that a reorg dropped are unknown. */
  blockBy(hash: Hex): StoredBlock | undefined {
    const block = this.tables.block(hash);
    return block !== undefined && this.isCanonical(block) ? block : undefined;
  }

  isCanonical(block: ChainBlock): boolean {
    const { number } = block.header;
    return number <= this.heads.unsafe.number && this.tables.hashAt(number, this.snapshot) === block.hash;
  }

  /** Where a canonical transaction stands. */
  place(transaction: Hex): { block: StoredBlock; index: number } | undefined {
    const place = this.tables.place(transaction, this.snapshot);
    const block = place && this.blockBy(place.blockHash);
    return block === undefined ? undefined : { block, index: place!.index };
  }

  /**
   * Makes `added` the continuation of canonical block `parent`, dropping what stood above it; the unsafe head is then the last
   * added (or `parent`). Atomic: one write with all nodes put so far, then all readers see it at once.
   * @param heads - new safe and finalized heads where they move; both are pulled back if what they point to is dropped.
   * @param options.sync - return only when the disk has it.
   */
  async extend(
    parent: number,
    added: readonly NewBlock[],
    heads: Partial<Pick<Heads, "safe" | "finalized">> = {},
    options: { sync?: boolean; also?: (batch: WriteBatch) => void } = {},
  ): Promise<HeadEvent> {
    const base = this.requireBlockAt(parent);
    const dropped: StoredBlock[] = [];
    for (let number = this.heads.unsafe.number; number > parent; number--) dropped.push(this.requireBlockAt(number));
    const stored: StoredBlock[] = [];
    let next!: Heads;
    await this.store.write((batch) => {
      let last: StoredBlock = base;
      for (const entry of added) {
        invariant(entry.block.header.parentHash === last.hash, "an added block stands on the one before it");
        last = this.tables.put(batch, entry);
        stored.push(last);
      }
      for (const block of dropped) batch.del(numberKey("canonical", block.header.number));
      for (const block of stored) this.tables.putCanonical(batch, block);
      const unsafe = refOf(last);
      const safe = lower(heads.safe ?? pulledBack(this.heads.safe, base), unsafe);
      const finalized = lower(heads.finalized ?? pulledBack(this.heads.finalized, base), safe);
      next = { unsafe, safe, finalized };
      putJson(batch, HEADS, next);
      options.also?.(batch);
    }, options);
    if (dropped.length > 0) this.log.warn({ dropped: dropped.length, parent, added: stored.length }, "blocks replaced");
    this.moveTo(next);
    const event = { dropped, added: stored };
    if (dropped.length > 0 || stored.length > 0) for (const listener of this.listeners) listener.onHead?.(event);
    return event;
  }

  /** Reads the heads again after the store went back to what it was: dropped and added are told as of any reorg. */
  reload(): void {
    const before: StoredBlock[] = [];
    const [old, heads] = [this.heads.unsafe, this.store.getJson<Heads>(HEADS)!];
    for (let number = old.number; number >= 0; number--) {
      const block = this.requireBlockAt(number);
      if (number <= heads.unsafe.number && this.tables.hashAt(number) === block.hash) break;
      before.push(block);
    }
    const fork = old.number - before.length;
    this.moveTo(heads);
    const added: StoredBlock[] = [];
    for (let number = fork + 1; number <= heads.unsafe.number; number++) added.push(this.requireBlockAt(number));
    if (before.length + added.length === 0) return;
    for (const listener of this.listeners) listener.onHead?.({ dropped: before, added });
  }

  /** Moves the safe and finalized heads along the canonical chain. */
  async setHeads(heads: Partial<Pick<Heads, "safe" | "finalized">>, also?: (batch: WriteBatch) => void): Promise<void> {
    const safe = heads.safe ?? this.heads.safe;
    const finalized = lower(heads.finalized ?? this.heads.finalized, safe);
    invariant(safe.number <= this.heads.unsafe.number, "the safe head is not above the unsafe one");
    const next = { unsafe: this.heads.unsafe, safe, finalized };
    await this.store.write((batch) => {
      putJson(batch, HEADS, next);
      also?.(batch);
    });
    this.moveTo(next);
  }

  subscribe(listener: HeadListener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  announcePending(hash: Hex, raw: Uint8Array): void {
    for (const listener of this.listeners) listener.onPendingTransaction?.(hash, raw);
  }

  /** Ends reads; the store is closed by its owner. */
  async close(): Promise<void> {
    await this.snapshot.close();
  }

  private moveTo(heads: Heads): void {
    const old = this.snapshot;
    this.snapshot = this.store.database.snapshot();
    this.heads = heads;
    void old.close();
  }
}

export function refOf(block: ChainBlock): BlockRef {
  return { number: block.header.number, hash: block.hash };
}

function pulledBack(head: BlockRef, base: ChainBlock): BlockRef {
  return lower(head, refOf(base));
}

function lower(a: BlockRef, b: BlockRef): BlockRef {
  return a.number <= b.number ? a : b;
}
