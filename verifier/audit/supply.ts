import type { Hex, NodeStore } from "../../protocol/types";
import { decodeAccount } from "../../node/state/reader";
import { trieDiff } from "./trieDiff";

/** What became other between two states. */
export interface StateChange {
  /** How much the sum of all balances changed, in wei. */
  supply: bigint;
  /** Hashes of the addresses of all accounts that changed, as hex digits. */
  accounts: Set<string>;
}

/** Compares two states by walking only what differs. */
export function stateChange(nodes: NodeStore, before: Hex, after: Hex): StateChange {
  const change: StateChange = { supply: 0n, accounts: new Set() };
  for (const leaf of trieDiff(nodes, before, after)) {
    if (leaf.before !== null) change.supply -= decodeAccount(leaf.before).balance;
    if (leaf.after !== null) change.supply += decodeAccount(leaf.after).balance;
    change.accounts.add(leaf.path);
  }
  return change;
}

/** How much the sum of all balances changes from one state to another, in wei. */
export function supplyChange(nodes: NodeStore, before: Hex, after: Hex): bigint {
  return stateChange(nodes, before, after).supply;
}
