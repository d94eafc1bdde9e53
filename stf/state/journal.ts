/*
 * The journal: what to undo. It grows down from TRANSACTION_END; transient records grow up towards it.
 * An entry is [payload][u64: record address | kind]; the lowest address is the newest. Records are multiples of 16, kinds below 16.
 */
import { copy32, zeroBytes } from "../bytes";
import { TRANSACTION, TRANSACTION_END } from "../memory";
import { Account, Slot, Transient } from "./records";

const WARM_ACCOUNT: u32 = 0;
const WARM_SLOT: u32 = 1;
const SLOT_VALUE: u32 = 2;
const TRANSIENT_NEW: u32 = 3;
const TRANSIENT_VALUE: u32 = 4;
const BALANCE: u32 = 5;
const NONCE: u32 = 6;
const CODE: u32 = 7;
const MARKS: u32 = 8;
const LOG: u32 = 9;

let top: usize = 0;
/** First free byte behind the transient records. */
export let transientEnd: usize = 0;
/** First free byte behind the logs; see logs.ts. */
export let logsEnd: usize = 0;

/**
 * Remembers the present. Free of cost; checkpoints nest and need no release.
 * @returns what `revertTo` takes.
 */
export function checkpoint(): u32 {
  return <u32>top;
}

/** Undoes every journaled change since `mark` was taken, newest first: balances, nonces, code, storage, warmth, marks, logs. */
export function revertTo(mark: u32): void {
  while (top < <usize>mark) {
    const word = <u32>load<u64>(top);
    undo(word & 15, <usize>(word & ~15));
  }
}

/** Forgets all entries and all transient records; for the start of a transaction. */
export function resetJournal(): void {
  top = TRANSACTION_END;
  transientEnd = TRANSACTION;
}

export function setLogsEnd(end: usize): void {
  logsEnd = end;
}

/** Takes `size` bytes for a transient record. */
export function takeTransient(size: usize): usize {
  const record = transientEnd;
  transientEnd = record + size;
  if (transientEnd > top) unreachable();
  return record;
}

export function noteWarmAccount(account: Account): void {
  push(0, changetype<usize>(account), WARM_ACCOUNT);
}

export function noteWarmSlot(slot: Slot): void {
  push(0, changetype<usize>(slot), WARM_SLOT);
}

export function noteSlot(slot: Slot): void {
  copy32(push(32, changetype<usize>(slot), SLOT_VALUE), changetype<usize>(slot) + offsetof<Slot>("value0"));
}

export function noteTransientNew(record: Transient): void {
  push(0, changetype<usize>(record), TRANSIENT_NEW);
}

export function noteTransient(record: Transient): void {
  copy32(
    push(32, changetype<usize>(record), TRANSIENT_VALUE),
    changetype<usize>(record) + offsetof<Transient>("value0"),
  );
}

export function noteBalance(account: Account): void {
  copy32(push(32, changetype<usize>(account), BALANCE), changetype<usize>(account) + offsetof<Account>("balance0"));
}

export function noteNonce(account: Account): void {
  store<u64>(push(8, changetype<usize>(account), NONCE), account.nonce);
}

export function noteCode(account: Account): void {
  const payload = push(40, changetype<usize>(account), CODE);
  copy32(payload, changetype<usize>(account) + offsetof<Account>("codeHash0"));
  store<u64>(payload, account.code, 32);
}

export function noteMarks(account: Account): void {
  const payload = push(16, changetype<usize>(account), MARKS);
  store<u32>(payload, account.created);
  store<u32>(payload, account.destructed, 4);
  store<u32>(payload, account.touched, 8);
}

export function noteLog(end: usize): void {
  push(0, end, LOG);
}

/** Adds an entry; returns where its payload goes. */
function push(payload: usize, record: usize, kind: u32): usize {
  top -= payload + 8;
  if (top < transientEnd) unreachable();
  store<u64>(top, <u64>((<u32>record) | kind));
  return top + 8;
}

function undo(kind: u32, record: usize): void {
  const payload = top + 8;
  top = payload;
  if (kind == WARM_ACCOUNT) {
    changetype<Account>(record).warm = 0;
  } else if (kind == WARM_SLOT) {
    changetype<Slot>(record).warm = 0;
  } else if (kind == SLOT_VALUE) {
    copy32(record + offsetof<Slot>("value0"), payload);
    top = payload + 32;
  } else if (kind == TRANSIENT_NEW) {
    zeroBytes(record + offsetof<Transient>("value0"), 32);
  } else if (kind == TRANSIENT_VALUE) {
    copy32(record + offsetof<Transient>("value0"), payload);
    top = payload + 32;
  } else if (kind == BALANCE) {
    copy32(record + offsetof<Account>("balance0"), payload);
    top = payload + 32;
  } else if (kind == NONCE) {
    changetype<Account>(record).nonce = load<u64>(payload);
    top = payload + 8;
  } else if (kind == CODE) {
    copy32(record + offsetof<Account>("codeHash0"), payload);
    changetype<Account>(record).code = <u32>load<u64>(payload, 32);
    top = payload + 40;
  } else if (kind == MARKS) {
    const account = changetype<Account>(record);
    account.created = load<u32>(payload);
    account.destructed = load<u32>(payload, 4);
    account.touched = load<u32>(payload, 8);
    top = payload + 16;
  } else {
    logsEnd = record;
  }
}
