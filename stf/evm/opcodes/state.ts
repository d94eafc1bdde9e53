/*
 * Opcodes that read accounts and blocks, and storage. Each takes the stack pointer (address of the top word) and the gas, and returns the gas
 * left, negative on a halt.
 */
import { accountAt, accountOfWord, balanceOf, codeHashOf, isEmpty, isWithinReach, warm } from "../../state/accounts";
import { codeOf } from "../../state/codes";
import {
  isSlotWithinReach,
  setSlot,
  slotAt,
  slotOriginal,
  slotValue,
  transientGet,
  transientSet,
  warmSlot,
} from "../../state/storage";
import { environment } from "../environment";
import { accountOf, Frame, refunds, setFault, setRefunds } from "../frame";
import { HALT_STATIC_VIOLATION } from "../halt";
import { TRACING } from "../trace";
import { knownHash } from "../hashes";
import { copyWord, isEqualWord, isZeroWord, saturatedU64, setWord, wordFromBytes } from "../word";
import {
  GAS_CALL_STIPEND,
  GAS_COLD_ACCOUNT_ACCESS,
  GAS_COLD_SLOAD,
  GAS_STORAGE_SET,
  GAS_STORAGE_UPDATE,
  GAS_WARM_ACCESS,
  REFUND_STORAGE_CLEAR,
} from "../gas";

const HISTORY_WINDOW: u64 = 8191;
const HISTORY_SERVED: u64 = 256;

/** 0x31 BALANCE. STACK [.., address] -> [.., balance]. GAS 100, or 2,600 for a cold account. */
export function opBalance(sp: usize, gas: i64): i64 {
  if (!isWithinReach(sp, gas)) return -1;
  const account = accountOfWord(sp);
  gas -= warm(account) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
  if (gas >= 0) copyWord(sp, balanceOf(account));
  return gas;
}

/** 0x3b EXTCODESIZE. STACK [.., address] -> [.., bytes]. GAS 100, or 2,600 for a cold account. */
export function opExtCodeSize(sp: usize, gas: i64): i64 {
  if (!isWithinReach(sp, gas)) return -1;
  const account = accountOfWord(sp);
  gas -= warm(account) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
  if (gas >= 0) setWord(sp, u64(codeOf(account).length), 0, 0, 0);
  return gas;
}

/** 0x3f EXTCODEHASH: zero for an account that does not exist. STACK [.., address] -> [.., hash]. GAS 100, or 2,600 for a cold account. */
export function opExtCodeHash(sp: usize, gas: i64): i64 {
  if (!isWithinReach(sp, gas)) return -1;
  const account = accountOfWord(sp);
  gas -= warm(account) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
  if (gas < 0) return -1;
  if (isEmpty(account)) setWord(sp, 0, 0, 0, 0);
  else wordFromBytes(sp, codeHashOf(account));
  return gas;
}

/** Address of the history contract. */
const HISTORY: usize = memory.data<u8>([
  0x00, 0x00, 0xf9, 0x08, 0x27, 0xf1, 0xc5, 0x3a, 0x10, 0xcb, 0x7a, 0x02, 0x33, 0x5b, 0x17, 0x53, 0x20, 0x00, 0x29,
  0x35,
]);

/**
 * 0x40 BLOCKHASH: hash of one of the last 256 blocks, else zero; read from the storage of the history contract, which it does not warm.
 * STACK [.., number] -> [.., hash]. GAS 20, taken by the interpreter.
 */
export function opBlockHash(sp: usize): void {
  const number = saturatedU64(sp);
  const now = environment.number;
  if (number >= now || now - number > HISTORY_SERVED) return setWord(sp, 0, 0, 0, 0);
  setWord(sp, number % HISTORY_WINDOW, 0, 0, 0);
  copyWord(sp, slotValue(slotAt(accountAt(HISTORY), sp)));
  if (TRACING) knownHash(sp, number);
}

/** 0x54 SLOAD. STACK [.., key] -> [.., value]. GAS 100, or 2,100 for a cold slot. */
export function opSload(frame: Frame, sp: usize, gas: i64): i64 {
  const account = accountOf(frame);
  if (!isSlotWithinReach(account, sp, gas)) return -1;
  const slot = slotAt(account, sp);
  gas -= warmSlot(slot) ? GAS_WARM_ACCESS : GAS_COLD_SLOAD;
  if (gas >= 0) copyWord(sp, slotValue(slot));
  return gas;
}

/**
 * 0x55 SSTORE. STACK [.., value, key] -> [..].
 * GAS 100 if the value stays or the slot was changed before, 20,000 to fill an empty slot, 2,900 to change another; 2,100 more for
 * a cold slot; refunds 4,800 for clearing and what restoring the original value gives back. Out of gas with 2,300 or less left.
 */
export function opSstore(frame: Frame, sp: usize, gas: i64): i64 {
  if (frame.isStatic) {
    setFault(HALT_STATIC_VIOLATION);
    return -1;
  }
  if (gas <= GAS_CALL_STIPEND) return -1;
  const slot = slotAt(accountOf(frame), sp);
  if (!warmSlot(slot)) gas -= GAS_COLD_SLOAD;
  const value = sp + 32;
  const current = slotValue(slot);
  if (isEqualWord(current, value)) return gas - GAS_WARM_ACCESS;
  const original = slotOriginal(slot);
  let refund: i64 = 0;
  if (isEqualWord(original, current)) {
    const wasEmpty = isZeroWord(original);
    gas -= wasEmpty ? GAS_STORAGE_SET : GAS_STORAGE_UPDATE;
    if (!wasEmpty && isZeroWord(value)) refund = REFUND_STORAGE_CLEAR;
  } else {
    gas -= GAS_WARM_ACCESS;
    if (!isZeroWord(original)) {
      if (isZeroWord(current)) refund = -REFUND_STORAGE_CLEAR;
      else if (isZeroWord(value)) refund = REFUND_STORAGE_CLEAR;
    }
    if (isEqualWord(original, value))
      refund += isZeroWord(original) ? GAS_STORAGE_SET - GAS_WARM_ACCESS : GAS_STORAGE_UPDATE - GAS_WARM_ACCESS;
  }
  if (gas < 0) return -1;
  setRefunds(refunds + refund);
  setSlot(slot, value);
  return gas;
}

/** 0x5c TLOAD. STACK [.., key] -> [.., value]. GAS 100, taken by the interpreter. */
export function opTload(frame: Frame, sp: usize): void {
  transientGet(accountOf(frame), sp, sp);
}

/** 0x5d TSTORE. STACK [.., value, key] -> [..]. GAS 100. */
export function opTstore(frame: Frame, sp: usize, gas: i64): i64 {
  if (frame.isStatic) {
    setFault(HALT_STATIC_VIOLATION);
    return -1;
  }
  gas -= GAS_WARM_ACCESS;
  if (gas >= 0) transientSet(accountOf(frame), sp, sp + 32);
  return gas;
}
