import type { Hex } from "../chain/types";

/** An account as its leaf in the state trie. */
export interface AccountState {
  nonce: bigint;
  balance: bigint;
  storageRoot: Hex;
  codeHash: Hex;
}

/** Reads any state whose nodes are stored, by root. Throws SolventError `state-missing` where a node is absent. */
export interface StateReader {
  account(stateRoot: Hex, address: Hex): AccountState | null;
  /** @param slot - 32 bytes. @returns a 32-byte word. */
  storage(storageRoot: Hex, slot: Hex): Hex;
  code(codeHash: Hex): Hex;
  /** Merkle proof of an account: trie nodes from the root down, also of its absence. */
  accountProof(stateRoot: Hex, address: Hex): Hex[];
  storageProof(storageRoot: Hex, slot: Hex): Hex[];
}
