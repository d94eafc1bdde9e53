import type { ExecutedBlock, Hex, InboxView, NodeStore, StateTransition } from "../../protocol/types";
import { ZERO_HASH, fromHex, keccak256, toHex } from "../../protocol";
import { isErrorCode } from "../../protocol/errors";
import type { Substitution } from "./substitution";

/**
 * All that one run of the program asks for. With it the run can be repeated anywhere: in the proof VM, in another thread.
 * An answer of a precompile that is not in it is computed from the program's hints.
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
  /** Answers of precompiles that the run asked for, by the key of the request; blobs, by their versioned hash. */
  answers: [key: Uint8Array, data: Uint8Array][];
  /** A liar's answers, by key. */
  substituted: [key: Uint8Array, data: Uint8Array][];
}

/** A store that remembers what was read from it. */
export class RecordingStore implements NodeStore {
  private readonly inner: NodeStore;
  private seen: Map<Hex, Uint8Array> | null = null;
  private substituted: ReadonlyMap<Hex, Uint8Array> = new Map();

  constructor(inner: NodeStore) {
    this.inner = inner;
  }

  get(hash: Uint8Array): Uint8Array | undefined {
    const data = (this.substituted.size > 0 ? this.substituted.get(toHex(hash)) : undefined) ?? this.inner.get(hash);
    if (this.seen !== null && data !== undefined) this.seen.set(toHex(hash), data);
    return data;
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.inner.put(hash, data);
  }

  /**
   * Runs `action` and returns what it read, by key. Not for nesting.
   * @param substituted - Answers in place of the store's own, for the time of the action.
   */
  record<T>(action: () => T, substituted: Substitution["answers"] = []): { result: T; read: Map<Hex, Uint8Array> } {
    const read = (this.seen = new Map<Hex, Uint8Array>());
    this.substituted = new Map(substituted.map(([key, data]) => [toHex(key), data]));
    try {
      return { result: action(), read };
    } finally {
      this.seen = null;
      this.substituted = new Map();
    }
  }
}

/** One native run of the program with all that it asked for. */
export interface RecordedRun {
  /** Null where the inbox holds no further one, or the program trapped. */
  block: ExecutedBlock | null;
  witness: RunWitness;
  /** Data that the run read, by key; for precompiles the key is that of the request. */
  read: ReadonlyMap<Hex, Uint8Array>;
}

/**
 * Runs the program once natively and keeps what it asked for.
 * @param store - The store that `program` was opened over.
 * @param substitution - A liar's answers in place of the true ones.
 * @throws SolventError `preimage-missing` where the store lacks data: then nothing is known and nothing may be claimed.
 */
export function recordRun(
  program: StateTransition,
  store: RecordingStore,
  input: Hex,
  inbox: InboxView,
  substitution?: Substitution,
): RecordedRun {
  const batchRecords = new Map<bigint, Uint8Array>();
  const messageHashes = new Map<bigint, Uint8Array>();
  const otherRecords = new Map(substitution?.batchRecords);
  const otherHashes = new Map(substitution?.messageHashes);
  const recordingInbox: InboxView = {
    batchCount: inbox.batchCount,
    delayedCount: inbox.delayedCount,
    batchRecord: (index) => remember(batchRecords, index, otherRecords.get(index) ?? inbox.batchRecord(index)),
    messageHash: (index) => remember(messageHashes, index, otherHashes.get(index) ?? inbox.messageHash(index)),
  };
  const run = (): ExecutedBlock | null => {
    try {
      return program.advance(input, recordingInbox);
    } catch (error) {
      // The proof machine gets as far on what was read until then, and traps there.
      if (isErrorCode(error, "program-trapped")) return null;
      throw error;
    }
  };
  const { result, read } = store.record(run, substitution?.answers);
  const witness: RunWitness = {
    input: fromHex(input),
    batchCount: inbox.batchCount,
    delayedCount: inbox.delayedCount,
    preimages: [...read.values()],
    answers: [...read].map(([key, data]) => [fromHex(key), data] as [Uint8Array, Uint8Array]).filter(isAnswer),
    batchRecords: [...batchRecords],
    messageHashes: [...messageHashes],
    substituted: substitution?.answers ?? [],
  };
  return { block: result, witness, read };
}

/** The run from the zero root: its machine has stopped before it begins, and asks for nothing. */
export function idleWitness({ batchCount, delayedCount }: InboxView): RunWitness {
  const none = { preimages: [], batchRecords: [], messageHashes: [], answers: [], substituted: [] };
  return { input: fromHex(ZERO_HASH), batchCount, delayedCount, ...none };
}

/** What does not hash to its key is no preimage. */
function isAnswer([key, data]: [Uint8Array, Uint8Array]): boolean {
  return Buffer.compare(keccak256(data), key) !== 0;
}

function remember(map: Map<bigint, Uint8Array>, index: bigint, value: Uint8Array): Uint8Array {
  map.set(index, value);
  return value;
}
