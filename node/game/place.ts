import type { Hex } from "../chain/types";
import { ZERO_HASH, concatBytes, fromHex, keccak256, tag, toHex, word } from "../protocol";
import type { At, InboxState, Level, Origin } from "./types";

const TAG_MUTUAL = tag("mutual");
const TAG_EDGE = tag("edge");
const TAG_PREFIX = tag("prefix");
const TAG_ORIGIN = tag("origin");
const TAG_INBOX = tag("inboxState");
const TAG_ASSERTION = tag("assertion");

/** Prefix of a tree's root: nothing stands to its left. */
export const EMPTY_PREFIX: Hex = ZERO_HASH;
/** Claim of all edges but root edges below level 0. */
export const NO_CLAIM: Hex = ZERO_HASH;

/** What rivals have in common: the whole past. Twin of `Places.mutualId`; the claim is not part of it. */
export function mutualId(at: At): Hex {
  return hash(TAG_MUTUAL, word(at.level), fromHex(at.origin), word(at.height), word(at.index), fromHex(at.prefix));
}

/** The edge itself. Twin of `Places.edgeId`. */
export function edgeId(at: At, root: Hex): Hex {
  return hash(TAG_EDGE, fromHex(mutualId(at)), fromHex(root), fromHex(at.claim));
}

/** Place of the left half. */
export function leftOf(at: At): At {
  return { ...at, height: at.height - 1, index: at.index * 2, claim: NO_CLAIM };
}

/** Place of the right half: the left one joins the prefix. */
export function rightOf(at: At, left: Hex): At {
  const prefix = chainPrefix(at.prefix, left);
  return { ...at, height: at.height - 1, index: at.index * 2 + 1, prefix, claim: NO_CLAIM };
}

/** The prefix after passing one more left sibling. */
export function chainPrefix(prefix: Hex, left: Hex): Hex {
  return hash(TAG_PREFIX, fromHex(prefix), fromHex(left));
}

/** Twin of `Places.originHash`. */
export function originHash(origin: Origin): Hex {
  return hash(TAG_ORIGIN, fromHex(origin.above), fromHex(origin.start), fromHex(origin.inbox));
}

/** Twin of `Places.inboxHash`. */
export function inboxHash(inbox: InboxState): Hex {
  const counted = [word(inbox.batchCount), fromHex(inbox.lastBatch), word(inbox.delayedCount)];
  return hash(TAG_INBOX, ...counted, fromHex(inbox.lastDelayed));
}

/** Id of the assertion that everything starts from. */
export function genesisAssertion(outputRoot: Hex): Hex {
  return hash(TAG_ASSERTION, fromHex(outputRoot));
}

/** Place of a tree's root: an assertion (level 0, no claim) or a root edge that claims the leaf edge `claim`. */
export function rootPlace(level: Level, origin: Origin, height: number, claim: Hex = NO_CLAIM): At {
  return { level, origin: originHash(origin), height, index: 0, prefix: EMPTY_PREFIX, claim };
}

function hash(...parts: Uint8Array[]): Hex {
  return toHex(keccak256(concatBytes(...parts)));
}
