/** What a log holds at a moment. */
export interface LogBounds {
  /** Of the oldest entry that is kept; `last + 1` where none is. */
  first: number;
  /** Of the newest entry ever written; 0 before any. */
  last: number;
  /** Another one where the log was made anew. */
  identity: string;
}

/** What goes from process to process beside the log: who leads, and transactions that came in. It may be lost. */
export type Topic = "beat" | "pool";

/**
 * A log of one writer at a time, held outside the processes that write it. Entries have numbers without a gap, from 1 on.
 * INVARIANT: an entry is taken only by who knows the last one. So a process that slept, or was cut off, writes nothing that contradicts
 * what others have written meanwhile.
 */
export interface FencedLog {
  /** @returns null where no such log was ever made. @throws SolventError `failover-unavailable`. */
  bounds(): Promise<LogBounds | null>;
  /** Makes the log, empty, unless it is there. @throws as `bounds`. */
  create(): Promise<void>;
  /**
   * Writes one entry behind the entry `last`; once it returns the entry is kept.
   * @returns its number.
   * @throws SolventError `failover-fenced` where another entry follows `last`, `failover-full` where there is no room: nothing is written;
   * `failover-unavailable`: it may be written, or may be yet, as long as nothing else follows `last`.
   */
  append(payload: Uint8Array, last: number): Promise<number>;
  /** @returns an entry; null where it was forgotten. @throws as `bounds`. */
  read(sequence: number): Promise<Uint8Array | null>;
  /** Forgets all entries up to one. @throws as `bounds`. */
  forget(sequence: number): Promise<void>;
  tell(topic: Topic, payload: Uint8Array): void;
  /** What anybody tells, this process too. */
  hear(topic: Topic, listener: (payload: Uint8Array) => void): void;
  close(): Promise<void>;
}
