import type { Hex } from "../../protocol/types";
import { ZERO_HASH } from "../../protocol";
import { hashWords } from "../history/hashing";
import { originHash } from "../names";
import type { At, Level, Origin } from "./types";

export { genesisAssertion, inboxHash, originHash } from "../names";

/** Prefix of a tree's root: nothing stands to its left. */
export const EMPTY_PREFIX: Hex = ZERO_HASH;
/** Claim of all edges but root edges below level 0. */
export const NO_CLAIM: Hex = ZERO_HASH;

/** Mutual ids of places that were asked for; places never change. */
const mutualIds = new WeakMap<At, Hex>();

/** What rivals have in common: the whole past. Twin of `Names.mutualId`; the claim is not part of it. */
export function mutualId(at: At): Hex {
  let id = mutualIds.get(at);
  if (id === undefined) {
    id = hashWords("mutual", at.level, at.origin, at.height, at.index, at.prefix);
    mutualIds.set(at, id);
  }
  return id;
}

/** The edge itself. Twin of `Names.edgeId`. */
export function edgeId(at: At, root: Hex): Hex {
  return hashWords("edge", mutualId(at), root, at.claim);
}

/** Place of the left half. */
export function leftOf({ level, origin, height, index, prefix }: At): At {
  return { level, origin, height: height - 1, index: index * 2, prefix, claim: NO_CLAIM };
}

/** Place of the right half: the left one joins the prefix. */
export function rightOf(at: At, left: Hex): At {
  const { level, origin, height, index } = at;
  return {
    level,
    origin,
    height: height - 1,
    index: index * 2 + 1,
    prefix: chainPrefix(at.prefix, left),
    claim: NO_CLAIM,
  };
}

/** The prefix after passing one more left sibling. */
export function chainPrefix(prefix: Hex, left: Hex): Hex {
  return hashWords("prefix", prefix, left);
}

/** Place of a tree's root: an assertion (level 0, no claim) or a root edge that claims the leaf edge `claim`. */
export function rootPlace(level: Level, origin: Origin, height: number, claim: Hex = NO_CLAIM): At {
  return { level, origin: originHash(origin), height, index: 0, prefix: EMPTY_PREFIX, claim };
}
