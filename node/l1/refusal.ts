/**
 * Why a node did not take a transaction: it has it already; the account's ether does not cover it; its nonce is used; another
 * transaction holds its nonce for a bid that is not outbid; its bid is below what L1 asks; it would revert; or something else.
 */
export type Refusal = "known" | "funds" | "nonce" | "outbid" | "fee" | "revert" | "other";

/** In this order: "replacement transaction underpriced" is no low fee. Words of geth, Hardhat, anvil, reth, Erigon, Nethermind, Besu. */
const WORDS: readonly [Refusal, RegExp][] = [
  ["known", /already known|known transaction|already imported|alreadyknown/i],
  ["funds", /insufficient\s?(funds|balance)|enough funds|upfront cost exceeds|exceeds account balance/i],
  ["nonce", /nonce (is )?too low|oldnonce|nonce.*(below|lower than)/i],
  ["outbid", /replacement.*underpriced|replacementnotallowed|replacement fee too low/i],
  ["fee", /underpriced|fee ?too ?low|less than block base fee|too low for the next block|max ?fee/i],
  ["revert", /revert/i],
];

/** What a node's words mean. */
export function refusalOf(message: string): Refusal {
  return WORDS.find(([, words]) => words.test(message))?.[0] ?? "other";
}
