/*
 * Batches in a blob: a list of one versioned hash, and the field elements behind it. Source: docs/spec/01-interfaces.md#blobs.
 *
 *   element 0       the length of the batch in bytes, a number of 256 bits
 *   element 1 + i   bytes 31 i .. 31 i + 30 of the batch, behind a byte that says nothing
 */
import { PREIMAGE_BLOB, PREIMAGE_KECCAK, preimage } from "../host";
import { CHUNK_LIST } from "./layout";

/** Bytes of a batch in one field element. */
const ELEMENT_DATA: u32 = 31;
/** keccak256("solvent.blobs"). */
const TAG: usize = memory.data<u8>([
  0xcb, 0x1f, 0x4e, 0x9d, 0x3a, 0x8d, 0x70, 0xc5, 0xef, 0xf7, 0xd6, 0x0a, 0x51, 0xa9, 0xf7, 0x5f, 0xa7, 0x89, 0x14,
  0xec, 0x16, 0xf7, 0x80, 0x0b, 0xb1, 0x5b, 0x05, 0xfd, 0xb6, 0xdf, 0x96, 0x1a,
]);
const element = memory.data(32, 32);

/** Whether a record's hash of its bytes is one of a blob. @param hash 32 bytes, multiple of 32. */
export function isBlob(hash: usize): bool {
  preimage(PREIMAGE_KECCAK, hash, 0, CHUNK_LIST);
  for (let i: usize = 0; i < 32; i += 8) if (load<u64>(CHUNK_LIST + i) != load<u64>(TAG + i)) return false;
  return true;
}

/**
 * Opens the blob behind such a hash. Its bytes are read by `readBlob` until other data is opened.
 * @returns the length that the blob says; `capacity + 1` when that is longer.
 */
export function openBlob(hash: usize, capacity: u32): u32 {
  preimage(PREIMAGE_KECCAK, hash, 32, CHUNK_LIST + 32);
  preimage(PREIMAGE_BLOB, CHUNK_LIST + 32, 0, element);
  const isLong = (load<u64>(element) | load<u64>(element, 8) | load<u64>(element, 16)) != 0;
  const length = bswap<u64>(load<u64>(element, 24));
  return isLong || length > <u64>capacity ? capacity + 1 : <u32>length;
}

/** Reads the elements that hold bytes `from` to `end` of the open blob's batch, to their places behind `to`. */
export function readBlob(from: u32, end: u32, to: usize): void {
  for (let i = from / ELEMENT_DATA; i * ELEMENT_DATA < end; i++) {
    preimage(PREIMAGE_BLOB, CHUNK_LIST + 32, (i + 1) << 5, element);
    const at = to + i * ELEMENT_DATA;
    store<u64>(at, load<u64>(element, 1));
    store<u64>(at, load<u64>(element, 9), 8);
    store<u64>(at, load<u64>(element, 17), 16);
    store<u64>(at, load<u64>(element, 24), 23);
  }
}
