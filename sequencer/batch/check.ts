import type { StoredBlock } from "../../node/chain/blockTables";
import type { InboxView, Program } from "../../node/engine/types";
import type { L1View } from "../../node/l1/view";
import { inboxViewOf } from "../../node/chain/inboxView";
import { ZERO_HASH, fromHex, putBatch } from "../../node/protocol";
import type { NodeStore } from "../../node/store/types";
import type { ClosedBatch } from "./records";

/** A batch that the program reads otherwise than the sequencer meant it. */
export interface Difference {
  blockNumber: number;
  expected: string;
  actual: string;
}

/**
 * Runs `stf.wasm` over a batch before it is posted, as every verifier will: each block must come out with the output root that
 * was promised to users, and nothing must come behind the last.
 * @param ahead - closed batches that L1 does not have yet, up to and with this one, in order.
 * @param blocks - what the batch has to become.
 * @returns null when all is as meant.
 */
export async function checkBatch(
  program: Program,
  nodes: NodeStore,
  view: L1View,
  ahead: readonly ClosedBatch[],
  parent: StoredBlock,
  blocks: readonly StoredBlock[],
): Promise<Difference | null> {
  const inbox = inboxAfter(view, nodes, ahead, blocks);
  let outputRoot = parent.outputRoot;
  for (const block of blocks) {
    const made = program.advance(outputRoot, inbox);
    const actual = made?.outputRoot ?? outputRoot;
    if (actual !== block.outputRoot)
      return {
        blockNumber: block.header.number,
        expected: block.outputRoot,
        actual: made === null ? "no block" : actual,
      };
    outputRoot = actual;
    await new Promise((resolve) => setImmediate(resolve));
  }
  const more = program.advance(outputRoot, inbox);
  if (more === null) return null;
  return { blockNumber: more.header.number, expected: "no block", actual: more.outputRoot };
}

/** The inbox as it will be once these batches have landed, in a block of L1 that is well within the time rules. */
function inboxAfter(
  view: L1View,
  nodes: NodeStore,
  ahead: readonly ClosedBatch[],
  blocks: readonly StoredBlock[],
): InboxView {
  const base = inboxViewOf(view);
  const records: Uint8Array[] = [];
  let previous = view.batch(view.batchCount - 1)?.record ?? ZERO_HASH;
  for (const batch of ahead) {
    previous = putBatch(nodes, batch.data, {
      previous,
      delayedCount: BigInt(batch.delayedCount),
      l1Number: BigInt((view.tip?.number ?? 0) + 1),
      l1Time: BigInt(blocks.at(-1)!.header.timestamp),
    });
    records.push(fromHex(previous));
  }
  const first = base.batchCount;
  return {
    batchCount: first + BigInt(records.length),
    delayedCount: base.delayedCount,
    batchRecord: (index) => (index < first ? base.batchRecord(index) : records[Number(index - first)]),
    messageHash: (index) => base.messageHash(index),
  };
}
