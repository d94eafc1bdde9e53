/*
 * State overrides of calls: accounts as they would be. Between `beginOverrides` and `endOverrides`.
 * REQUEST_ADDRESS, REQUEST_KEY and REQUEST_VALUE say which and what.
 */
import { reverse32 } from "../bytes";
import { EMPTY_ROOT_0, EMPTY_ROOT_1, EMPTY_ROOT_2, EMPTY_ROOT_3 } from "../state/records";
import {
  Account,
  accountAt,
  beginTransaction,
  endTransaction,
  setBalance,
  setCode,
  setNonce,
  setSlot,
  slotAt,
} from "../state/state";
import { clearSlots } from "../state/storage";
import { REQUEST_ADDRESS, REQUEST_KEY, REQUEST_VALUE } from "./layout";

const key = memory.data(32, 32);
const value = memory.data(32, 32);

export function beginOverrides(): void {
  beginTransaction();
}

export function endOverrides(): void {
  endTransaction();
}

export function overrideBalance(): void {
  reverse32(value, REQUEST_VALUE);
  setBalance(account(), value);
}

export function overrideNonce(nonce: u64): void {
  setNonce(account(), nonce);
}

/** @param bytes Its `length` bytes, at most 229,376. */
export function overrideCode(bytes: usize, length: u32): void {
  setCode(account(), bytes, length);
}

/** Empties the account's storage. */
export function clearStorage(): void {
  const at = account();
  clearSlots(at);
  at.storageRoot0 = EMPTY_ROOT_0;
  at.storageRoot1 = EMPTY_ROOT_1;
  at.storageRoot2 = EMPTY_ROOT_2;
  at.storageRoot3 = EMPTY_ROOT_3;
}

export function overrideSlot(): void {
  reverse32(key, REQUEST_KEY);
  reverse32(value, REQUEST_VALUE);
  setSlot(slotAt(account(), key), value);
}

function account(): Account {
  return accountAt(REQUEST_ADDRESS);
}
