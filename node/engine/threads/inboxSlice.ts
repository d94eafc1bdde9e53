import { invariant } from "../../../protocol/errors";
import type { InboxView } from "../../../protocol/types";

/** A part of an inbox as plain data, for another thread; the counts are of all of it. */
export interface InboxSlice {
  batchCount: bigint;
  delayedCount: bigint;
  firstBatch: bigint;
  batchRecords: Uint8Array[];
  firstMessage: bigint;
  messageHashes: Uint8Array[];
}

/** Batches from `firstBatch` on, and messages from `firstMessage` up to `messageEnd`, as far as there are any. */
export function sliceInbox(
  inbox: InboxView,
  { firstBatch, firstMessage, messageEnd }: { firstBatch: bigint; firstMessage: bigint; messageEnd: bigint },
): InboxSlice {
  const { batchCount, delayedCount } = inbox;
  const list = (first: bigint, end: bigint, read: (index: bigint) => Uint8Array): Uint8Array[] =>
    Array.from({ length: Math.max(0, Number(end - first)) }, (_, i) => read(first + BigInt(i)));
  return {
    ...{ batchCount, delayedCount, firstBatch, firstMessage },
    batchRecords: list(firstBatch, batchCount, (index) => inbox.batchRecord(index)),
    messageHashes: list(firstMessage, messageEnd < delayedCount ? messageEnd : delayedCount, (index) =>
      inbox.messageHash(index),
    ),
  };
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
