/*
 * Batches: the bytes of one, the inflated segment, the block at a place. Source: docs/spec/01-interfaces.md#batch.
 */
import { itemPtr, itemU64, rlpBytes, rlpInteger, rlpList } from "../codec/rlp";
import { copyBytes } from "../bytes";
import { BATCH, INFLATED, PRECOMPILE } from "../memory";
import { isBlob, openBlob, readBlob } from "./blob";
import { CHUNK_BYTES, openChunks, readChunk } from "./chunks";
import { COLUMNS_MARK, rowsOf } from "./columns";
import { inflate } from "./inflate";

/** What is read of a batch: whole chunks, at most as many as `held` has bits. */
const BATCH_CAPACITY: u32 = 122880;
const MAX_BATCH_BYTES: u32 = 120000;
const MAX_SEGMENT_BYTES: u32 = 131072;
const MAX_BLOCK_BYTES: u32 = 1048576;

/** Which chunks of the batch stand at BATCH, a bit each. */
let held: u32 = 0;
/** Whether the batch is in a blob, which has no chunks. */
let isInBlob: bool = false;

/** The block that `readBlock` found. */
@unmanaged
export class BatchBlock {
  timestamp: u64;
  messageCount: u64;
  /** The list of transactions: its payload. */
  transactions: usize;
  transactionsEnd: usize;
  count: u32;
  /** Where it stands, and its length in the inflated segment. */
  segment: u32;
  offset: u32;
  length: u32;
}

export const batchBlock: BatchBlock = changetype<BatchBlock>(memory.data(64, 32));

/**
 * Finds the block at a place of a batch, or the first of the next segment where the place is the end of one.
 * @param hash 32 bytes: the record's, of chunks or of a blob. @param maxTransactions A block that lists more is malformed.
 * @returns false where there is none: behind all data, or malformed.
 */
export function readBlock(hash: usize, segment: u32, offset: u32, maxTransactions: u64): bool {
  isInBlob = isBlob(hash);
  const batchLength = isInBlob ? openBlob(hash, BATCH_CAPACITY) : openChunks(hash, BATCH, BATCH_CAPACITY);
  held = 0;
  if (batchLength > MAX_BATCH_BYTES) return false;
  let length = inflateSegment(segment, batchLength);
  if (length == 0) return false;
  if (offset == length) {
    segment += 4 + segmentBytes(segment);
    offset = 0;
    length = inflateSegment(segment, batchLength);
    if (length == 0) return false;
  }
  if (offset > length) return false;
  batchBlock.segment = segment;
  batchBlock.offset = offset;
  return decodeBlock(INFLATED + offset, INFLATED + length, length > MAX_SEGMENT_BYTES, maxTransactions);
}

/** Inflates the segment to INFLATED, in rows. @returns its length there; 0 where there is none or it is malformed. */
function inflateSegment(segment: u32, batchLength: u32): u32 {
  if (segment > batchLength || batchLength - segment < 4) return 0;
  holdBytes(segment, segment + 4);
  const length = segmentBytes(segment);
  if (length > batchLength - segment - 4) return 0;
  holdBytes(segment, segment + 4 + length);
  const inflated = inflate(BATCH + segment + 4, length, INFLATED, MAX_BLOCK_BYTES);
  if (inflated == 0 || load<u8>(INFLATED) != COLUMNS_MARK) return inflated;
  // No transaction has begun: what they share with the precompiles is free.
  copyBytes(PRECOMPILE, INFLATED, inflated);
  return rowsOf(PRECOMPILE, inflated, INFLATED, MAX_BLOCK_BYTES);
}

/** Sees to it that these bytes of the batch stand at BATCH: what no segment asked for is never read. */
function holdBytes(from: u32, end: u32): void {
  if (isInBlob) {
    readBlob(from, end, BATCH);
    return;
  }
  for (let i = from / CHUNK_BYTES; i * CHUNK_BYTES < end; i++) {
    if ((held & (1 << i)) != 0) continue;
    readChunk(i, BATCH);
    held |= 1 << i;
  }
}

function segmentBytes(segment: u32): u32 {
  return bswap<u32>(load<u32>(BATCH + segment));
}

/** Decodes `rlp([timestamp, messageCount, [tx, ...]])`; `isAlone`: it must be all of the segment. */
function decodeBlock(from: usize, end: usize, isAlone: bool, maxTransactions: u64): bool {
  const blockEnd = rlpList(from, end);
  if (blockEnd == 0 || (isAlone && (blockEnd != end || batchBlock.offset != 0))) return false;
  let at = rlpInteger(itemPtr, blockEnd, 8);
  if (at == 0) return false;
  batchBlock.timestamp = itemU64();
  at = rlpInteger(at, blockEnd, 8);
  if (at == 0) return false;
  batchBlock.messageCount = itemU64();
  if (rlpList(at, blockEnd) != blockEnd) return false;
  batchBlock.transactions = itemPtr;
  batchBlock.transactionsEnd = blockEnd;
  batchBlock.length = <u32>(blockEnd - from);
  let count: u32 = 0;
  at = itemPtr;
  while (at < blockEnd) {
    at = rlpBytes(at, blockEnd);
    if (at == 0) return false;
    count += 1;
  }
  batchBlock.count = count;
  return <u64>count <= maxTransactions;
}
