/**
 * Content-addressed bytes: trie nodes, codes, headers, 4 KiB chunks and their lists, batch records, message preimages.
 * Keys are 32-byte keccak hashes. Reads are synchronous, because the program asks in the middle of a run.
 */
export interface NodeStore {
  /** The bytes behind the hash, or undefined where they are not held. The caller must not write to them. */
  get(hash: Uint8Array): Uint8Array | undefined;
  /** Files bytes under their hash; visible at once, on disk with the next block's atomic write. The bytes are not copied. */
  put(hash: Uint8Array, data: Uint8Array): void;
}
