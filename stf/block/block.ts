/*
 * A block: opened, filled, sealed. The same for the program and for the engine.
 *
 *   openBlock(stateRoot)      the state before; then header.ts, context.ts and the environment are filled
 *   beginBlock()              the block's own writes
 *   addDeposit(), addTransaction(raw, length) ...
 *   sealBlock(extraLength)    tries, roots, header
 */
import { copy32, copyBytes, zeroBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { environment } from "../evm/environment";
import { hint, HINT_HEADER, HINT_NODE, HINT_RECEIPT, HINT_TRANSACTION } from "../host";
import { RECEIPTS } from "../memory";
import { accountAt, beginTransaction, commitState, endTransaction, openState, storageRootOf } from "../state/state";
import { orderedRoot } from "../trie/ordered";
import { blockGasUsed, setBlockGasLimit, useBlockGas } from "./context";
import { decodeTransaction, transaction } from "./decode";
import { findSender, hasSucceeded, runTransaction, SENDER } from "./execute";
import { RECEIPTS_ROOT, STATE_ROOT, TRANSACTIONS_ROOT, WITHDRAWALS_ROOT, writeHeader } from "./header";
import { VALID } from "./invalid";
import { HINT_SCRATCH, MAX_TRANSACTIONS, NEW_HEADER, RECEIPT_TABLE, TRANSACTION_TABLE } from "./layout";
import { messagePasser, writeHistory } from "./predeploys";
import { resetBloom, writeReceipt } from "./receipt";
import { checkForm, checkSender } from "./validate";

/** Hash of the sealed block; output root after it: 32 bytes each. */
export const BLOCK_HASH: usize = memory.data(32, 32);
export const OUTPUT_ROOT: usize = memory.data(32, 32);
const outputPreimage = memory.data(128, 32);

let count: u32 = 0;
let receiptsEnd: usize = 0;

/** Opens the state behind the 32-byte root. */
export function openBlock(stateRoot: usize): void {
  openState(stateRoot);
}

/** Starts the block whose environment is set. @param withBeaconRoot Writes PARENT_BEACON_ROOT, as L1 does. */
export function beginBlock(withBeaconRoot: bool): void {
  beginBareBlock();
  writeHistory(withBeaconRoot);
}

/** As `beginBlock`, without any write of the block's own: for transactions on a state that belongs to no chain. */
export function beginBareBlock(): void {
  setBlockGasLimit(environment.gasLimit);
  count = 0;
  receiptsEnd = RECEIPTS;
  resetBloom();
}

/** Transactions in the block so far. */
export function transactionCount(): u32 {
  return count;
}

/** Whether the tables take another transaction. */
export function hasRoom(): bool {
  return count < MAX_TRANSACTIONS;
}

/**
 * Adds a signed transaction (EIP-2718 bytes), unless it is invalid: then the block stays as it is.
 * @param raw `length` bytes that stay where they are until the block is sealed.
 */
export function addTransaction(raw: usize, length: u32): u32 {
  let code = decodeTransaction(raw, length);
  if (code == VALID) code = checkForm();
  if (code == VALID) code = findSender();
  if (code != VALID) return code;
  const sender = accountAt(SENDER);
  code = checkSender(sender);
  if (code != VALID) return code;
  beginTransaction();
  const gasUsed = runTransaction(sender);
  endTransaction();
  record(raw, length, transaction.type, hasSucceeded(), gasUsed, 0);
  return VALID;
}

/** Enters a transaction that just ended into the block: its bytes, gas and receipt. */
export function record(raw: usize, length: u32, type: u32, success: bool, gasUsed: u64, depositNonce: u64): void {
  if (count == MAX_TRANSACTIONS) unreachable();
  useBlockGas(gasUsed);
  setEntry(TRANSACTION_TABLE, raw, length);
  const receipt = receiptsEnd;
  const end = writeReceipt(receipt, type, success, blockGasUsed(), depositNonce);
  setEntry(RECEIPT_TABLE, receipt, <u32>(end - receipt));
  receiptsEnd = (end + 31) & ~31;
  count += 1;
  copyBytes(HINT_SCRATCH, raw, length);
  hint(HINT_TRANSACTION, HINT_SCRATCH, length);
  hint(HINT_RECEIPT, receipt, <u32>(end - receipt));
}

/** Writes state, roots and header; offers them to the host; sets BLOCK_HASH and OUTPUT_ROOT. @returns the header's length. */
export function sealBlock(extraLength: u32, excessBlobGas: u64): u32 {
  commitState(STATE_ROOT);
  copy32(WITHDRAWALS_ROOT, storageRootOf(messagePasser()));
  orderedRoot(TRANSACTION_TABLE, count, TRANSACTIONS_ROOT);
  orderedRoot(RECEIPT_TABLE, count, RECEIPTS_ROOT);
  const length = writeHeader(extraLength, excessBlobGas);
  keccak256(NEW_HEADER, length, BLOCK_HASH);
  hint(HINT_HEADER, NEW_HEADER, length);
  zeroBytes(outputPreimage, 32);
  copy32(outputPreimage + 32, STATE_ROOT);
  copy32(outputPreimage + 64, WITHDRAWALS_ROOT);
  copy32(outputPreimage + 96, BLOCK_HASH);
  keccak256(outputPreimage, 128, OUTPUT_ROOT);
  hint(HINT_NODE, outputPreimage, 128);
  return length;
}

function setEntry(table: usize, from: usize, length: u32): void {
  store<u32>(table + ((<usize>count) << 3), <u32>from);
  store<u32>(table + ((<usize>count) << 3), length, 4);
}
