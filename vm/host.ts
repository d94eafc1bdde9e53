import { PreimageMissing } from "./errors";

/** Kinds of `preimage`. @see docs/spec/01-interfaces.md#host */
export const PreimageKind = { keccak: 0, precompile: 1, blob: 2 } as const;
/** Kinds of `inbox`. */
export const InboxKind = { batch: 0, delayedMessage: 1 } as const;
/** Kinds of `hint`. */
export const HintKind = {
  trieNode: 0,
  code: 1,
  precompileRequest: 2,
  header: 3,
  transaction: 4,
  receipt: 5,
} as const;

/** What answers the program's host calls; one for all implementations of the machine. Calls are synchronous. */
export interface Host {
  /**
   * The whole data behind a key (shorter than 2^32 bytes).
   * @param kind - 0 keccak, 1 precompile, 2 blob: 131,072 bytes.
   * @param key - 32 bytes; the callee must not keep the array.
   * @throws PreimageMissing when the data is not at hand; the machine then stands before the step and may go on later.
   */
  preimage(kind: number, key: Uint8Array): Uint8Array;
  /** The 32-byte record at an index that is below the machine's limit; null when the host does not know it. */
  inbox(kind: number, index: bigint): Uint8Array | null;
  /** Takes note of data; may come again when steps are repeated. The callee must not keep the array. */
  hint(kind: number, data: Uint8Array): void;
}

/** A host that knows nothing: enough for programs that make no host calls. */
export const emptyHost: Host = {
  preimage(kind, key) {
    throw new PreimageMissing(kind, key);
  },
  inbox: () => null,
  hint: () => {},
};
