/*
 * Operations call, estimateGas, createAccessList and traceCall: a message on an open environment that leaves no trace.
 * It has the form of a transaction without a signature, so that what a transaction pays before it runs is reckoned by the same code.
 */
import { copyBytes, reverse32 } from "../bytes";
import { blockGasLeft, setBlockGasLimit } from "../block/context";
import { decodeTransaction, transaction, TX_MAX_FEE, TX_MAX_TIP } from "../block/decode";
import { runTransaction, SENDER } from "../block/execute";
import { floorGas, intrinsicGas } from "../block/intrinsic";
import {
  INVALID_BLOCK_GAS,
  INVALID_FEE_BELOW_BASE,
  INVALID_FLOOR_GAS,
  INVALID_FUNDS,
  INVALID_INITCODE_SIZE,
  INVALID_INTRINSIC_GAS,
  INVALID_TIP_ABOVE_FEE,
  VALID,
} from "../block/invalid";
import { canPay, MAX_INITCODE_BYTES } from "../block/validate";
import { ENV_BASE_FEE, ENV_CHAIN_ID } from "../evm/environment";
import { EVM_FRAMES } from "../memory";
import { Frame } from "../evm/frame";
import { isSuccess } from "../evm/halt";
import { message, outcome } from "../evm/message";
import { setTracing, TRACE_NONE } from "../evm/trace";
import { copyWord, isLessWord, isZeroWord, setWord } from "../evm/word";
import {
  accountAt,
  balanceOf,
  beginTransaction,
  checkpoint,
  codeBytes,
  codeOf,
  revertTo,
  slotAt,
  slotValue,
} from "../state/state";

/**
 * What came of the message: 0 gas used, 8 gas used before refunds: u64; 16 halt, 20 output, 24 its length, 28 opcode at the halt, 32 words on
 * the stack there: u32.
 */
const result: usize = memory.data(40, 8);
const baseFee = memory.data(32, 32);
const slotKey = memory.data(32, 32);

/**
 * Runs a message and takes back what it did.
 * @param sender 20 bytes. @param raw `length` bytes: a transaction of type 2 or 4 whose signature is zero and whose nonce and chain id do not count.
 * @param mode Of evm/trace.ts.
 * @returns VALID, or why it is refused: `refusal` has the operands.
 */
export function runCall(sender: usize, raw: usize, length: u32, mode: u32): u32 {
  setBlockGasLimit(u64.MAX_VALUE);
  let code = decodeTransaction(raw, length);
  copyBytes(SENDER, sender, 20);
  if (code != VALID) return code;
  transaction.hasChainId = 0;
  transaction.nonce = 0;
  copyWord(baseFee, ENV_BASE_FEE);
  // A call that pays nothing sees a block in which nothing has to be paid.
  if (isZeroWord(TX_MAX_FEE) && isZeroWord(TX_MAX_TIP)) setWord(ENV_BASE_FEE, 0, 0, 0, 0);
  code = checkMessage();
  const account = accountAt(SENDER);
  if (code == VALID && !canPay(account)) code = INVALID_FUNDS;
  if (code == VALID) {
    beginTransaction();
    const mark = checkpoint();
    setTracing(mode);
    const gasUsed = runTransaction(account);
    setTracing(TRACE_NONE);
    noteOutcome(gasUsed);
    revertTo(mark);
  }
  copyWord(ENV_BASE_FEE, baseFee);
  return code;
}

/** As `checkForm`, without the cap of a transaction's gas: the node has one of its own for messages. Nonce and chain id do not count. */
export function checkMessage(): u32 {
  if (transaction.gasLimit > blockGasLeft()) return INVALID_BLOCK_GAS;
  if (transaction.isCreate && transaction.dataLength > MAX_INITCODE_BYTES) return INVALID_INITCODE_SIZE;
  if (transaction.gasLimit < intrinsicGas()) return INVALID_INTRINSIC_GAS;
  if (transaction.gasLimit < floorGas()) return INVALID_FLOOR_GAS;
  if (isLessWord(TX_MAX_FEE, TX_MAX_TIP)) return INVALID_TIP_ABOVE_FEE;
  if (isLessWord(TX_MAX_FEE, ENV_BASE_FEE)) return INVALID_FEE_BELOW_BASE;
  return VALID;
}

/** A caller of a creation gets the code that it made, as geth gives it. */
function outputCode(): void {
  if (!transaction.isCreate || !isSuccess(outcome.halt)) return;
  const code = codeOf(accountAt(message.to));
  if (code.length != 0) outcome.output = codeBytes(code);
  outcome.outputLength = code.length;
}

/** Notes what came of the message that just ended, before it is taken back; an opcode and a stack only where the outermost frame ran. */
export function noteOutcome(gasUsed: u64): void {
  outputCode();
  const frame = changetype<Frame>(EVM_FRAMES);
  store<u64>(result, gasUsed);
  store<u64>(result, transaction.gasLimit - <u64>outcome.gasLeft, 8);
  store<u32>(result, outcome.halt, 16);
  store<u32>(result, <u32>outcome.output, 20);
  store<u32>(result, outcome.outputLength, 24);
  const hasRun = frame.pc != 0 && frame.codeBytes != 0;
  store<u32>(result, hasRun ? <u32>load<u8>(frame.codeBytes + frame.pc - 1) : 0, 28);
  store<u32>(result, <u32>((frame.stackBase - frame.sp) >> 5), 32);
}

export function callResult(): usize {
  return result;
}

/** Pointer to the balance of the account at the 20-byte address: a word. */
export function balanceAt(address: usize): usize {
  return balanceOf(accountAt(address));
}

export function codeLengthAt(address: usize): u32 {
  return codeOf(accountAt(address)).length;
}

/** Pointer to the account's code: `codeLengthAt` bytes, which are more than none. */
export function codeBytesAt(address: usize): usize {
  return codeBytes(codeOf(accountAt(address)));
}

/** Pointer to the value, a word, of the account's slot whose 32 big-endian bytes stand at `key`. */
export function slotValueAt(address: usize, key: usize): usize {
  reverse32(slotKey, key);
  return slotValue(slotAt(accountAt(address), slotKey));
}

export function nonceAt(address: usize): u64 {
  return accountAt(address).nonce;
}

/** Pointer to the chain id that the open block has: a word. */
export function chainIdOfBlock(): usize {
  return ENV_CHAIN_ID;
}
