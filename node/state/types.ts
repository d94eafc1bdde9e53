import type { Hex } from "../../protocol/types";

/** An account as the state trie holds it. */
export interface Account {
  nonce: bigint;
  balance: bigint;
  storageRoot: Hex;
  codeHash: Hex;
}

/** As eth_getProof answers it; proofs are lists of RLP nodes from the root. */
export interface AccountProof extends Account {
  address: Hex;
  accountProof: Hex[];
  storageProof: { key: Hex; value: bigint; proof: Hex[] }[];
}

/** Reads of one state, by its root. All throw SolventError `preimage-missing` where the store lacks a node. */
export interface StateReader {
  /** Undefined where there is no such account. */
  account(address: Hex): Account | undefined;
  /** Empty where there is none. */
  code(address: Hex): Uint8Array;
  storage(address: Hex, slot: bigint): bigint;
  proof(address: Hex, slots: readonly bigint[]): AccountProof;
}
