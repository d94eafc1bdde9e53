/*
 * Opening the state of a parent block and writing that of the new one.
 */
import { copy32 } from "../bytes";
import { putWord, wordBytes } from "../codec/rlp";
import { ACCOUNTS, TRANSACTION } from "../memory";
import { putItem, sortItems } from "../trie/items";
import { trieUpdate } from "../trie/update";
import { accountsEnd, resetAccounts, stateRoot, storageRootOf } from "./accounts";
import { encodeAccount } from "./codec";
import { resetCodes } from "./codes";
import { Account, ACCOUNT_DIRTY, ACCOUNT_EXISTS, ACCOUNT_HAS_WRITES, Slot } from "./records";
import { isChanged, resetSlots } from "./storage";
import { resetTransactions } from "./transaction";

// The lower half of what transactions no longer need; nodes are encoded in the upper.
const ITEMS: usize = TRANSACTION;
const SLOT_ITEMS: usize = TRANSACTION + 0x100000;
const VALUES: usize = TRANSACTION + 0x200000;
const VALUE_SIZE: usize = 112;
const VALUES_END: usize = TRANSACTION + 0x700000;

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
  let items: u32 = 0;
  let values = VALUES;
  for (let at = ACCOUNTS; at < accountsEnd; at += offsetof<Account>()) {
    const account = changetype<Account>(at);
    const key = at + offsetof<Account>("hash0");
    if (!(account.flags & ACCOUNT_EXISTS)) {
      if (account.flags & ACCOUNT_DIRTY) putItem(ITEMS, items++, key, 64, 0, 0);
      continue;
    }
    if (account.flags & ACCOUNT_HAS_WRITES) commitStorage(account);
    if (!(account.flags & ACCOUNT_DIRTY)) continue;
    const length = encodeAccount(account, values);
    putItem(ITEMS, items++, key, 64, values, length);
    values += VALUE_SIZE;
  }
  if (values > VALUES_END) unreachable();
  sortItems(ITEMS, items);
  trieUpdate(stateRoot, ITEMS, items, outRoot);
}

function commitStorage(account: Account): void {
  let items: u32 = 0;
  for (let at: usize = account.slots; at != 0; at = <usize>changetype<Slot>(at).next) {
    if (!isChanged(changetype<Slot>(at))) continue;
    const word = at + offsetof<Slot>("value0");
    // The encoding takes up to 33 bytes from `original` on; neither that nor the value at the start is needed any more.
    const value = at + offsetof<Slot>("original0");
    const length = wordBytes(word) == 0 ? 0 : <u32>(putWord(value, word) - value);
    putItem(SLOT_ITEMS, items++, at + offsetof<Slot>("hash0"), 64, value, length);
  }
  if (items == 0) return;
  sortItems(SLOT_ITEMS, items);
  trieUpdate(storageRootOf(account), SLOT_ITEMS, items, storageRootOf(account));
  account.flags |= ACCOUNT_DIRTY;
}
