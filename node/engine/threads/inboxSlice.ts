import { invariant } from "../../../protocol/errors";
import type { Cursor, InboxView } from "../../../protocol/types";

/** A run makes one block: of the batch at the cursor, or of the next one where that is used up. */
const BATCHES_A_RUN = 3n;
/** Messages that a block can consume, from above: each takes 21,000 gas at least. */
const MESSAGES_A_RUN = 1_500n;

/** A part of an inbox as plain data, for another thread; the counts are of all of it. */
export interface InboxSlice {
  batchCount: bigint;
  delayedCount: bigint;
  firstBatch: bigint;
  batchRecords: Uint8Array[];
  firstMessage: bigint;
  messageHashes: Uint8Array[];
}

/** Where a part of an inbox begins and ends; without an end of its batches it has all that there are. */
interface SliceBounds {
  firstBatch: bigint;
  batchEnd?: bigint;
  firstMessage: bigint;
  messageEnd: bigint;
}

/** Batches from `firstBatch` up to `batchEnd`, and messages from `firstMessage` up to `messageEnd`, as far as there are any. */
export function sliceInbox(
  inbox: InboxView,
  { firstBatch, batchEnd = inbox.batchCount, firstMessage, messageEnd }: SliceBounds,
): InboxSlice {
  const { batchCount, delayedCount } = inbox;
  const list = (first: bigint, end: bigint, read: (index: bigint) => Uint8Array): Uint8Array[] =>
    Array.from({ length: Math.max(0, Number(end - first)) }, (_, i) => read(first + BigInt(i)));
  return {
    ...{ batchCount, delayedCount, firstBatch, firstMessage },
    batchRecords: list(firstBatch, least(batchEnd, batchCount), (index) => inbox.batchRecord(index)),
    messageHashes: list(firstMessage, least(messageEnd, delayedCount), (index) => inbox.messageHash(index)),
  };
}

/** What one run of the program can ask for behind this cursor. */
export function sliceOfRun(inbox: InboxView, { batch, delayed }: Cursor): InboxSlice {
  const batches = { firstBatch: batch, batchEnd: batch + BATCHES_A_RUN };
  return sliceInbox(inbox, { ...batches, firstMessage: delayed, messageEnd: delayed + MESSAGES_A_RUN });
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}

/** The slice as the program asks for it; an index outside is a bug of whoever cut it. */
export function viewOfSlice(slice: InboxSlice): InboxView {
  const { batchCount, delayedCount, firstBatch, firstMessage } = slice;
  const at = (list: readonly Uint8Array[], first: bigint, index: bigint, what: string): Uint8Array => {
    const found = list[Number(index - first)] as Uint8Array | undefined;
    invariant(found !== undefined, `${what} ${index} is not in the slice of the inbox`);
    return found;
  };
  return {
    batchCount,
    delayedCount,
    batchRecord: (index) => at(slice.batchRecords, firstBatch, index, "batch"),
    messageHash: (index) => at(slice.messageHashes, firstMessage, index, "message"),
  };
}
