/*
 * Bytes that come from L1: a list of keccaks of 4,096-byte chunks. Source: docs/spec/01-interfaces.md#hashes.
 */
import { PREIMAGE_KECCAK, preimage, readPreimage } from "../host";
import { CHUNK_LIST, CHUNK_LIST_BYTES } from "./layout";

const CHUNK_BYTES: u32 = 4096;

/**
 * Reads the data behind a chunks hash to `to`, a multiple of 32.
 * @param hash 32 bytes, multiple of 32. @param capacity Multiple of 4,096.
 * @returns its length in bytes; `capacity + 1` when it is longer (then nothing is read).
 */
export function readChunks(hash: usize, to: usize, capacity: u32): u32 {
  const listLength = preimage(PREIMAGE_KECCAK, hash, 0, CHUNK_LIST);
  const chunks = (listLength >> 5) - 1;
  if (chunks > capacity / CHUNK_BYTES || listLength > CHUNK_LIST_BYTES) return capacity + 1;
  for (let offset: u32 = 32; offset < listLength; offset += 32) {
    preimage(PREIMAGE_KECCAK, hash, offset, CHUNK_LIST + offset);
  }
  let length: u32 = 0;
  for (let i: u32 = 1; i <= chunks; i++) length += readPreimage(CHUNK_LIST + (i << 5), to + length, CHUNK_BYTES);
  return length;
}
