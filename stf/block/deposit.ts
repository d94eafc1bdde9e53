/*
 * Deposits: transactions that L1 sends. Unsigned, free of fees; mint and nonce stand when the call fails.
 * Source: docs/spec/01-interfaces.md#deposits; semantics of the OP Stack after Regolith.
 */
import { zeroBytes } from "../bytes";
import { ENV_GAS_PRICE } from "../evm/environment";
import { accountAt, addBalance, beginTransaction, endTransaction, isPoorer, setNonce } from "../state/state";
import { record } from "./block";
import { transaction, TX_VALUE, TYPE_DEPOSIT } from "./decode";
import { hasSucceeded, runMessage, SENDER, settleGas, warmUp } from "./execute";
import { floorGas, intrinsicGas } from "./intrinsic";
import { MAX_INITCODE_BYTES, MAX_TRANSACTION_GAS } from "./validate";

/** The mint of the deposit to add, a word. The rest of it is in `transaction`, `TX_VALUE` and `SENDER`. */
export const DEPOSIT_MINT: usize = memory.data(32, 32);

/**
 * Adds the deposit to the block; its gas limit fits in what the block has left. Never invalid: what cannot run fails and uses all its gas.
 * @param raw Its `length` EIP-2718 bytes, which stay until the block is sealed.
 */
export function addDeposit(raw: usize, length: u32): void {
  beginTransaction();
  const sender = accountAt(SENDER);
  const nonce = sender.nonce;
  addBalance(sender, DEPOSIT_MINT);
  setNonce(sender, nonce + 1);
  zeroBytes(ENV_GAS_PRICE, 32);
  let gasUsed = transaction.gasLimit;
  let success: bool = false;
  if (isRunnable() && !isPoorer(sender, TX_VALUE)) {
    warmUp(sender);
    runMessage(sender, nonce, transaction.gasLimit - intrinsicGas());
    gasUsed = settleGas(transaction.gasLimit, 0);
    success = hasSucceeded();
  }
  endTransaction();
  record(raw, length, TYPE_DEPOSIT, success, gasUsed, nonce);
}

/** Gas within what one transaction needs and may have, initcode not too long. */
function isRunnable(): bool {
  if (transaction.gasLimit > MAX_TRANSACTION_GAS) return false;
  if (transaction.gasLimit < intrinsicGas() || transaction.gasLimit < floorGas()) return false;
  return !transaction.isCreate || transaction.dataLength <= MAX_INITCODE_BYTES;
}
