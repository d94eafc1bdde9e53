import type { Hex } from "../../protocol/types";
import { fromHex, toHex } from "../../protocol";
import type { WriteBatch } from "../../node/store/database";
import { keyNumber, numberKey, tableRange } from "../../node/store/keys";
import { pack, unpack } from "../../node/store/pack";
import type { Store } from "../../node/store/store";

/** What the sequencer keeps of each block it built, until its batch is final on L1. */
export interface BlockRecord {
  /** The block's bytes in the batch. */
  body: Uint8Array;
  blockHash: Hex;
  /** Hash of the last message consumed up to this block; empty when none was. */
  lastMessage: Hex;
}

/** A batch that is complete: its bytes are on disk before they are sent. */
export interface ClosedBatch {
  index: number;
  firstBlock: number;
  lastBlock: number;
  lastBlockHash: Hex;
  /** Messages consumed after the last block, and the hash of the last of them (zero when none). */
  delayedCount: number;
  lastMessage: Hex;
  data: Uint8Array;
}

/** The sequencer's own tables: bodies of blocks by number, closed batches by index. */
export class SequencerRecords {
  private readonly batches = new Map<number, ClosedBatch>();

  private constructor(private readonly store: Store) {}

  static async load(store: Store): Promise<SequencerRecords> {
    const records = new SequencerRecords(store);
    await records.reload();
    return records;
  }

  /** Reads what the store has. */
  async reload(): Promise<void> {
    this.batches.clear();
    for (const [key, value] of await this.store.database.range(...tableRange("posted"))) {
      const [meta, data] = unpack(value);
      this.batches.set(keyNumber(key), { ...(JSON.parse(meta.toString()) as Omit<ClosedBatch, "data">), data });
    }
  }

  putBlock(batch: WriteBatch, number: number, record: BlockRecord): void {
    const parts = [record.body, fromHex(record.blockHash), fromHex(record.lastMessage)];
    batch.put(numberKey("blockBody", number), pack(parts));
  }

  block(number: number): BlockRecord | undefined {
    const value = this.store.get(numberKey("blockBody", number));
    if (value === undefined) return undefined;
    const [body, blockHash, lastMessage] = unpack(value);
    return { body, blockHash: toHex(blockHash), lastMessage: toHex(lastMessage) };
  }

  /** All blocks that are kept, in order. */
  async blocks(): Promise<BlockRecord[]> {
    const rows = await this.store.database.range(...tableRange("blockBody"));
    return rows.map(([key]) => this.block(keyNumber(key))!);
  }

  batch(index: number): ClosedBatch | undefined {
    return this.batches.get(index);
  }

  /** Closed batches in order. */
  all(): ClosedBatch[] {
    return [...this.batches.values()].sort((a, b) => a.index - b.index);
  }

  /** Writes a batch to disk; returns when it is there. */
  async close(batch: ClosedBatch): Promise<void> {
    const { data, ...meta } = batch;
    const value = pack([Buffer.from(JSON.stringify(meta)), data]);
    await this.store.write((write) => write.put(numberKey("posted", batch.index), value), { sync: true });
    this.batches.set(batch.index, batch);
  }

  async drop(indices: readonly number[]): Promise<void> {
    if (indices.length === 0) return;
    await this.store.write((write) => indices.forEach((index) => write.del(numberKey("posted", index))));
    for (const index of indices) this.batches.delete(index);
  }

  /** Forgets what is final on L1: batches up to `index` and their blocks. */
  async prune(index: number): Promise<void> {
    const gone = this.all().filter((batch) => batch.index <= index);
    if (gone.length === 0) return;
    await this.store.write((write) => {
      for (const batch of gone) {
        write.del(numberKey("posted", batch.index));
        for (let number = batch.firstBlock; number <= batch.lastBlock; number++)
          write.del(numberKey("blockBody", number));
      }
    });
    for (const batch of gone) this.batches.delete(batch.index);
  }
}
