/*
 * Opening the state of a parent block and writing that of the new one.
 */
import { copy32 } from "../bytes";
import { resetAccounts, stateRoot } from "./accounts";
import { resetCodes } from "./codes";
import { resetSlots } from "./storage";
import { resetTransactions } from "./transaction";

/**
 * Starts a block on the state with the 32-byte root at `rootPtr` (any alignment; the root of the empty trie is a state, too).
 * Forgets all records of a block before; their handles are void.
 */
export function openState(rootPtr: usize): void {
  resetAccounts();
  resetSlots();
  resetCodes();
  resetTransactions();
  copy32(stateRoot, rootPtr);
}

/**
 * Ends a block: writes changed slots to their storage tries and changed accounts to the account trie; offers every node that is new in
 * the final tries to the host (hint kind 0). After it `storageRootOf` gives the new storage roots.
 * @param outRoot 32 bytes; the new state root.
 */
export function commitState(outRoot: usize): void {
  unreachable();
}
