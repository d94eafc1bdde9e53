import type { Logger } from "pino";
import type { StoredBlock } from "../../node/chain/blockTables";
import type { Hex } from "../../node/chain/types";
import type { NodeCore } from "../../node/core";
import { DEPOSIT_TYPE, ZERO_HASH, decodeCursor } from "../../node/protocol";
import type { WriteBatch } from "../../node/store/database";
import { checkBatch } from "../batch/check";
import { OpenBatch } from "../batch/openBatch";
import { SequencerRecords, type ClosedBatch } from "../batch/records";
import type { PlacedBlock } from "./builder";

/**
 * The sequencer's blocks that L1 does not have yet: closed batches on their way, and the open one. After every change on L1
 * `reconcile` says which of them can still land at the place they were built for, and drops the others.
 * INVARIANT: unsafe blocks above the safe head = blocks of the closed batches from `view.batchCount` on, then the open batch's.
 */
export class Ledger {
  open: OpenBatch;
  /** Wall clock when the open batch got its first block, in milliseconds. */
  private openedAt = 0;
  /** Hash of the open batch's last block; null while it is empty. */
  private openHead: Hex | null = null;

  private constructor(
    private readonly core: NodeCore,
    private readonly records: SequencerRecords,
    private readonly log: Logger,
  ) {
    this.open = new OpenBatch(core.view.batchCount);
  }

  static async load(core: NodeCore, log: Logger): Promise<Ledger> {
    return new Ledger(core, await SequencerRecords.load(core.store), log);
  }

  /** Closed batches that L1 does not have yet, in order. */
  ahead(): ClosedBatch[] {
    return this.records.all().filter((batch) => batch.index >= this.core.view.batchCount);
  }

  /** Age of the open batch's first block in milliseconds; 0 while it is empty. */
  ageMs(): number {
    return this.open.isEmpty ? 0 : Date.now() - this.openedAt;
  }

  /**
   * Writes a block that was put into the open batch; nobody has seen it before this returns.
   * @param also - further writes of the same moment.
   */
  async commit({ built, candidates }: PlacedBlock, also: (batch: WriteBatch) => void): Promise<void> {
    const { chain, view } = this.core;
    const senders = new Map(candidates.map((entry) => [entry.hash, entry.from]));
    const number = built.header.number;
    const delayed = Number(built.cursor.delayed);
    const lastMessage = delayed === 0 ? ZERO_HASH : view.message(delayed - 1)!.hash;
    if (this.open.blockCount === 1) this.openedAt = Date.now();
    await chain.extend(
      chain.unsafe.number,
      [{ block: built, senders }],
      {},
      {
        sync: true,
        also: (write) => {
          this.records.putBlock(write, number, { body: built.body, blockHash: built.blockHash, lastMessage });
          also(write);
        },
      },
    );
    this.openHead = built.blockHash;
  }

  /**
   * Closes the open batch: checks it with the program, writes it down, begins the next.
   * @returns false when the program reads it otherwise than it was built; the batch stays open, and must never be posted.
   */
  async close(): Promise<boolean> {
    if (this.open.isEmpty) return true;
    const { chain, view, program, store } = this.core;
    const lastBlock = chain.unsafe.number;
    const firstBlock = lastBlock - this.open.blockCount + 1;
    const last = chain.requireBlockAt(lastBlock);
    const batch: ClosedBatch = {
      index: this.open.index,
      firstBlock,
      lastBlock,
      lastBlockHash: last.hash,
      delayedCount: Number(decodeCursor(last.header.extraData).delayed),
      lastMessage: this.records.block(lastBlock)!.lastMessage,
      data: this.open.encode(),
    };
    const blocks: StoredBlock[] = [];
    for (let number = firstBlock; number <= lastBlock; number++) blocks.push(chain.requireBlockAt(number));
    const ahead = [...this.ahead(), batch];
    const parent = chain.requireBlockAt(firstBlock - 1);
    const difference = await checkBatch(program, store.nodes, view, ahead, parent, blocks);
    if (difference !== null) {
      this.log.fatal({ batch: batch.index, ...difference }, "engine and program differ: nothing more is posted");
      return false;
    }
    await this.records.close(batch);
    this.log.info({ batch: batch.index, firstBlock, lastBlock, bytes: batch.data.length }, "batch closed");
    this.open = new OpenBatch(batch.index + 1);
    this.openHead = null;
    return true;
  }

