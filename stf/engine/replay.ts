/*
 * Operation traceTransaction: the transactions of a block once more, one by one, on the parent's state.
 */
import { addTransaction, beginBlock } from "../block/block";
import { consumeMessages, resetMessages } from "../block/message";
import { setTracing, TRACE_NONE } from "../evm/trace";

/** Starts the block whose environment was opened. @param isL1 Writes the beacon root, too. */
export function beginReplay(isL1: bool): void {
  resetMessages();
  beginBlock(isL1);
}

/** Adds the transaction of `length` bytes at `raw`. @param mode Of evm/trace.ts. @returns VALID, or why it is no part of this block. */
export function replayTransaction(raw: usize, length: u32, mode: u32): u32 {
  setTracing(mode);
  const code = addTransaction(raw, length);
  setTracing(TRACE_NONE);
  return code;
}

/** Adds the deposit that delayed message `index` becomes. @returns whether the inbox has it. */
export function replayMessage(index: u64, mode: u32): bool {
  setTracing(mode);
  const next = consumeMessages(index, index + 1);
  setTracing(TRACE_NONE);
  return next != index;
}
