import type { Hex } from "../../node/chain/types";
import { EMPTY_TRIE_ROOT, fromHex } from "../../node/protocol";
import { decodeAccount } from "../../node/state/reader";
import type { NodeStore } from "../../node/store/types";
import { trieDiff } from "./trieDiff";

/** How much the sum of all balances changes from one state to another, in wei. */
export function supplyChange(nodes: NodeStore, before: Hex, after: Hex): bigint {
  let change = 0n;
  for (const leaf of trieDiff(nodes, before, after)) {
    if (leaf.before !== null) change -= decodeAccount(leaf.before).balance;
    if (leaf.after !== null) change += decodeAccount(leaf.after).balance;
  }
  return change;
}

/** Every account of a state with a balance: hash of its address, and wei. */
export function balances(nodes: NodeStore, stateRoot: Hex): { addressHash: Uint8Array; balance: bigint }[] {
  const found: { addressHash: Uint8Array; balance: bigint }[] = [];
  for (const { path, after } of trieDiff(nodes, EMPTY_TRIE_ROOT, stateRoot)) {
    const { balance } = decodeAccount(after!);
    if (balance > 0n) found.push({ addressHash: fromHex(`0x${path}`), balance });
  }
  return found;
}