  /**
   * Brings the batches in line with L1 and the chain (after derivation): unsafe blocks that can no longer land where they were
   * built for are dropped.
   * @param now - L1's time in seconds; blocks too old to be posted are dropped, too.
   * @returns transactions of dropped blocks, in order, to go back into the pool.
   */
  async reconcile(now: number): Promise<Uint8Array[]> {
    const { chain } = this.core;
    const keep = this.lastValid(now);
    const returned: Uint8Array[] = [];
    for (let number = keep + 1; number <= chain.unsafe.number; number++)
      for (const raw of chain.tables.rawTransactions(chain.requireBlockAt(number).hash))
        if (raw[0] !== DEPOSIT_TYPE) returned.push(Uint8Array.from(raw));
    if (keep < chain.unsafe.number) {
      this.log.warn({ from: chain.unsafe.number, to: keep }, "unsafe blocks cannot land any more: building them anew");
      await chain.extend(keep, []);
    }
    const stale = this.ahead().filter((batch) => chain.blockAt(batch.lastBlock)?.hash !== batch.lastBlockHash);
    await this.records.drop(stale.map((batch) => batch.index));
    this.reopen();
    await this.prune();
    return returned;
  }

  /** Number of the last unsafe block that can still land where it was built for. */
  private lastValid(now: number): number {
    const { chain, view, system } = this.core;
    let valid = chain.safe.number;
    let index = view.batchCount;
    for (let number = valid + 1; number <= chain.unsafe.number; number++) {
      const block = chain.requireBlockAt(number);
      const record = this.records.block(number);
      const cursor = decodeCursor(block.header.extraData);
      const batch = Number(cursor.batch);
      const isNextBatch = batch === index + 1 && number > chain.safe.number + 1;
      if (record?.blockHash !== block.hash || (batch !== index && !isNextBatch)) break;
      const delayed = Number(cursor.delayed);
      if (delayed > 0 && view.message(delayed - 1)?.hash !== record.lastMessage) break;
      // A margin of a tenth leaves time for the batch to land.
      if (system.maxDelay > 0 && block.header.timestamp + 0.9 * system.maxDelay < now) break;
      index = batch;
      valid = number;
    }
    return valid;
  }

  /** Makes the open batch from the blocks behind the last closed one. */
  private reopen(): void {
    const { chain, view } = this.core;
    const closed = this.ahead().at(-1);
    const index = closed === undefined ? view.batchCount : closed.index + 1;
    const first = closed === undefined ? chain.safe.number + 1 : closed.lastBlock + 1;
    const count = chain.unsafe.number - first + 1;
    const isSame = this.open.blockCount === count && (count === 0 || this.openHead === chain.unsafe.hash);
    if (this.open.index === index && isSame) return;
    this.open = new OpenBatch(index);
    this.openedAt = Date.now();
    for (let number = first; number <= chain.unsafe.number; number++) {
      const cursor = decodeCursor(chain.requireBlockAt(number).header.extraData);
      const { body } = this.records.block(number)!;
      const place = { batch: Number(cursor.batch), segment: cursor.segment, offset: cursor.offset - body.length };
      if (!this.open.append(body, place)) throw new Error(`bug: block ${number} does not fit where it was built for`);
    }
    this.openHead = count === 0 ? null : chain.unsafe.hash;
  }

  /** Forgets what is final on L1. */
  private async prune(): Promise<void> {
    const { view } = this.core;
    if (view.finalized !== null) await this.records.prune(view.batchCountAt(view.finalized.number) - 1);
  }
}
