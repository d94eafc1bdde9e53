/*
 * Host calls and their kinds. Source: docs/spec/01-interfaces.md#host.
 */
import { hint, inbox, input, output, preimage } from "./solvent";

export { hint, inbox, input, output, preimage };

/** `preimage`: data behind its keccak-256. */
export const PREIMAGE_KECCAK: u32 = 0;
/** `preimage`: status byte and output of a host precompile, by the keccak of the request. */
export const PREIMAGE_PRECOMPILE: u32 = 1;
/** `preimage`: field elements of a blob, 32 bytes each, by its versioned hash. */
export const PREIMAGE_BLOB: u32 = 2;

/** `inbox`: record of batch `index`. */
export const INBOX_BATCH: u32 = 0;
/** `inbox`: hash of delayed message `index`. */
export const INBOX_MESSAGE: u32 = 1;

export const HINT_NODE: u32 = 0;
export const HINT_CODE: u32 = 1;
export const HINT_PRECOMPILE: u32 = 2;
export const HINT_HEADER: u32 = 3;
export const HINT_TRANSACTION: u32 = 4;
export const HINT_RECEIPT: u32 = 5;

/**
 * Reads the whole preimage of a keccak hash.
 * @param keyPtr 32 bytes; multiple of 32.
 * @param dstPtr Multiple of 32; room for `capacity` bytes.
 * @param capacity Multiple of 32. A longer preimage traps: honest data has none.
 * @returns the length; the bytes from there to the next multiple of 32 are zero.
 */
export function readPreimage(keyPtr: usize, dstPtr: usize, capacity: u32): u32 {
  const length = preimage(PREIMAGE_KECCAK, keyPtr, 0, dstPtr);
  if (length > capacity) unreachable();
  for (let offset: u32 = 32; offset < length; offset += 32) {
    preimage(PREIMAGE_KECCAK, keyPtr, offset, dstPtr + offset);
  }
  return length;
}
