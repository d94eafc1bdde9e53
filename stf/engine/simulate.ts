/*
 * Operation simulate: a block of messages that nobody signed, on an open environment. Its own writes, the messages' effects and its roots
 * are those of a block; what makes a message valid is less (geth's eth_simulateV1).
 */
import { copyBytes } from "../bytes";
import { applyAuthorizations } from "../block/authorizations";
import { beginBlock, record, sealBlock } from "../block/block";
import { decodeTransaction, transaction, TX_MAX_FEE, TX_MAX_TIP } from "../block/decode";
import { hasSucceeded, runMessage, runTransaction, SENDER, settleGas, warmUp } from "../block/execute";
import { setNoRequests } from "../block/header";
import { intrinsicGas } from "../block/intrinsic";
import { INVALID_FUNDS, VALID } from "../block/invalid";
import { canPay } from "../block/validate";
import { ENV_BASE_FEE, ENV_GAS_PRICE } from "../evm/environment";
import { setTracing, TRACE_LOGS, TRACE_NONE } from "../evm/trace";
import { copyWord, isZeroWord, setWord } from "../evm/word";
import { Account, accountAt, beginTransaction, endTransaction, setNonce } from "../state/state";
import { checkMessage, noteOutcome } from "./call";

const baseFee = memory.data(32, 32);

/** Starts the block whose environment was opened and whose accounts were overridden. @param isL1 Writes the beacon root, too. */
export function beginSimulation(isL1: bool): void {
  setNoRequests();
  beginBlock(isL1);
}

/**
 * Runs a message and adds it to the block; `callResult` has what came of it.
 * @param sender 20 bytes. @param message `length` bytes as for `runCall`.
 * @param raw `rawLength` bytes that stay until the block is sealed: the message as the block shows it, of type `type`.
 * @param isFree A message that offers no fee pays none, whatever the base fee.
 * @returns VALID, or why it is refused: `refusal` has the operands.
 */
export function simulateMessage(
  sender: usize,
  message: usize,
  length: u32,
  raw: usize,
  rawLength: u32,
  type: u32,
  isFree: bool,
): u32 {
  let code = decodeTransaction(message, length);
  copyBytes(SENDER, sender, 20);
  if (code != VALID) return code;
  transaction.hasChainId = 0;
  transaction.nonce = 0;
  const paysNothing = isFree && isZeroWord(TX_MAX_FEE) && isZeroWord(TX_MAX_TIP);
  copyWord(baseFee, ENV_BASE_FEE);
  if (paysNothing) setWord(ENV_BASE_FEE, 0, 0, 0, 0);
  code = checkMessage();
  copyWord(ENV_BASE_FEE, baseFee);
  if (code != VALID) return code;
  const account = accountAt(SENDER);
  if (!canPay(account)) return INVALID_FUNDS;
  beginTransaction();
  setTracing(TRACE_LOGS);
  const gasUsed = paysNothing ? runUnpaid(account) : runTransaction(account);
  setTracing(TRACE_NONE);
  noteOutcome(gasUsed);
  endTransaction();
  record(raw, rawLength, type, hasSucceeded(), gasUsed, 0);
  return VALID;
}

/** Seals the block; its header is the last hint of kind 3. */
export function sealSimulation(): void {
  sealBlock(0, 0);
}

/** As `runTransaction`, but no gas is bought. */
function runUnpaid(sender: Account): u64 {
  setWord(ENV_GAS_PRICE, 0, 0, 0, 0);
  const nonce = sender.nonce;
  setNonce(sender, nonce + 1);
  warmUp(sender);
  const refund = transaction.authorizationCount != 0 ? applyAuthorizations() : 0;
  runMessage(sender, nonce, transaction.gasLimit - intrinsicGas());
  return settleGas(transaction.gasLimit, refund);
}
