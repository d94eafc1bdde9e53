/*
 * Begin and end of a transaction: what is forgotten, what is deleted.
 */
import { TRIE_SCRATCH, TRIE_SCRATCH_END } from "../memory";
import { clearAccount, isCreated, isDestructed, settleAccount } from "./accounts";
import { resetJournal } from "./journal";
import { resetLogs } from "./logs";
import { Account, ACCOUNT_DIRTY, ACCOUNT_EXISTS } from "./records";
import { clearSlots, resetTransient } from "./storage";

/** Number of the running transaction in the block, from 1; system writes before the first one count, too. */
export let transactionNumber: u32 = 0;

/** The touched accounts of the running transaction; at most 13,928. */
const LIST: usize = TRIE_SCRATCH;
let listEnd: usize = 0;

/**
 * Starts a transaction: nothing is warm, created, destructed or touched; no transient values, no logs; the present values of
 * slots are the original ones. Every write to the state, also by the block itself, stands between this and `endTransaction`.
 */
export function beginTransaction(): void {
  transactionNumber += 1;
  resetTransient();
  resetJournal();
  resetLogs();
  listEnd = LIST;
}

/**
 * Ends a transaction: accounts that it created and selfdestructed are deleted (EIP-6780), touched empty ones, too (EIP-161).
 * Logs stay readable until the next begins. Transient values are gone; what it did can no longer be reverted.
 */
export function endTransaction(): void {
  for (let at = LIST; at < listEnd; at += 4) {
    const account = changetype<Account>(<usize>load<u32>(at));
    if (isCreated(account) && isDestructed(account)) {
      clearAccount(account);
      clearSlots(account);
      account.flags = (account.flags | ACCOUNT_DIRTY) & ~ACCOUNT_EXISTS;
    } else {
      settleAccount(account);
    }
  }
  listEnd = LIST;
  // Now, while the records stand: the end of a block writes over them.
  resetTransient();
  resetJournal();
}

/** Remembers an account for `endTransaction`; called once per account and transaction. */
export function listTouched(account: Account): void {
  if (listEnd == TRIE_SCRATCH_END) unreachable();
  store<u32>(listEnd, <u32>changetype<usize>(account));
  listEnd += 4;
}

/** For the start of a block. */
export function resetTransactions(): void {
  transactionNumber = 0;
}
