/*
 * Derivation: which block comes next, from the parent's cursor and the inbox. Source: docs/spec/03-derivation.md.
 */
import { copy32 } from "../bytes";
import { itemLength, itemPtr, rlpBytes } from "../codec/rlp";
import { inbox, INBOX_BATCH, readPreimage } from "../host";
import { batchBlock, readBlock } from "./batch";
import { addTransaction, beginBlock, hasRoom, sealBlock } from "./block";
import { gasLimitOfChain, maxAheadSeconds, maxDelaySeconds } from "./context";
import { prepareChild } from "./child";
import { parent, writeCursor } from "./header";
import { RECORD, RECORD_BYTES } from "./layout";
import { consumeMessages, resetMessages } from "./message";

const GAS_PER_TRANSACTION: u64 = 21000;
/** 2^53 - 1: the last second that every reader of headers holds exactly. */
const MAX_TIMESTAMP: u64 = 9007199254740991;
const NO_SEGMENT: u32 = 0xffffffff;
const BATCH_RECORD_BYTES: u32 = 192;
/** Byte offsets of the fields in a batch record's preimage. */
const CHUNKS_HASH: usize = 64;
const DELAYED_COUNT: usize = 96;
const TIME: usize = 160;

const recordHash = memory.data(32, 32);
const chunksHash = memory.data(32, 32);

/**
 * Derives, executes and seals the child of the parent that was read.
 * @returns false when the inbox holds no further block.
 */
export function deriveBlock(): bool {
  let batch = parent.batch;
  let segment = parent.segment;
  let offset = parent.offset;
  while (true) {
    if (!inbox(INBOX_BATCH, batch, recordHash)) return false;
    if (readPreimage(recordHash, RECORD, RECORD_BYTES) != BATCH_RECORD_BYTES) unreachable();
    const time = recordU64(TIME);
    const delayedCount = recordU64(DELAYED_COUNT);
    copy32(chunksHash, RECORD + CHUNKS_HASH);
    if (isBlockPresent(segment, offset, time, delayedCount)) {
      sequencedBlock(batch);
      return true;
    }
    if ((segment == 0 && offset == 0) || parent.delayed < delayedCount) {
      messageBlock(batch, time, delayedCount);
      return true;
    }
    batch += 1;
    segment = 0;
    offset = 0;
  }
}

/** A well-formed block stands at the place, timely, with no more messages than its batch consumes. */
function isBlockPresent(segment: u32, offset: u32, time: u64, delayedCount: u64): bool {
  if (segment == NO_SEGMENT || !readBlock(chunksHash, segment, offset, gasLimit() / GAS_PER_TRANSACTION)) return false;
  const timestamp = batchBlock.timestamp;
  if (timestamp <= parent.timestamp || timestamp > MAX_TIMESTAMP) return false;
  if (maxDelaySeconds() != 0 && saturatedSum(timestamp, maxDelaySeconds()) < time) return false;
  if (maxAheadSeconds() != 0 && timestamp > saturatedSum(time, maxAheadSeconds())) return false;
  return saturatedSum(parent.delayed, batchBlock.messageCount) <= delayedCount;
}

function sequencedBlock(batch: u64): void {
  const transactionsEnd = batchBlock.transactionsEnd;
  startBlock(batchBlock.timestamp);
  const delayed = consumeMessages(parent.delayed, parent.delayed + batchBlock.messageCount);
  let at = batchBlock.transactions;
  while (at < transactionsEnd && hasRoom()) {
    at = rlpBytes(at, transactionsEnd);
    addTransaction(itemPtr, itemLength);
  }
  sealBlock(writeCursor(batch, batchBlock.segment, batchBlock.offset + batchBlock.length, delayed), 0);
}

/** Its time is no second later than its parent's where L1 is not: however many of them there are, they move no clock. */
function messageBlock(batch: u64, time: u64, delayedCount: u64): void {
  startBlock(time > parent.timestamp ? time : parent.timestamp);
  const delayed = consumeMessages(parent.delayed, delayedCount);
  sealBlock(writeCursor(batch, NO_SEGMENT, 0, delayed), 0);
}

/** Starts the child of the parent that was read. */
export function startBlock(timestamp: u64): void {
  prepareChild(timestamp);
  resetMessages();
  beginBlock(false);
}

function gasLimit(): u64 {
  return gasLimitOfChain() != 0 ? gasLimitOfChain() : parent.gasLimit;
}

function recordU64(offset: usize): u64 {
  return bswap<u64>(load<u64>(RECORD + offset + 24));
}

function saturatedSum(a: u64, b: u64): u64 {
  const sum = a + b;
  return sum < a ? u64.MAX_VALUE : sum;
}
