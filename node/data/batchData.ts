import type { RpcLog } from "../l1/events";
import type { L1View } from "../l1/view";
import type { BatchBytes } from "../l1/inboxReader";
import type { Hex } from "../../protocol/types";

/** Where the bytes of a batch go in a mode that leaves a choice. */
export type BatchForm = "blob" | "calldata";

/** A batch on its way to L1. */
export interface OutgoingBatch {
  index: number;
  /** Record of the batch before; zero for the first. */
  previousRecord: Hex;
  delayedCount: number;
  /** Hash of message `delayedCount - 1`; zero where there is none. */
  lastMessage: Hex;
  data: Uint8Array;
  /** Where the mode leaves a choice; a blob by default. */
  form?: BatchForm;
}

/** A call of the Inbox. */
export interface InboxCall {
  data: Hex;
  /** Estimated where absent. */
  gasLimit?: bigint;
  /** Wei. */
  value?: bigint;
  /** Rides along, `BLOB_BYTES` of it. */
  blob?: Uint8Array;
}

/** A batch that was appended and does not count yet. */
export interface PendingBatch {
  index: number;
  chunksHash: Hex;
  forced: boolean;
  /** As its record has them, once it counts. */
  delayedCount: number;
  l1Number: number;
  l1Time: number;
}

/** The end of the order of batches: what the next one is appended behind. */
export interface OrderEnd {
  /** Batches that were appended, those included that do not count yet. */
  count: number;
  /** Record that the next batch builds on; zero for the first. */
  record: Hex;
  /** The last batch; null where there is none. */
  last: { forced: boolean; l1BlockNumber: number; l1Time: number } | null;
  /** In order, the last `pending.length` of them all; none where each counts at once. */
  pending: readonly PendingBatch[];
}

/**
 * Where the bytes of batches are: the one thing that tells a data mode from another for a node. Twin of contracts/interfaces/IBatchData.sol.
 */
export interface BatchData {
  /**
   * The bytes of the batch that an event of the Inbox announces. Whoever reads checks them against the event's chunks hash; a blob was
   * checked against its versioned hash.
   * @param log - the `BatchAppended` event of a batch that was posted. @param index - of the batch, for messages.
   * @throws SolventError `l1-moved` where the block of the event is gone, `l1-inconsistent` where L1 shows no such bytes, `l1-data-missing`
   * where they are not on L1 and nobody gives them.
   */
  read(log: RpcLog, index: number): Promise<BatchBytes>;
  /** Brings the bytes to where readers look for them beside L1. @throws SolventError `l1-data-missing` where nobody takes them. */
  publish(data: Uint8Array): Promise<void>;
  /** What brings a batch to L1, once its bytes are published. */
  call(batch: OutgoingBatch): InboxCall;
  /**
   * The form in which a batch costs less on L1 at this moment; null where the mode has but one.
   * @throws SolventError `l1-*` where L1 does not tell the price of gas.
   */
  readonly cheaperForm: ((batch: OutgoingBatch) => Promise<BatchForm>) | null;
  /** What the next batch is appended behind. @throws SolventError `l1-*` where L1 has to be asked and cannot be. */
  end(view: L1View): Promise<OrderEnd>;
  /** Batches that do not count yet, and what is to be done for them; null where each counts at once. */
  readonly duties: DataDuties | null;
}

/** What a batch whose bytes are off L1 may call for at the moment. */
export interface DueCall {
  /** Names the purpose, as an `L1Request`. */
  key: string;
  kind: "challenge" | "answer" | "settle";
  /** Seconds of L1's clock since it became due, and until when it should be done; what lets a batch count can be done later, too. */
  dueSince: number;
  dueUntil: number;
  call: InboxCall;
}

/** What anybody can do for batches that do not count yet. */
export interface DataDuties {
  /**
   * Gets the bytes of each that is there now, as far as somebody gives them, and keeps them.
   * @returns what is due at L1's head, in the order of batches, and the batches whose bytes are missing.
   * @throws SolventError `l1-*`.
   */
  look(): Promise<{ due: DueCall[]; missing: number[] }>;
  /** The bytes of a batch that does not count yet; null where nobody gives them. @throws SolventError `l1-*`. */
  bytesOf(batch: PendingBatch): Promise<Uint8Array | null>;
}
