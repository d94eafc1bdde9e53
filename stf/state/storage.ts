/*
 * Storage slots and transient storage. Keys and values are words (little-endian limbs).
 */
import { copy32, isEqual32, reverse32, zeroBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { SLOT_BUCKETS, SLOTS, SLOTS_END, TRANSACTION, TRANSIENT_BUCKETS } from "../memory";
import { trieGet, trieValue } from "../trie/get";
import { storageRootOf } from "./accounts";
import { decodeWord } from "./codec";
import { noteSlot, noteTransient, noteTransientNew, noteWarmSlot, takeTransient, transientEnd } from "./journal";
import { mapFind, mapForget, mapInsert } from "./map";
import { Account, ACCOUNT_HAS_WRITES, Slot, SLOT_DIRTY, SLOT_LOADED, Transient } from "./records";
import { transactionNumber } from "./transaction";

const SLOT_BITS: u32 = 15;
const TRANSIENT_BITS: u32 = 16;

/** Gas of the first access to a slot in a transaction (EIP-2929). */
const COLD_SLOT: i64 = 2100;

let slotsEnd: usize = 0;
const keyBytes = memory.data(32, 32);

/** The slot of `account` with the key (a word) at `keyPtr`; its value is not read yet. The handle is good for the block. */
export function slotAt(account: Account, keyPtr: usize): Slot {
  const k0 = load<u64>(keyPtr);
  const k1 = load<u64>(keyPtr, 8);
  const k2 = load<u64>(keyPtr, 16);
  const k3 = load<u64>(keyPtr, 24);
  const owner = <u32>changetype<usize>(account);
  const found = mapFind(SLOT_BUCKETS, SLOT_BITS, owner, k0, k1, k2, k3);
  if (found != 0) return changetype<Slot>(found);
  const at = slotsEnd;
  if (at == SLOTS_END) unreachable();
  slotsEnd = at + offsetof<Slot>();
  mapInsert(SLOT_BUCKETS, SLOT_BITS, at, owner, k0, k1, k2, k3);
  const slot = changetype<Slot>(at);
  slot.warm = 0;
  slot.originalIn = 0;
  slot.flags = 0;
  slot.next = account.slots;
  account.slots = <u32>at;
  return slot;
}

/**
 * Whether `gas` pays for an access to the slot: it is warm, or the gas covers a cold one. As `isWithinReach` of accounts.ts: it is asked before
 * `slotAt`, which makes a record.
 */
export function isSlotWithinReach(account: Account, keyPtr: usize, gas: i64): bool {
  if (gas >= COLD_SLOT) return true;
  const owner = <u32>changetype<usize>(account);
  const k0 = load<u64>(keyPtr);
  const k1 = load<u64>(keyPtr, 8);
  const found = mapFind(SLOT_BUCKETS, SLOT_BITS, owner, k0, k1, load<u64>(keyPtr, 16), load<u64>(keyPtr, 24));
  return found != 0 && isWarmSlot(changetype<Slot>(found));
}

/** Pointer to the present value, a word; read only, good until the next write to the slot. */
export function slotValue(slot: Slot): usize {
  if (!(slot.flags & SLOT_LOADED)) loadSlot(slot);
  return changetype<usize>(slot) + offsetof<Slot>("value0");
}

/** Pointer to the value at the start of the transaction, a word; read only. */
export function slotOriginal(slot: Slot): usize {
  if (slot.originalIn == transactionNumber) return changetype<usize>(slot) + offsetof<Slot>("original0");
  return slotValue(slot);
}

/** Sets the value; journaled. `valuePtr`: a word. */
export function setSlot(slot: Slot, valuePtr: usize): void {
  const value = slotValue(slot);
  if (isEqual32(value, valuePtr)) return;
  if (slot.originalIn != transactionNumber) {
    slot.originalIn = transactionNumber;
    copy32(changetype<usize>(slot) + offsetof<Slot>("original0"), value);
  }
  noteSlot(slot);
  copy32(value, valuePtr);
  slot.flags |= SLOT_DIRTY;
  changetype<Account>(<usize>slot.owner).flags |= ACCOUNT_HAS_WRITES;
}

/** In the set of accessed storage keys of this transaction. */
export function isWarmSlot(slot: Slot): bool {
  return slot.warm == transactionNumber;
}

/**
 * Adds it to the accessed storage keys; journaled.
 * @returns whether it was warm before.
 */
export function warmSlot(slot: Slot): bool {
  if (slot.warm == transactionNumber) return true;
  noteWarmSlot(slot);
  slot.warm = transactionNumber;
  return false;
}

/** Writes the transient value (a word) of `account` at the key (a word) to `outPtr`; zero if never set in this transaction. */
export function transientGet(account: Account, keyPtr: usize, outPtr: usize): void {
  const found = findTransient(account, keyPtr);
  if (found != 0) copy32(outPtr, found + offsetof<Transient>("value0"));
  else zeroBytes(outPtr, 32);
}

/** Sets the transient value; journaled. `keyPtr`, `valuePtr`: words. */
export function transientSet(account: Account, keyPtr: usize, valuePtr: usize): void {
  let at = findTransient(account, keyPtr);
  if (at != 0) {
    noteTransient(changetype<Transient>(at));
  } else {
    at = takeTransient(offsetof<Transient>());
    const owner = <u32>changetype<usize>(account);
    const k0 = load<u64>(keyPtr);
    const k1 = load<u64>(keyPtr, 8);
    mapInsert(TRANSIENT_BUCKETS, TRANSIENT_BITS, at, owner, k0, k1, load<u64>(keyPtr, 16), load<u64>(keyPtr, 24));
    noteTransientNew(changetype<Transient>(at));
  }
  copy32(at + offsetof<Transient>("value0"), valuePtr);
}

/** Forgets all transient values; for the start of a transaction, before the journal is reset. */
export function resetTransient(): void {
  for (let at: usize = TRANSACTION; at < transientEnd; at += offsetof<Transient>()) {
    mapForget(TRANSIENT_BUCKETS, TRANSIENT_BITS, at);
  }
}

/** Forgets all slot records; for the start of a block. */
export function resetSlots(): void {
  for (let at = SLOTS; at < slotsEnd; at += offsetof<Slot>()) mapForget(SLOT_BUCKETS, SLOT_BITS, at);
  slotsEnd = SLOTS;
}

/** The slot has another value than at the start of the block. */
export function isChanged(slot: Slot): bool {
  if (!(slot.flags & SLOT_DIRTY)) return false;
  const at = changetype<usize>(slot);
  return !isEqual32(at + offsetof<Slot>("start0"), at + offsetof<Slot>("value0"));
}

/** Sets all slots of an account to zero, for its deletion at the end of a transaction; not journaled. */
export function clearSlots(account: Account): void {
  for (let at: usize = account.slots; at != 0; at = <usize>changetype<Slot>(at).next) {
    zeroBytes(at + offsetof<Slot>("value0"), 32);
    changetype<Slot>(at).flags = SLOT_LOADED;
  }
}

function findTransient(account: Account, keyPtr: usize): usize {
  const owner = <u32>changetype<usize>(account);
  const k0 = load<u64>(keyPtr);
  const k1 = load<u64>(keyPtr, 8);
  return mapFind(TRANSIENT_BUCKETS, TRANSIENT_BITS, owner, k0, k1, load<u64>(keyPtr, 16), load<u64>(keyPtr, 24));
}

function loadSlot(slot: Slot): void {
  const at = changetype<usize>(slot);
  reverse32(keyBytes, at + offsetof<Slot>("key0"));
  keccak256(keyBytes, 32, at + offsetof<Slot>("hash0"));
  const account = changetype<Account>(<usize>slot.owner);
  const length = trieGet(storageRootOf(account), at + offsetof<Slot>("hash0"));
  decodeWord(trieValue, length, at + offsetof<Slot>("value0"));
  copy32(at + offsetof<Slot>("start0"), at + offsetof<Slot>("value0"));
  slot.flags |= SLOT_LOADED;
}
