/*
 * SELFDESTRUCT.
 */
import {
  accountOfWord,
  addBalance,
  balanceOf,
  isCreated,
  isEmpty,
  markDestructed,
  setBalance,
  subBalance,
  warm,
} from "../../state/accounts";
import { accountOf, Frame, setFault } from "../frame";
import { HALT_STATIC_VIOLATION } from "../halt";
import { copyWord, isZeroWord, setWord } from "../word";
import { GAS_COLD_ACCOUNT_ACCESS, GAS_SELF_DESTRUCT, GAS_SELF_DESTRUCT_NEW_ACCOUNT } from "../gas";

const AMOUNT: usize = memory.data(32, 32);

/**
 * 0xff SELFDESTRUCT: sends the balance to the beneficiary; an account created in this transaction is deleted at its end, and what it sends to
 * itself is burnt. STACK [.., beneficiary] -> [..]. GAS 5,000, 2,600 more for a cold beneficiary, 25,000 more where a balance brings it to life.
 * @returns the gas left, negative on a halt.
 */
export function opSelfDestruct(frame: Frame, sp: usize, gas: i64): i64 {
  if (frame.isStatic) {
    setFault(HALT_STATIC_VIOLATION);
    return -1;
  }
  gas -= GAS_SELF_DESTRUCT;
  if (gas < 0) return -1;
  const account = accountOf(frame);
  const beneficiary = accountOfWord(sp);
  if (!warm(beneficiary)) gas -= GAS_COLD_ACCOUNT_ACCESS;
  copyWord(AMOUNT, balanceOf(account));
  if (!isZeroWord(AMOUNT) && isEmpty(beneficiary)) gas -= GAS_SELF_DESTRUCT_NEW_ACCOUNT;
  if (gas < 0) return -1;
  if (beneficiary != account) {
    subBalance(account, AMOUNT);
    addBalance(beneficiary, AMOUNT);
  }
  if (isCreated(account)) {
    setWord(AMOUNT, 0, 0, 0, 0);
    setBalance(account, AMOUNT);
    markDestructed(account);
  }
  return gas;
}
