/*
 * Operations call, estimateGas, createAccessList and traceCall: a message on an open environment that leaves no trace.
 * It has the form of a transaction without a signature, so that what a transaction pays before it runs is reckoned by the same code.
 */
import { copyBytes } from "../bytes";
import { setBlockGasLimit } from "../block/context";
import { decodeTransaction, transaction, TX_MAX_FEE, TX_MAX_TIP } from "../block/decode";
import { runTransaction, SENDER } from "../block/execute";
import { INVALID_FUNDS, VALID } from "../block/invalid";
import { canPay, checkForm } from "../block/validate";
import { ENV_BASE_FEE } from "../evm/environment";
import { EVM_FRAMES } from "../memory";
import { Frame } from "../evm/frame";
import { isSuccess } from "../evm/halt";
import { message, outcome } from "../evm/message";
import { setTracing } from "../evm/trace";
import { copyWord, isZeroWord, setWord } from "../evm/word";
import { accountAt, balanceOf, beginTransaction, checkpoint, codeBytes, codeOf, revertTo } from "../state/state";

/**
 * What came of the message: 0 gas used, 8 gas used before refunds: u64; 16 halt, 20 output, 24 its length, 28 opcode at the halt, 32 words on
 * the stack there: u32.
 */
const result: usize = memory.data(40, 8);
const baseFee = memory.data(32, 32);

/**
 * Runs a message and takes back what it did.
 * @param sender 20 bytes. @param raw `length` bytes: a transaction of type 2 or 4 whose signature is zero and whose nonce and chain id do not count.
 * @returns VALID, or why it is refused: `refusal` has the operands.
 */
export function runCall(sender: usize, raw: usize, length: u32, isTraced: bool): u32 {
  setBlockGasLimit(u64.MAX_VALUE);
  let code = decodeTransaction(raw, length);
  copyBytes(SENDER, sender, 20);
  if (code != VALID) return code;
  transaction.hasChainId = 0;
  transaction.nonce = 0;
  copyWord(baseFee, ENV_BASE_FEE);
  // A call that pays nothing sees a block in which nothing has to be paid.
  if (isZeroWord(TX_MAX_FEE) && isZeroWord(TX_MAX_TIP)) setWord(ENV_BASE_FEE, 0, 0, 0, 0);
  code = checkForm();
  const account = accountAt(SENDER);
  if (code == VALID && !canPay(account)) code = INVALID_FUNDS;
  if (code == VALID) {
    beginTransaction();
    const mark = checkpoint();
    setTracing(isTraced);
    const gasUsed = runTransaction(account);
    setTracing(false);
    if (transaction.isCreate && isSuccess(outcome.halt)) outputCode();
    revertTo(mark);
    noteOutcome(gasUsed);
  }
  copyWord(ENV_BASE_FEE, baseFee);
  return code;
}

/** A caller of a creation gets the code that it made, as geth gives it. */
function outputCode(): void {
  const code = codeOf(accountAt(message.to));
  if (code.length != 0) outcome.output = codeBytes(code);
  outcome.outputLength = code.length;
}

/** Notes what came of the message that just ended; an opcode and a stack only where the outermost frame ran. */
function noteOutcome(gasUsed: u64): void {
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

export function nonceAt(address: usize): u64 {
  return accountAt(address).nonce;
}
