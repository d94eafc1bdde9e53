import { getBytes } from "ethers";
import type { InboxView } from "../../protocol/types";
import { invariant } from "../../protocol/errors";
import type { L1View } from "../l1/view";

/** What the program may see of L1 right now, or up to fewer batches and messages where limits are given. */
export function inboxViewOf(view: L1View, limits: { batchCount?: number; delayedCount?: number } = {}): InboxView {
  const batchCount = Math.min(view.batchCount, limits.batchCount ?? Infinity);
  const delayedCount = Math.min(view.delayedCount, limits.delayedCount ?? Infinity);
  return {
    batchCount: BigInt(batchCount),
    delayedCount: BigInt(delayedCount),
    batchRecord(index) {
      const batch = view.batch(Number(index));
      invariant(batch !== undefined && index < batchCount, `batch ${index} is past the inbox limit`);
      return getBytes(batch.record);
    },
    messageHash(index) {
      const message = view.message(Number(index));
      invariant(message !== undefined && index < delayedCount, `message ${index} is past the inbox limit`);
      return getBytes(message.hash);
    },
  };
}
