import type { StoredBlock } from "../../node/chain/blockTables";
import type { Chain } from "../../node/chain/chain";
import { inboxViewOf } from "../../node/chain/inboxView";
import { sliceInbox, type AdvanceJob, type AdvanceResult, type InboxSlice } from "../../node/engine/threads";
import type { PendingBatch } from "../../node/data/batchData";
import type { L1View } from "../../node/l1/view";
import { ZERO_HASH, decodeCursor, fromHex, putBatch } from "../../protocol";
import type { InboxView, NodeStore } from "../../protocol/types";
import { invariant, isErrorCode } from "../../protocol/errors";
import type { ClosedBatch } from "./records";

/** A batch that the program reads otherwise than the sequencer meant it. */
export interface Difference {
  /** The first block that differs. */
  blockNumber: number;
  /** Output root that was promised, and the one that the program makes; "no block" where a side has none. */
  expected: string;
  actual: string;
}

/** What a batch is checked against. */
export interface CheckedChain {
  chain: Chain;
  view: L1View;
  /** Seconds; 0 is no bound. */
  maxDelay: number;
  /** Batches that L1 has and that do not count yet. */
  pending: readonly PendingBatch[];
}

/** A batch behind those that count; its blocks tell when it may land, where L1 does not have it yet. */
export type BatchAhead = Pick<ClosedBatch, "index" | "delayedCount" | "data"> &
  Partial<Pick<ClosedBatch, "firstBlock" | "lastBlock">>;

/** Runs `stf.wasm`, in another thread: the sequencer goes on taking in transactions meanwhile. */
export type Advance = (job: AdvanceJob) => Promise<AdvanceResult>;

/**
 * Runs `stf.wasm` over the last of these batches before it is posted, as every verifier will: each block must come out with the output
 * root that was promised to users, and nothing must come behind the last.
 * @param ahead - closed batches that L1 does not have yet, up to and with the one to check, in order and without a gap.
 * @returns null when all is as meant.
 */
export async function checkBatch(
  advance: Advance,
  checked: CheckedChain,
  ahead: readonly ClosedBatch[],
): Promise<Difference | null> {
  const { chain } = checked;
  const { firstBlock, lastBlock } = ahead.at(-1)!;
  const parent = chain.requireBlockAt(firstBlock - 1);
  const blocks = Array.from({ length: lastBlock - firstBlock + 1 }, (_, i) => chain.requireBlockAt(firstBlock + i));
  const senders = blocks.flatMap(({ hash }) =>
    chain.tables.rawTransactions(hash).map((raw, i) => ({ raw, from: chain.tables.sender(hash, i) })),
  );
  const preimages: [Uint8Array, Uint8Array][] = [];
  const nodes = { get: () => undefined, put: (...pair: [Uint8Array, Uint8Array]) => void preimages.push(pair) };
  const inbox = sliceFor(inboxAfter(checked, ahead, nodes), parent, ahead.at(-1)!.delayedCount);
  const job = { outputRoot: parent.outputRoot, inbox, preimages, senders, runs: blocks.length + 1 };
  const made = await runs(advance, job);
  for (let i = 0; i <= blocks.length; i++) {
    const expected = i < blocks.length ? blocks[i].outputRoot : "no block";
    const actual = i < made.length ? made[i] : "no block";
    if (actual !== expected) return { blockNumber: firstBlock + i, expected, actual };
  }
  return null;
}

/** Output roots in order; a run in which the program traps ends them with the reason why. */
async function runs(advance: Advance, job: AdvanceJob): Promise<string[]> {
  try {
    return await advance(job);
  } catch (error) {
    if (!isErrorCode(error, "program-trapped")) throw error;
  }
  for (let count = 1, made: string[] = []; ; count++)
    try {
      made = await advance({ ...job, runs: count });
    } catch (error) {
      if (!isErrorCode(error, "program-trapped")) throw error;
      return [...made, (error as Error).message];
    }
}

/** What runs behind `parent` can ask of an inbox, up to so many messages. */
export function sliceFor(inbox: InboxView, parent: StoredBlock, delayedCount: number): InboxSlice {
  const { batch, delayed } = decodeCursor(parent.header.extraData);
  return sliceInbox(inbox, { firstBatch: batch, firstMessage: delayed, messageEnd: BigInt(delayedCount) });
}

/**
 * The inbox as it will be once these batches count behind what does: where L1 has them, as it has them; the others each in a block of L1
 * that is well within the time rules.
 * @param ahead - the first is the next that does not count. @param nodes - gets what stands behind their records.
 */
export function inboxAfter(checked: CheckedChain, ahead: readonly BatchAhead[], nodes: NodeStore): InboxView {
  const { view } = checked;
  const now = inboxViewOf(view);
  const records: Uint8Array[] = [];
  let previous = view.batch(view.batchCount - 1)?.record ?? ZERO_HASH;
  for (const [i, batch] of ahead.entries()) {
    invariant(batch.index === view.batchCount + i, "batches ahead follow what counts");
    const { l1Number, l1Time } = landing(checked, batch);
    previous = putBatch(nodes, batch.data, {
      previous,
      delayedCount: BigInt(batch.delayedCount),
      l1Number: BigInt(l1Number),
      l1Time: BigInt(l1Time),
    });
    records.push(fromHex(previous));
  }
  return {
    batchCount: now.batchCount + BigInt(records.length),
    delayedCount: now.delayedCount,
    batchRecord: (index) => (index < now.batchCount ? now.batchRecord(index) : records[Number(index - now.batchCount)]),
    messageHash: (index) => now.messageHash(index),
  };
}

/** The block of L1 that a batch is in, or may land in. */
function landing(
  { chain, view, maxDelay, pending }: CheckedChain,
  { index, firstBlock, lastBlock }: BatchAhead,
): { l1Number: number; l1Time: number } {
  const there = pending.find((one) => one.index === index);
  if (there !== undefined) return there;
  const [first, last] = [firstBlock!, lastBlock!].map((number) => chain.requireBlockAt(number).header.timestamp);
  // As late as the last block, unless its first one would be too old then.
  const l1Time = maxDelay === 0 ? last : Math.min(last, first + maxDelay);
  return { l1Number: (view.tip?.number ?? 0) + 1, l1Time };
}
