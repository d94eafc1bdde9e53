import type { Hex, NodeStore } from "./types";
import { MAX_BATCH_BYTES } from "./batch";
import { concatBytes, fromHex, toHex } from "./bytes";
import { keccak256, tag } from "./keccak";

/** Field elements of a blob, and bytes of one; Source: EIP-4844. */
const ELEMENTS = 4096;
const ELEMENT_BYTES = 32;
export const BLOB_BYTES = ELEMENTS * ELEMENT_BYTES;
/** Bytes of a batch in one element: its first byte stays zero, so that it is below the field's order. */
const ELEMENT_DATA = ELEMENT_BYTES - 1;

const TAG_BLOBS = tag("blobs");

/** A blob with the hash that L1 knows it by. */
export interface Blob {
  versionedHash: Hex;
  /** `BLOB_BYTES` of them. */
  bytes: Uint8Array;
}

/**
 * A batch as a blob: its length in the first field element, then 31 bytes in each.
 * @param data - at most `MAX_BATCH_BYTES`. @see docs/spec/01-interfaces.md#blobs
 */
export function encodeBlob(data: Uint8Array): Uint8Array {
  const blob = new Uint8Array(BLOB_BYTES);
  new DataView(blob.buffer).setUint32(ELEMENT_DATA - 3, data.length);
  for (let i = 0; i * ELEMENT_DATA < data.length; i++)
    blob.set(data.subarray(i * ELEMENT_DATA, (i + 1) * ELEMENT_DATA), (i + 1) * ELEMENT_BYTES + 1);
  return blob;
}

/** The batch in a blob, whoever made that; no bytes where it says that it is longer than a batch may be. Never throws. */
export function decodeBlob(blob: Uint8Array): Uint8Array {
  const length = BigInt(toHex(blob.subarray(0, ELEMENT_BYTES)));
  if (length > BigInt(MAX_BATCH_BYTES)) return new Uint8Array(0);
  const data = new Uint8Array(Number(length));
  for (let i = 0; i * ELEMENT_DATA < data.length; i++) {
    const from = (i + 1) * ELEMENT_BYTES + 1;
    const end = from + Math.min(ELEMENT_DATA, data.length - i * ELEMENT_DATA);
    data.set(blob.subarray(from, end), i * ELEMENT_DATA);
  }
  return data;
}

/** What a record commits to where the batch is in a blob. Twin of contracts/inbox/data/Blobs.sol. */
export function blobsHash(versionedHash: Hex): Hex {
  return toHex(keccak256(blobsPreimage(versionedHash)));
}

/** Files a blob so that the program can read it. @returns what the record commits to. */
export function putBlob(nodes: NodeStore, { versionedHash, bytes }: Blob): Hex {
  nodes.put(fromHex(versionedHash), bytes);
  const preimage = blobsPreimage(versionedHash);
  const hash = keccak256(preimage);
  nodes.put(hash, preimage);
  return toHex(hash);
}

function blobsPreimage(versionedHash: Hex): Uint8Array {
  return concatBytes(TAG_BLOBS, fromHex(versionedHash));
}
