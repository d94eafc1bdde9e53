import { SolventError, invariant } from "../../protocol/errors";
import { corrupted, type WriteBatch } from "../store/database";
import { keyNumber, numberKey, tableRange, type Table } from "../store/keys";
import { putJson, type Store } from "../store/store";
import type { L1Batch, L1Message } from "./types";
import type { L1Block } from "../../protocol/types";

interface Meta {
  tip: L1Block | null;
  finalized: L1Block | null;
  batchCount: number;
  delayedCount: number;
}

const META = "l1";
/** Checkpoints deeper than this under the tip are thinned out by half whenever their number doubles. */
const DENSE_BLOCKS = 1_024;

/**
 * What this node knows of L1: batches and messages of the inbox up to a tip, and enough block hashes to find the fork point of
 * a reorg. Kept in memory and in the store, changed by whole updates only.
 */
export class L1View {
  private meta!: Meta;
  private batches: L1Batch[] = [];
  private messages: L1Message[] = [];
  /** Block hashes by number, ascending. */
  private checkpoints: L1Block[] = [];
  /** Grows with every change: what follows from the view is up to date or not. */
  private changes = 0;

  private constructor(private readonly store: Store) {}

  /** @throws SolventError `store-corrupted` when entries are missing. */
  static async load(store: Store): Promise<L1View> {
    const view = new L1View(store);
    await view.reload();
    return view;
  }

  /** Reads all of it from the store, as `load`. */
  async reload(): Promise<void> {
    const { store } = this;
    const meta = store.getJson<Meta>(META) ?? { tip: null, finalized: null, batchCount: 0, delayedCount: 0 };
    const { tip, batchCount, delayedCount } = meta;
    const batches = Array.from({ length: batchCount }, (_, i) => this.entry<L1Batch>("batch", i));
    const messages = Array.from({ length: delayedCount }, (_, i) => this.entry<L1Message>("message", i));
    const checkpoints: L1Block[] = [];
    for (const [key, value] of await store.database.range(...tableRange("l1Block")))
      if (tip !== null && keyNumber(key) <= tip.number) checkpoints.push(JSON.parse(value.toString()) as L1Block);
    if (tip !== null && checkpoints.at(-1)?.hash !== tip.hash)
      throw corrupted(store.database.path, "the L1 tip's checkpoint is missing");
    Object.assign(this, { meta, batches, messages, checkpoints });
    this.changes++;
  }

  private entry<T>(table: Table, index: number): T {
    const value = this.store.get(numberKey(table, index));
    if (value === undefined) throw corrupted(this.store.database.path, `${table} ${index} is missing`);
    return JSON.parse(value.toString()) as T;
  }

  get tip(): L1Block | null {
    return this.meta.tip;
  }

  get finalized(): L1Block | null {
    return this.meta.finalized;
  }

  /** A number that grows with every change, from 0 when the process begins. */
  get revision(): number {
    return this.changes;
  }

  get batchCount(): number {
    return this.batches.length;
  }

  get delayedCount(): number {
    return this.messages.length;
  }

  batch(index: number): L1Batch | undefined {
    return this.batches[index];
  }

  message(index: number): L1Message | undefined {
    return this.messages[index];
  }

  /** How many batches stand in L1 blocks up to this number. */
  batchCountAt(l1BlockNumber: number): number {
    return countUpTo(this.batches, l1BlockNumber);
  }

  /** How many delayed messages stand in L1 blocks up to this number. */
  delayedCountAt(l1BlockNumber: number): number {
    return countUpTo(this.messages, l1BlockNumber);
  }

  /** The newest known block at or under that number; null below all. */
  knownAt(number: number): L1Block | null {
    return this.checkpoints.findLast((block) => block.number <= number) ?? null;
  }

  /** Known blocks, newest first. */
  *ancestors(): Generator<L1Block> {
    for (let i = this.checkpoints.length - 1; i >= 0; i--) yield this.checkpoints[i];
  }

  /** Whether a block is one of the known ancestors of the tip, or the tip. */
  has(block: Pick<L1Block, "number" | "hash">): boolean {
    for (const known of this.ancestors()) {
      if (known.number < block.number) return false;
      if (known.number === block.number) return known.hash === block.hash;
    }
    return false;
  }

  /**
   * Drops everything above `keep`, then appends. One atomic write; memory changes only after it.
   * @param blocks - ascending, each above `keep`; the last becomes the tip.
   */
  async apply(
    keep: L1Block | null,
    blocks: readonly L1Block[],
    batches: readonly L1Batch[],
    messages: readonly L1Message[],
    finalized: L1Block | null,
  ): Promise<void> {
    const keepNumber = keep?.number ?? -1;
    const batchCount = this.batchCountAt(keepNumber);
    const delayedCount = this.delayedCountAt(keepNumber);
    batches.forEach((batch, i) => invariant(batch.index === batchCount + i, "batches are consecutive"));
    messages.forEach((message, i) => invariant(message.index === delayedCount + i, "messages are consecutive"));
    const meta: Meta = {
      tip: blocks.at(-1) ?? keep,
      finalized,
      batchCount: batchCount + batches.length,
      delayedCount: delayedCount + messages.length,
    };
    const droppedBlocks = this.checkpoints.filter((block) => block.number > keepNumber);
    const thinned = this.thinnable(meta.tip?.number ?? 0);
    await this.store.write((write) => {
      for (const block of [...droppedBlocks, ...thinned]) write.del(numberKey("l1Block", block.number));
      for (let i = batchCount; i < this.batches.length; i++) write.del(numberKey("batch", i));
      for (let i = delayedCount; i < this.messages.length; i++) write.del(numberKey("message", i));
      for (const block of blocks) putEntry(write, "l1Block", block.number, block);
      for (const batch of batches) putEntry(write, "batch", batch.index, batch);
      for (const message of messages) putEntry(write, "message", message.index, message);
      putJson(write, META, meta);
    });
    const gone = new Set(thinned);
    this.checkpoints = this.checkpoints.filter((block) => block.number <= keepNumber && !gone.has(block));
    this.checkpoints.push(...blocks);
    this.batches.length = batchCount;
    this.batches.push(...batches);
    this.messages.length = delayedCount;
    this.messages.push(...messages);
    this.meta = meta;
    this.changes++;
  }

  private thinnable(tipNumber: number): L1Block[] {
    if (this.checkpoints.length < 2 * DENSE_BLOCKS) return [];
    const old = this.checkpoints.filter((block, i) => i > 0 && block.number < tipNumber - DENSE_BLOCKS);
    return old.filter((_, i) => i % 2 === 1);
  }

  /** The tip. @throws SolventError `l1-unknown` before the first block was read. */
  requireTip(): L1Block {
    if (this.meta.tip === null) throw new SolventError("l1-unknown", "no L1 block was read yet", { retry: true });
    return this.meta.tip;
  }
}

function putEntry(write: WriteBatch, table: Table, index: number, value: unknown): void {
  write.put(numberKey(table, index), Buffer.from(JSON.stringify(value)));
}

function countUpTo(entries: readonly { l1BlockNumber: number }[], l1BlockNumber: number): number {
  let low = 0;
  let high = entries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle].l1BlockNumber <= l1BlockNumber) low = middle + 1;
    else high = middle;
  }
  return low;
}
