import type { Hex } from "../protocol/types";
import { hashWords } from "./history/hashing";
import type { InboxState, Origin } from "./types";

/** Twin of `Names.originHash`. */
export function originHash(origin: Origin): Hex {
  return hashWords("origin", origin.above, origin.start, origin.inbox);
}

/** Twin of `Names.inboxHash`. */
export function inboxHash(inbox: InboxState): Hex {
  return hashWords("inboxState", inbox.batchCount, inbox.lastBatch, inbox.delayedCount, inbox.lastDelayed);
}

/** Id of the assertion that everything starts from. */
export function genesisAssertion(outputRoot: Hex): Hex {
  return hashWords("assertion", outputRoot);
}
