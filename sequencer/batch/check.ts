import type { StoredBlock } from "../../node/chain/blockTables";
import type { Chain } from "../../node/chain/chain";
import { inboxViewOf } from "../../node/chain/inboxView";
import { sliceInbox, type AdvanceJob, type AdvanceResult, type InboxSlice } from "../../node/engine/threads";
import type { L1View } from "../../node/l1/view";
import { ZERO_HASH, decodeCursor, fromHex, putBatch } from "../../protocol";
import type { ClosedBatch } from "./records";

/** A batch that the program reads otherwise than the sequencer meant it. */
export interface Difference {
  blockNumber: number;
  expected: string;
  actual: string;
}

/** Runs `stf.wasm`, in another thread: the sequencer goes on taking in transactions meanwhile. */
export type Advance = (job: AdvanceJob) => Promise<AdvanceResult>;

/**
 * Runs `stf.wasm` over a batch before it is posted, as every verifier will: each block must come out with the output root that
 * was promised to users, and nothing must come behind the last.
 * @param ahead - closed batches that L1 does not have yet, up to and with this one, in order.
 * @param blocks - what the batch has to become.
 * @returns null when all is as meant.
 */
export async function checkBatch(
  advance: Advance,
  { tables }: Chain,
  view: L1View,
  ahead: readonly ClosedBatch[],
  parent: StoredBlock,
  blocks: readonly StoredBlock[],
): Promise<Difference | null> {
  const { outputRoot } = parent;
  const senders = blocks.flatMap(({ hash }) =>
    tables.rawTransactions(hash).map((raw, i) => ({ raw, from: tables.sender(hash, i) })),
  );
  const job = { outputRoot, ...inboxAfter(view, ahead, parent, blocks), senders, runs: blocks.length + 1 };
  const made = await advance(job);
  for (let i = 0; i <= blocks.length; i++) {
    const expected = i < blocks.length ? blocks[i].outputRoot : "no block";
    const actual = i < made.length ? made[i] : "no block";
    if (actual !== expected) return { blockNumber: parent.header.number + 1 + i, expected, actual };
  }
  return null;
}

/** The inbox as it will be once these batches have landed, in a block of L1 that is well within the time rules. */
function inboxAfter(
  view: L1View,
  ahead: readonly ClosedBatch[],
  parent: StoredBlock,
  blocks: readonly StoredBlock[],
): { inbox: InboxSlice; preimages: [Uint8Array, Uint8Array][] } {
  const cursor = decodeCursor(parent.header.extraData);
  const inbox = sliceInbox(inboxViewOf(view), {
    firstBatch: cursor.batch,
    firstMessage: cursor.delayed,
    messageEnd: BigInt(ahead.at(-1)!.delayedCount),
  });
  const preimages: [Uint8Array, Uint8Array][] = [];
  const nodes = {
    get: () => undefined,
    put: (hash: Uint8Array, data: Uint8Array) => void preimages.push([hash, data]),
  };
  let previous = view.batch(view.batchCount - 1)?.record ?? ZERO_HASH;
  for (const batch of ahead) {
    previous = putBatch(nodes, batch.data, {
      previous,
      delayedCount: BigInt(batch.delayedCount),
      l1Number: BigInt((view.tip?.number ?? 0) + 1),
      l1Time: BigInt(blocks.at(-1)!.header.timestamp),
    });
    inbox.batchRecords.push(fromHex(previous));
    inbox.batchCount++;
  }
  return { inbox, preimages };
}
