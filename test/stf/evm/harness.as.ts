/*
 * Test build: one message on a state written by the test. Data passes through a buffer in the engine's part of memory.
 */
import {
  environment,
  ENV_BASE_FEE,
  ENV_CHAIN_ID,
  ENV_COINBASE,
  ENV_GAS_PRICE,
  ENV_ORIGIN,
  ENV_PREV_RANDAO,
} from "../../../stf/evm/environment";
import { executeMessage, message, outcome } from "../../../stf/evm/message";
import { wordFromBytes, wordToBytes } from "../../../stf/evm/word";
import { copyBytes } from "../../../stf/bytes";
import { ENGINE } from "../../../stf/memory";
import {
  accountAt,
  beginTransaction,
  endTransaction,
  openState,
  setBalance,
  setCode,
  setNonce,
  setSlot,
  slotAt,
  slotValue,
  warm,
} from "../../../stf/state/state";

const VALUE: usize = memory.data(32, 8);
const KEY: usize = memory.data(32, 8);
/** Call data, behind the other fields. */
const INPUT: usize = ENGINE + 4096;

export function buffer(): usize {
  return ENGINE;
}

/** Opens the state behind the root in the buffer. */
export function open(): void {
  openState(ENGINE);
}

export function begin(): void {
  beginTransaction();
}

export function end(): void {
  endTransaction();
}

/** Buffer: address (32, used 20) | balance (32) | code. */
export function putAccount(nonce: u64, codeLength: u32): void {
  const account = accountAt(ENGINE);
  wordFromBytes(VALUE, ENGINE + 32);
  setBalance(account, VALUE);
  setNonce(account, nonce);
  if (codeLength != 0) setCode(account, ENGINE + 64, codeLength);
}

/** Buffer: address | key | value. */
export function putSlot(): void {
  wordFromBytes(KEY, ENGINE + 32);
  wordFromBytes(VALUE, ENGINE + 64);
  setSlot(slotAt(accountAt(ENGINE), KEY), VALUE);
}

/** Buffer: address | key; writes the value behind them. */
export function getSlot(): void {
  wordFromBytes(KEY, ENGINE + 32);
  wordToBytes(ENGINE + 64, slotValue(slotAt(accountAt(ENGINE), KEY)));
}

/** Buffer: caller | to | value | chain id | base fee | coinbase | prevRandao; call data at 4,096. Returns the halt. */
export function call(gas: i64, inputLength: u32, isCreate: u32, number: u64, timestamp: u64, gasLimit: u64): u32 {
  environment.number = number;
  environment.timestamp = timestamp;
  environment.gasLimit = gasLimit;
  wordFromBytes(VALUE, ENGINE + 64);
  wordFromBytes(ENV_CHAIN_ID, ENGINE + 96);
  wordFromBytes(ENV_BASE_FEE, ENGINE + 128);
  wordFromBytes(ENV_GAS_PRICE, ENGINE + 128);
  copyBytes(ENV_ORIGIN, ENGINE, 20);
  copyBytes(ENV_COINBASE, ENGINE + 160, 20);
  wordFromBytes(ENV_PREV_RANDAO, ENGINE + 192);
  message.gas = gas;
  message.caller = ENGINE;
  message.to = ENGINE + 32;
  message.value = VALUE;
  message.input = INPUT;
  message.inputLength = inputLength;
  message.isCreate = isCreate;
  warm(accountAt(message.caller));
  warm(accountAt(message.to));
  warm(accountAt(ENV_COINBASE));
  executeMessage();
  return outcome.halt;
}

export function gasLeft(): i64 {
  return outcome.gasLeft;
}

export function refund(): i64 {
  return outcome.refund;
}

export function output(): usize {
  return outcome.output;
}

export function outputLength(): u32 {
  return outcome.outputLength;
}
