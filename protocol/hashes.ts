import type { Hex, NodeStore } from "./types";
import { concatBytes, fromHex, leftPad32, toHex, word } from "./bytes";
import { keccak256, tag } from "./keccak";

/** Bytes of one chunk; the last of a list may be shorter. */
export const CHUNK_BYTES = 4096;

const TAG_CHUNKS = tag("chunks");
const TAG_BATCH = tag("batch");
const TAG_MESSAGE = tag("message");
const TAG_DEPOSIT = tag("deposit");

/** What a batch record commits to. @see docs/spec/01-interfaces.md#hashes */
export interface BatchRecord {
  previous: Hex;
  /** Of the bytes' chunks, or of the blob that holds them. */
  chunksHash: Hex;
  /** Delayed messages consumed when the batch is done. */
  delayedCount: bigint;
  l1Number: bigint;
  /** Seconds. */
  l1Time: bigint;
}

/** A delayed message, as the Inbox took it. */
export interface DelayedMessage {
  previous: Hex;
  inbox: Hex;
  /** Already aliased. */
  sender: Hex;
  isCreation: boolean;
  to: Hex;
  mint: bigint;
  value: bigint;
  gasLimit: bigint;
  data: Uint8Array;
  l1Number: bigint;
  l1Time: bigint;
  l1BaseFee: bigint;
  l1ParentHash: Hex;
}

/** The 128 bytes behind an output root. */
export function outputRootPreimage(stateRoot: Hex, messagePasserStorageRoot: Hex, blockHash: Hex): Uint8Array {
  return concatBytes(word(0), fromHex(stateRoot), fromHex(messagePasserStorageRoot), fromHex(blockHash));
}

/** The OP Stack's output root, version 0. */
export function outputRoot(stateRoot: Hex, messagePasserStorageRoot: Hex, blockHash: Hex): Hex {
  return toHex(keccak256(outputRootPreimage(stateRoot, messagePasserStorageRoot, blockHash)));
}

/** The bytes behind the chunks hash of `data`: the tag, then the hash of each 4,096-byte chunk. */
export function chunksPreimage(data: Uint8Array): Uint8Array {
  const parts = [TAG_CHUNKS];
  for (let at = 0; at < data.length; at += CHUNK_BYTES) parts.push(keccak256(data.subarray(at, at + CHUNK_BYTES)));
  return concatBytes(...parts);
}

/** How bytes that come from L1 are committed. */
export function chunksHash(data: Uint8Array): Hex {
  return toHex(keccak256(chunksPreimage(data)));
}

/** The 192 bytes behind a batch record. */
export function batchRecordPreimage(record: BatchRecord): Uint8Array {
  return concatBytes(
    TAG_BATCH,
    fromHex(record.previous),
    fromHex(record.chunksHash),
    word(record.delayedCount),
    word(record.l1Number),
    word(record.l1Time),
  );
}

/** The record of a batch; `previous` of the first is zero. */
export function batchRecordHash(record: BatchRecord): Hex {
  return toHex(keccak256(batchRecordPreimage(record)));
}

/** The 448 bytes behind a delayed message's hash. */
export function messagePreimage(message: DelayedMessage): Uint8Array {
  return concatBytes(
    TAG_MESSAGE,
    fromHex(message.previous),
    leftPad32(fromHex(message.inbox)),
    leftPad32(fromHex(message.sender)),
    word(message.isCreation ? 1 : 0),
    leftPad32(fromHex(message.to)),
    word(message.mint),
    word(message.value),
    word(message.gasLimit),
    fromHex(chunksHash(message.data)),
    word(message.l1Number),
    word(message.l1Time),
    word(message.l1BaseFee),
    fromHex(message.l1ParentHash),
  );
}

/** The hash of a delayed message; `previous` of the first is zero. */
export function messageHash(message: DelayedMessage): Hex {
  return toHex(keccak256(messagePreimage(message)));
}

/** The source hash of the deposit that message `index` of an inbox becomes. */
export function depositSourceHash(inbox: Hex, index: bigint): Hex {
  const inner = keccak256(concatBytes(leftPad32(fromHex(inbox)), word(index)));
  return toHex(keccak256(concatBytes(TAG_DEPOSIT, inner)));
}

/** Files the chunks of `data` and their list, so that the program can read them. @returns the chunks hash. */
export function putChunks(nodes: NodeStore, data: Uint8Array): Hex {
  for (let at = 0; at < data.length; at += CHUNK_BYTES) put(nodes, data.slice(at, at + CHUNK_BYTES));
  return toHex(put(nodes, chunksPreimage(data)));
}

/** The bytes behind a chunks hash, as `putChunks` files them; null where some of them are not held. */
export function getChunks(nodes: NodeStore, hash: Hex): Uint8Array | null {
  const list = nodes.get(fromHex(hash));
  if (list === undefined) return null;
  const chunks: Uint8Array[] = [];
  for (let at = 32; at < list.length; at += 32) {
    const chunk = nodes.get(list.subarray(at, at + 32));
    if (chunk === undefined) return null;
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}

/** Files a batch: chunks, their list, the record. @returns the record's hash. */
export function putBatch(nodes: NodeStore, data: Uint8Array, record: Omit<BatchRecord, "chunksHash">): Hex {
  return putRecord(nodes, { ...record, chunksHash: putChunks(nodes, data) });
}

/** Files a record whose bytes are filed. @returns its hash. */
export function putRecord(nodes: NodeStore, record: BatchRecord): Hex {
  return toHex(put(nodes, batchRecordPreimage(record)));
}

/** Files a delayed message: the chunks of its data, their list, its fields. @returns its hash. */
export function putMessage(nodes: NodeStore, message: DelayedMessage): Hex {
  putChunks(nodes, message.data);
  return toHex(put(nodes, messagePreimage(message)));
}

function put(nodes: NodeStore, data: Uint8Array): Uint8Array {
  const hash = keccak256(data);
  nodes.put(hash, data);
  return hash;
}
