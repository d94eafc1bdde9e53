import type { Hex } from "../../node/chain/types";
import type { ExecutedBlock, InboxView, NodeStore, Program } from "../../node/engine/types";
import { fromHex, toHex } from "../../node/protocol";

/**
 * All that one run of the program asks for. With it the run can be repeated anywhere: in the proof VM, in another thread.
 * Precompile answers are not in it: whoever repeats the run computes them from the program's hints.
 */
export interface RunWitness {
  /** Output root before, 32 bytes. */
  input: Uint8Array;
  batchCount: bigint;
  delayedCount: bigint;
  /** Keccak preimages in the order of the first question. */
  preimages: Uint8Array[];
  batchRecords: [index: bigint, record: Uint8Array][];
  messageHashes: [index: bigint, hash: Uint8Array][];
}

/** A store that remembers what was read from it. */
export class RecordingStore implements NodeStore {
  readonly #inner: NodeStore;
  #seen: Map<Hex, Uint8Array> | null = null;

  constructor(inner: NodeStore) {
    this.#inner = inner;
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const data = this.#inner.get(hash);
    if (this.#seen !== null && data !== undefined) this.#seen.set(toHex(hash), data);
    return data;
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.#inner.put(hash, data);
  }

  /** Runs `action` and returns what it read. Not for nesting. */
  record<T>(action: () => T): { result: T; read: Uint8Array[] } {
    const seen = (this.#seen = new Map());
    try {
      return { result: action(), read: [...seen.values()] };
    } finally {
      this.#seen = null;
    }
  }
}

/**
 * Runs the program once natively and keeps what it asked for.
 * @param store - The store that `program` was opened over.
 * @throws SolventError `preimage-missing` where the store lacks data: then nothing is known and nothing may be claimed.
 */
export function recordRun(
  program: Program,
  store: RecordingStore,
  input: Hex,
  inbox: InboxView,
): { block: ExecutedBlock | null; witness: RunWitness } {
  const batchRecords = new Map<bigint, Uint8Array>();
  const messageHashes = new Map<bigint, Uint8Array>();
  const recordingInbox: InboxView = {
    batchCount: inbox.batchCount,
    delayedCount: inbox.delayedCount,
    batchRecord: (index) => remember(batchRecords, index, inbox.batchRecord(index)),
    messageHash: (index) => remember(messageHashes, index, inbox.messageHash(index)),
  };
  const { result, read } = store.record(() => program.advance(input, recordingInbox));
  const witness: RunWitness = {
    input: fromHex(input),
    batchCount: inbox.batchCount,
    delayedCount: inbox.delayedCount,
    preimages: read,
    batchRecords: [...batchRecords],
    messageHashes: [...messageHashes],
  };
  return { block: result, witness };
}

function remember(map: Map<bigint, Uint8Array>, index: bigint, value: Uint8Array): Uint8Array {
  map.set(index, value);
  return value;
}
