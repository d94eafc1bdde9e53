/*
 * Receipts and bloom filters, from the logs of the transaction that just ended.
 * Source: Yellow Paper 4.3.1; for deposits docs/spec/01-interfaces.md#deposits.
 */
import { zeroBytes } from "../bytes";
import { putBytes, putListHeader, putU64, rlpBytesLength, rlpListLength, rlpU64Length } from "../codec/rlp";
import { keccak256 } from "../crypto/keccak";
import { RECEIPTS_END } from "../memory";
import { firstLog, lastLog, logAddress, logData, logLength, logTopic, logTopics, nextLog } from "../state/state";
import { TYPE_DEPOSIT } from "./decode";
import { BLOCK_BLOOM, BLOOM } from "./layout";

const BLOOM_BYTES: u32 = 256;
/** Type, list header, status, gas, bloom, logs' header, deposit nonce and version: more than all of them take. */
const OVERHEAD: u32 = 320;

const hash = memory.data(32, 32);

/**
 * Writes the receipt of the transaction that just ended, its bloom into the block's.
 * @param depositNonce Of a deposit the sender's nonce before, else unused.
 * @returns the place behind it.
 */
export function writeReceipt(to: usize, type: u32, success: bool, cumulativeGas: u64, depositNonce: u64): usize {
  fillBloom();
  const logs = logsPayload();
  let payload = 1 + rlpU64Length(cumulativeGas) + rlpBytesLength(BLOOM, BLOOM_BYTES) + rlpListLength(logs);
  if (type == TYPE_DEPOSIT) payload += rlpU64Length(depositNonce) + 1;
  if (to + payload + OVERHEAD > RECEIPTS_END) unreachable();
  if (type != 0) {
    store<u8>(to, <u8>type);
    to += 1;
  }
  to = putListHeader(to, payload);
  to = putU64(to, success ? 1 : 0);
  to = putU64(to, cumulativeGas);
  to = putBytes(to, BLOOM, BLOOM_BYTES);
  to = putLogs(to, logs);
  if (type == TYPE_DEPOSIT) {
    to = putU64(to, depositNonce);
    to = putU64(to, 1);
  }
  return to;
}

/** For the start of a block. */
export function resetBloom(): void {
  zeroBytes(BLOCK_BLOOM, BLOOM_BYTES);
}

function putLogs(to: usize, payload: u32): usize {
  to = putListHeader(to, payload);
  for (let log = firstLog(); log < lastLog(); log = nextLog(log)) {
    const topics = logTopics(log);
    to = putListHeader(to, logPayload(log));
    to = putBytes(to, logAddress(log), 20);
    to = putListHeader(to, topics * 33);
    for (let i: u32 = 0; i < topics; i++) to = putBytes(to, logTopic(log, i), 32);
    to = putBytes(to, logData(log), logLength(log));
  }
  return to;
}

function logsPayload(): u32 {
  let payload: u32 = 0;
  for (let log = firstLog(); log < lastLog(); log = nextLog(log)) payload += rlpListLength(logPayload(log));
  return payload;
}

function logPayload(log: usize): u32 {
  return 21 + rlpListLength(logTopics(log) * 33) + rlpBytesLength(logData(log), logLength(log));
}

function fillBloom(): void {
  zeroBytes(BLOOM, BLOOM_BYTES);
  for (let log = firstLog(); log < lastLog(); log = nextLog(log)) {
    addToBloom(logAddress(log), 20);
    const topics = logTopics(log);
    for (let i: u32 = 0; i < topics; i++) addToBloom(logTopic(log, i), 32);
  }
  for (let at: usize = 0; at < BLOOM_BYTES; at += 8) {
    store<u64>(BLOCK_BLOOM + at, load<u64>(BLOCK_BLOOM + at) | load<u64>(BLOOM + at));
  }
}

/** Three bits: the low 11 bits of the first three byte pairs of the hash, counted from the filter's end. */
function addToBloom(from: usize, length: u32): void {
  keccak256(from, length, hash);
  for (let i: usize = 0; i < 6; i += 2) {
    const bit = (((<u32>load<u8>(hash + i)) << 8) | (<u32>load<u8>(hash + i + 1))) & 2047;
    const at = BLOOM + (BLOOM_BYTES - 1 - (bit >> 3));
    const mask: u32 = 1 << (bit & 7);
    store<u8>(at, <u8>((<u32>load<u8>(at)) | mask));
  }
}
