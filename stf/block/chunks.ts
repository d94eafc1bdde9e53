/*
 * Bytes that come from L1: a list of keccaks of 4,096-byte chunks. Source: docs/spec/01-interfaces.md#hashes.
 */
import { PREIMAGE_KECCAK, preimage, readPreimage } from "../host";
import { CHUNK_LIST, CHUNK_LIST_BYTES } from "./layout";

export const CHUNK_BYTES: u32 = 4096;

/** Chunks of the data that is open. */
let chunkCount: u32 = 0;

/**
 * Opens the data behind a chunks hash. Its chunks are read by `readChunk` until other data is opened.
 * @param hash 32 bytes, multiple of 32. @param scratch 32 bytes, multiple of 32. @param capacity Multiple of 4,096.
 * @returns its length in bytes; `capacity + 1` when it is longer (then nothing is open).
 */
export function openChunks(hash: usize, scratch: usize, capacity: u32): u32 {
  const listLength = preimage(PREIMAGE_KECCAK, hash, 0, CHUNK_LIST);
  chunkCount = (listLength >> 5) - 1;
  if (chunkCount > capacity / CHUNK_BYTES || listLength > CHUNK_LIST_BYTES) return capacity + 1;
  for (let offset: u32 = 32; offset < listLength; offset += 32) {
    preimage(PREIMAGE_KECCAK, hash, offset, CHUNK_LIST + offset);
  }
  if (chunkCount == 0) return 0;
  const last = preimage(PREIMAGE_KECCAK, CHUNK_LIST + (chunkCount << 5), 0, scratch);
  if (last > CHUNK_BYTES) unreachable();
  return (chunkCount - 1) * CHUNK_BYTES + last;
}

/** Reads chunk number `index` of the open data to its place behind `to`, a multiple of 32. */
export function readChunk(index: u32, to: usize): void {
  readPreimage(CHUNK_LIST + ((index + 1) << 5), to + index * CHUNK_BYTES, CHUNK_BYTES);
}

/**
 * Reads the data behind a chunks hash to `to`, a multiple of 32.
 * @returns as `openChunks`.
 */
export function readChunks(hash: usize, to: usize, capacity: u32): u32 {
  const length = openChunks(hash, to, capacity);
  if (length <= capacity) for (let i: u32 = 0; i < chunkCount; i++) readChunk(i, to);
  return length;
}
