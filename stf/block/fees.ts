/*
 * Who pays and who is paid. The base fee goes to the fee vault, or is burnt where the chain has none; the tip to the coinbase.
 */
import { ENV_BASE_FEE, ENV_COINBASE } from "../evm/environment";
import { setWord, subtractWords } from "../evm/word";
import { Wide } from "../evm/wide";
import { Account, accountAt, addBalance } from "../state/state";
import { FEE_VAULT, hasFeeVault } from "./context";

const amount = memory.data(32, 32);

/** out = word * factor modulo 2^256. @returns what does not fit. */
export function multiplyByU64(out: usize, word: usize, factor: u64): u64 {
  const w0 = load<u64>(word);
  const w1 = load<u64>(word, 8);
  const w2 = load<u64>(word, 16);
  const w3 = load<u64>(word, 24);
  const p0 = w0 * factor;
  let carry = Wide.high(w0, factor);
  const p1 = w1 * factor + carry;
  carry = Wide.high(w1, factor) + u64(p1 < carry);
  const p2 = w2 * factor + carry;
  carry = Wide.high(w2, factor) + u64(p2 < carry);
  const p3 = w3 * factor + carry;
  carry = Wide.high(w3, factor) + u64(p3 < carry);
  setWord(out, p0, p1, p2, p3);
  return carry;
}

/** Gives back the price of the gas that was bought and not used. */
export function refundGas(sender: Account, gas: u64, price: usize): void {
  multiplyByU64(amount, price, gas);
  addBalance(sender, amount);
}

/** Pays for `gas` at `price`: tip and base fee. */
export function payFees(gas: u64, price: usize): void {
  subtractWords(amount, price, ENV_BASE_FEE);
  multiplyByU64(amount, amount, gas);
  addBalance(accountAt(ENV_COINBASE), amount);
  if (!hasFeeVault()) return;
  multiplyByU64(amount, ENV_BASE_FEE, gas);
  addBalance(accountAt(FEE_VAULT), amount);
}
