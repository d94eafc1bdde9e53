import { ZERO_HASH } from "../protocol";
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

/** Where all assertions that start from this origin stand. Twin of `Names.assertionPlace`. */
export function assertionPlace(origin: Origin, height: number): Hex {
  return hashWords("mutual", 0, originHash(origin), height, 0, ZERO_HASH);
}
