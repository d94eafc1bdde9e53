import type { Logger } from "pino";
import type { StoredBlock } from "../../node/chain/blockTables";
import type { Hex } from "../../protocol/types";
import type { NodeCore } from "../../actor/core";
import type { BuiltBlock } from "../../node/engine/types";
import type { OrderEnd, PendingBatch } from "../../node/data/batchData";
import { ZERO_HASH, chunksHash, decodeCursor, decodeRlp, rlpBytes, rlpList } from "../../protocol";
import type { WriteBatch } from "../../node/store/database";
import { OverlayStore } from "../../node/engine/overlay";
import { viewOfSlice } from "../../node/engine/threads";
import { checkBatch, inboxAfter, sliceFor, type CheckedChain, type Difference } from "../batch/check";
import type { Question } from "../../actor/evidence";
import { OpenBatch } from "../batch/openBatch";
import { SequencerRecords, type BlockRecord, type ClosedBatch } from "../batch/records";
import type { PlacedBlock } from "./builder";

/** Of a block that stands in a batch already: its place there is no question any more. */
const NO_BODY = new Uint8Array(0);

/** A batch that the program seems to read otherwise than it was built, with what it takes to ask both sides again. */
export interface Doubt {
  difference: Difference;
  question: Question;
  /** What both sides read from. */
  nodes: OverlayStore;
}

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
  /** The order on L1 as it was seen last; null before. */
  private end: OrderEnd | null = null;

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

  /** Reads what the store has; the open batch is made anew. Chain and view are up to date. */
  async reload(): Promise<void> {
    await this.records.reload();
    [this.open, this.openHead] = [new OpenBatch(-1), null];
    this.reopen();
  }

  /** Closed batches that L1 does not have yet, in order. */
  ahead(): ClosedBatch[] {
    return this.records.all().filter((batch) => batch.index >= this.core.view.batchCount);
  }

  /** Takes note of what the order on L1 ends with. */
  note(end: OrderEnd): void {
    this.end = end;
  }

  /** The first pending batch that is none of those here: it was forced in, or another sequencer's, and nothing is built on it; null where there is none. */
  get foreign(): PendingBatch | null {
    const isForeign = ({ index, chunksHash: hash }: PendingBatch): boolean => {
      const own = this.records.batch(index);
      return index >= this.core.view.batchCount && (own === undefined || chunksHash(own.data) !== hash);
    };
    return this.end?.pending.find(isForeign) ?? null;
  }

  /** Whether all in front of that batch that does not count yet is here. */
  isNext({ index }: PendingBatch): boolean {
    const { view } = this.core;
    return this.ahead().filter((batch) => batch.index < index).length === index - view.batchCount;
  }

  /**
   * Makes the blocks of a pending batch, as the program will when it counts, and keeps it like one of those closed here. What was built in
   * its place was dropped before (`reconcile`), and all of its messages are known.
   * @param data - its bytes. @throws SolventError `program-trapped`, `preimage-missing`.
   */
  async takeIn({ index, delayedCount }: PendingBatch, data: Uint8Array): Promise<void> {
    const { chain, store, program } = this.core;
    const before = this.ahead().filter((batch) => batch.index < index);
    const inbox = inboxAfter(this.checked, [...before, { index, delayedCount, data }], store.nodes);
    const firstBlock = chain.unsafe.number + 1;
    for (;;) {
      const parent = chain.requireBlockAt(chain.unsafe.number);
      const block = program.advance(parent.outputRoot, inbox);
      if (block === null) break;
      const { header, blockHash, cursor } = block;
      const record = { body: NO_BODY, blockHash, lastMessage: this.lastMessage(Number(cursor.delayed)) };
      const also = (write: WriteBatch): void => this.records.putBlock(write, header.number, record);
      await chain.extend(parent.header.number, [{ block }], {}, { also });
    }
    const { number: lastBlock, hash: lastBlockHash } = chain.unsafe;
    const lastMessage = this.lastMessage(delayedCount);
    await this.records.close({ index, firstBlock, lastBlock, lastBlockHash, delayedCount, lastMessage, data });
    this.log.info({ batch: index, firstBlock, lastBlock }, "a batch that does not count yet is built on");
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
    const senders = new Map(candidates.map((entry) => [entry.hash, entry.from]));
    if (this.open.blockCount === 1) this.openedAt = Date.now();
    await this.write(this.core.chain.unsafe.number, built, senders, also);
    this.openHead = built.blockHash;
  }

  /**
   * Writes a block that another process built under the same key, in the place of all above its parent. What is open here is as it was:
   * `reconcile` makes it anew.
   * @param also - as for `commit`.
   */
  adopt(built: BuiltBlock, also: (batch: WriteBatch) => void): Promise<void> {
    return this.write(built.header.number - 1, built, new Map(), also);
  }

  /** Keeps the bytes of a block that stands on the chain already. */
  async keep(number: number, record: BlockRecord): Promise<void> {
    if (this.records.block(number)?.blockHash === record.blockHash) return;
    await this.core.store.write((write) => this.records.putBlock(write, number, record));
  }

  /** Keeps a batch that another process closed. Its last block stands on the chain. */
  async adoptBatch(batch: ClosedBatch): Promise<void> {
    if (this.records.batch(batch.index)?.lastBlockHash !== batch.lastBlockHash) await this.records.close(batch);
  }

  /** What is kept of block `number`; undefined where it was not built under this key, or is final on L1. */
  record(number: number): BlockRecord | undefined {
    return this.records.block(number);
  }

  /** Hash of the last of so many messages; zero of none. */
  lastMessage(delayed: number): Hex {
    return delayed === 0 ? ZERO_HASH : this.core.view.message(delayed - 1)!.hash;
  }

  /** Takes out of the open batch a block that was put there and will not be written. */
  abandon(): void {
    this.reopen();
  }

  private async write(
    parent: number,
    built: BuiltBlock,
    senders: Map<Hex, Hex>,
    also: (batch: WriteBatch) => void,
  ): Promise<void> {
    const { header, body, blockHash } = built;
    const lastMessage = this.lastMessage(Number(built.cursor.delayed));
    const putAll = (write: WriteBatch): void => {
      this.records.putBlock(write, header.number, { body, blockHash, lastMessage });
      also(write);
    };
    await this.core.chain.extend(parent, [{ block: built, senders }], {}, { sync: true, also: putAll });
  }

  /** Seconds of L2's clock from the open batch's first block to a time; 0 while it is empty. */
  spanSeconds(timestamp: number): number {
    if (this.open.isEmpty) return 0;
    const { chain } = this.core;
    return timestamp - chain.requireBlockAt(chain.unsafe.number - this.open.blockCount + 1).header.timestamp;
  }

  /** Drops block `number` and all above it: its bytes in the batch do not make it. */
  async drop(number: number): Promise<void> {
    await this.core.chain.extend(number - 1, []);
    this.reopen();
  }

  /**
   * Closes the open batch: checks it with the program, writes it down, begins the next.
   * @param before - what has to be done before it is closed for good; where it throws, the batch stays open.
   * @returns null when that is done; else what the program reads otherwise than it was built: the batch stays open.
   */
  async close(before: (batch: ClosedBatch) => Promise<void>): Promise<Doubt | null> {
    if (this.open.isEmpty) return null;
    const { chain } = this.core;
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
    const ahead = [...this.ahead(), batch];
    const difference = await checkBatch((job) => this.core.longRuns.advance(job), this.checked, ahead);
    if (difference !== null) return this.doubt(difference, ahead);
    await before(batch);
    await this.records.close(batch);
    this.log.info({ batch: batch.index, firstBlock, lastBlock, bytes: batch.data.length }, "batch closed");
    this.open = new OpenBatch(batch.index + 1);
    this.openHead = null;
    return null;
  }

  private get checked(): CheckedChain {
    const { chain, view, system } = this.core;
    return { chain, view, maxDelay: system.maxDelay, pending: this.end?.pending ?? [] };
  }

  private doubt(difference: Difference, ahead: readonly ClosedBatch[]): Doubt {
    const { chain, store } = this.core;
    const nodes = new OverlayStore(store.nodes);
    const { blockNumber } = difference;
    const parent = chain.requireBlockAt(blockNumber - 1);
    const { batch, segment, offset } = decodeCursor(
      chain.requireBlockAt(Math.min(blockNumber, chain.unsafe.number)).header.extraData,
    );
    const body = blockNumber > chain.unsafe.number ? undefined : this.records.block(blockNumber)?.body;
    const built = body === undefined ? null : { batch, segment, offset: offset - body.length, body };
    const inbox = viewOfSlice(sliceFor(inboxAfter(this.checked, ahead, nodes), parent, ahead.at(-1)!.delayedCount));
    return { difference, nodes, question: { parentOutputRoot: parent.outputRoot, inbox, built } };
  }

  /**
   * Whether everything unsafe can land where it was built for, as far as the view of L1 tells. Where it cannot, `reconcile` comes first.
   * @param now - as there.
   */
  isInLine(now: number): boolean {
    return this.lastValid(now).valid === this.core.chain.unsafe.number && !this.isOpenStale();
  }

  /**
   * Brings the batches in line with L1 and the chain (after derivation): unsafe blocks that can no longer land where they were
   * built for are dropped.
   * @param now - L1's time in seconds; blocks too old to be posted are dropped, too.
   */
  async reconcile(now: number): Promise<void> {
    const { chain } = this.core;
    const { valid: keep, reason } = this.lastValid(now);
    if (keep < chain.unsafe.number) {
      this.log.warn(
        { from: chain.unsafe.number, to: keep, reason },
        "unsafe blocks cannot land any more: building them anew",
      );
      await chain.extend(keep, []);
    }
    // Also those whose number on L1 another batch took: what prunes them would prune the blocks that came instead.
    const stale = this.records.all().filter((batch) => chain.blockAt(batch.lastBlock)?.hash !== batch.lastBlockHash);
    await this.records.drop(stale.map((batch) => batch.index));
    this.reopen();
    await this.prune();
  }

  /** Transactions of blocks that were built and dropped before this process began: the pool takes back what is valid. */
  async orphans(): Promise<Uint8Array[]> {
    const { chain } = this.core;
    const built = await this.records.blocks();
    return built
      .filter(({ blockHash }) => chain.blockBy(blockHash) === undefined)
      .flatMap(({ body }) => transactionsOf(body));
  }

  /** The last unsafe block that can still land where it was built for, and why the one behind it cannot. */
  private lastValid(now: number): { valid: number; reason: string } {
    const { chain, view } = this.core;
    const { foreign } = this;
    let valid = chain.safe.number;
    let index = view.batchCount;
    for (let number = valid + 1; number <= chain.unsafe.number; number++) {
      const block = chain.requireBlockAt(number);
      const batch = Number(decodeCursor(block.header.extraData).batch);
      const isNextBatch = batch === index + 1 && number > chain.safe.number + 1;
      if (batch !== index && !isNextBatch) return { valid, reason: `built for batch ${batch}, L1 is at ${index}` };
      if (foreign !== null && batch >= foreign.index)
        return { valid, reason: `L1 has another batch ${foreign.index} pending` };
      const reason = this.obstacle(block, batch, now);
      if (reason !== null) return { valid, reason };
      index = batch;
      valid = number;
    }
    return { valid, reason: "" };
  }

  private obstacle(block: StoredBlock, batch: number, now: number): string | null {
    const { view, system } = this.core;
    const record = this.records.block(block.header.number);
    if (record?.blockHash !== block.hash) return "its bytes are not kept";
    const delayed = Number(decodeCursor(block.header.extraData).delayed);
    if (delayed > 0 && view.message(delayed - 1)?.hash !== record.lastMessage) return "L1 took back its messages";
    // What was appended has its time already, whenever it counts.
    if (batch < (this.end?.count ?? 0)) return null;
    if (this.isClosedWithout(batch, this.overdueCount(now))) return "its batch leaves out messages that are overdue";
    // A margin of a tenth leaves time for the batch to land.
    const isTooOld = system.maxDelay > 0 && block.header.timestamp + 0.9 * system.maxDelay < now;
    return isTooOld ? "too old to land in time" : null;
  }

  /** Whether that batch is closed, as it stands on the chain, and consumes fewer messages. */
  private isClosedWithout(index: number, messages: number): boolean {
    const closed = this.records.batch(index);
    if (closed === undefined || closed.delayedCount >= messages) return false;
    return this.core.chain.blockAt(closed.lastBlock)?.hash === closed.lastBlockHash;
  }

  /** Messages that are consumed, or that no batch is taken without. */
  private overdueCount(now: number): number {
    const { view, system } = this.core;
    let count = view.batch(view.batchCount - 1)?.delayedCount ?? 0;
    if (system.overdueAfter === null) return count;
    while (count < view.delayedCount && view.message(count)!.l1Time + system.overdueAfter <= now) count++;
    return count;
  }

  /** Makes the open batch from the blocks behind the last closed one. */
  private reopen(): void {
    const { chain } = this.core;
    if (!this.isOpenStale()) return;
    const { index, first, count } = this.openRange();
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

  /** What the open batch has to hold: its number, its first block and how many there are. */
  private openRange(): { index: number; first: number; count: number } {
    const { chain, view } = this.core;
    const closed = this.ahead().at(-1);
    const first = closed === undefined ? chain.safe.number + 1 : closed.lastBlock + 1;
    const index = closed === undefined ? view.batchCount : closed.index + 1;
    return { index, first, count: chain.unsafe.number - first + 1 };
  }

  private isOpenStale(): boolean {
    const { index, count } = this.openRange();
    const isSame = this.open.blockCount === count && (count === 0 || this.openHead === this.core.chain.unsafe.hash);
    return this.open.index !== index || !isSame;
  }

  /** Forgets what is final on L1. */
  async prune(): Promise<void> {
    const { view } = this.core;
    if (view.finalized !== null) await this.records.prune(view.batchCountAt(view.finalized.number) - 1);
  }
}

function transactionsOf(body: Uint8Array): Uint8Array[] {
  if (body.length === 0) return [];
  return rlpList(rlpList(decodeRlp(body), 3)[2]).map((raw) => rlpBytes(raw));
}
