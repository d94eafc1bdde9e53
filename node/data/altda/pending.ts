import { ZERO_HASH } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import { SolventError, isErrorCode } from "../../../protocol/errors";
import { Spans } from "../../../protocol/spans";
import type { Hex } from "../../../protocol/types";
import { INBOX_ABI, type RpcLog } from "../../l1/events";
import type { L1Rpc } from "../../l1/rpc";
import { ALTDA_ABI } from "./abi";

/** Blocks under the newest one read that are read again: as deep as L1 is expected to reorganise. */
const AGAIN_BLOCKS = 64;
/** Blocks of one question for logs, at most. */
const LOG_RANGE = 1_000;

/** A batch as it was appended: what the contract's calls name it by. */
export interface Commitment {
  previous: Hex;
  chunksHash: Hex;
  delayedCount: number;
  l1Number: number;
  l1Time: number;
}

/** A batch that was appended and does not count yet. */
export interface PendingCommitment extends Commitment {
  index: number;
  record: Hex;
  forced: boolean;
  l1BlockNumber: number;
  /** Last second in which a challenge can be answered; null where nobody challenged. */
  resolveUntil: number | null;
  /** The bytes were published on L1. */
  isResolved: boolean;
}

/** What is pending after an L1 block. */
export interface PendingState {
  /** Number and time of the block. */
  l1Number: number;
  l1Time: number;
  /** Batches that count; the pending ones follow. */
  settledCount: number;
  pending: PendingCommitment[];
  /** Record that the next batch builds on; zero for the first. */
  record: Hex;
}

/**
 * Reads which batches are pending out of the Inbox's events. Keeps what it has read; a reorg deeper than it reads again, or events that do
 * not fit the contract's counts, make it begin anew.
 */
export class PendingReader {
  private readonly spans = new Spans(LOG_RANGE);
  private readonly known = new Map<number, PendingCommitment>();
  private readonly answers: { index: number; l1BlockNumber: number; resolveUntil: number | null }[] = [];
  private readUpTo: number;
  /** What was read last, and after which block. */
  private latest: { hash: Hex; state: PendingState } | null = null;

  /** @param startBlock - the first L1 block that can hold an event of the Inbox. */
  constructor(
    private readonly rpc: L1Rpc,
    private readonly inbox: Hex,
    private readonly startBlock: number,
  ) {
    this.readUpTo = startBlock - 1;
  }

  /** @throws SolventError `l1-*`; `l1-inconsistent`, to be retried, where events and counts do not fit. */
  async read(): Promise<PendingState> {
    try {
      return await this.readOnce();
    } catch (error) {
      if (isErrorCode(error, "l1-inconsistent")) this.forgetFrom(this.startBlock);
      throw error;
    }
  }

  private async readOnce(): Promise<PendingState> {
    const head = await this.rpc.send<{ number: string; hash: Hex; timestamp: string }>("eth_getBlockByNumber", [
      "latest",
      false,
    ]);
    if (this.latest?.hash === head.hash) return this.latest.state;
    const at = { blockHash: head.hash };
    const l1Number = Number(head.number);
    const call = async (data: string): Promise<string> => this.rpc.send("eth_call", [{ to: this.inbox, data }, at]);
    const [settled, appended] = await Promise.all([
      call(INBOX_ABI.encodeFunctionData("batchCount")),
      call(ALTDA_ABI.encodeFunctionData("committedCount")),
    ]);
    const [settledCount, count] = [Number(settled), Number(appended)];
    const last = ALTDA_ABI.encodeFunctionData("committedRecord", [Math.max(0, count - 1)]);
    const record = count === 0 ? ZERO_HASH : ((await call(last)) as Hex);
    this.forgetFrom(Math.max(this.startBlock, Math.min(this.readUpTo, l1Number) - AGAIN_BLOCKS + 1));
    await this.spans.each(
      this.readUpTo + 1,
      l1Number,
      (from, to) => this.readLogs(from, to),
      () => false,
    );
    const pending = Array.from({ length: count - settledCount }, (_, i) => this.known.get(settledCount + i));
    const isWhole = pending.every((batch) => batch !== undefined) && (pending.at(-1)?.record ?? record) === record;
    if (!isWhole)
      throw new SolventError(
        "l1-inconsistent",
        `L1's answers do not fit: ${count - settledCount} batches are pending after block ${l1Number}, its events tell of others`,
        { retry: true },
      );
    for (const index of this.known.keys()) if (index < settledCount - 1) this.known.delete(index);
    const found = (pending as PendingCommitment[]).map((batch) => this.answered(batch));
    const state = { l1Number, l1Time: Number(head.timestamp), settledCount, record, pending: found };
    this.latest = { hash: head.hash, state };
    return state;
  }

  /** The last batch that the events told of. */
  last(index: number): PendingCommitment | undefined {
    return this.known.get(index);
  }

  private answered(batch: PendingCommitment): PendingCommitment {
    const events = this.answers.filter(({ index }) => index === batch.index);
    const resolveUntil = events.find((event) => event.resolveUntil !== null)?.resolveUntil ?? null;
    return { ...batch, resolveUntil, isResolved: events.some((event) => event.resolveUntil === null) };
  }

  private forgetFrom(number: number): void {
    for (const { index, l1BlockNumber } of this.known.values()) if (l1BlockNumber >= number) this.known.delete(index);
    const kept = this.answers.filter(({ l1BlockNumber }) => l1BlockNumber < number);
    this.answers.splice(0, Infinity, ...kept);
    this.readUpTo = Math.min(this.readUpTo, number - 1);
    this.latest = null;
  }

  private async readLogs(from: number, to: number): Promise<void> {
    const names = ["BatchCommitted", "BatchChallenged", "BatchResolved"];
    const topics = [names.map((name) => ALTDA_ABI.getEvent(name)!.topicHash)];
    const [fromBlock, toBlock] = [from, to].map(quantity);
    const logs = await this.rpc.send<RpcLog[]>("eth_getLogs", [{ address: this.inbox, topics, fromBlock, toBlock }]);
    for (const log of logs) this.note(log);
    this.readUpTo = to;
  }

  private note(log: RpcLog): void {
    const { name, args } = ALTDA_ABI.parseLog({ topics: log.topics, data: log.data })!;
    const [index, l1BlockNumber] = [Number(args.index), Number(log.blockNumber)];
    if (name === "BatchChallenged")
      this.answers.push({ index, l1BlockNumber, resolveUntil: Number(args.resolveUntil) });
    else if (name === "BatchResolved") this.answers.push({ index, l1BlockNumber, resolveUntil: null });
    else
      this.known.set(index, {
        ...{ index, l1BlockNumber, record: args.record as Hex, forced: args.forced as boolean },
        ...{ previous: args.previousRecord as Hex, chunksHash: args.chunksHash as Hex },
        ...{ delayedCount: Number(args.delayedCount), l1Number: Number(args.l1Number), l1Time: Number(args.l1Time) },
        ...{ resolveUntil: null, isResolved: false },
      });
  }
}
