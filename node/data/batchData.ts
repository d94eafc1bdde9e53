import type { RpcLog } from "../l1/events";
import type { Hex } from "../../protocol/types";

/** A batch on its way to L1. */
export interface OutgoingBatch {
  index: number;
  /** Record of the batch before; zero for the first. */
  previousRecord: Hex;
  delayedCount: number;
  /** Hash of message `delayedCount - 1`; zero where there is none. */
  lastMessage: Hex;
  data: Uint8Array;
}

/** A call of the Inbox. */
export interface InboxCall {
  data: Hex;
  gasLimit: bigint;
}

/**
 * Where the bytes of batches are: the one thing that tells a data mode from another for a node. Twin of contracts/interfaces/IBatchData.sol.
 */
export interface BatchData {
  /**
   * The bytes of the batch that an event of the Inbox announces. Whoever reads checks them against the event's chunks hash.
   * @param log - the `BatchAppended` event of a batch that was posted. @param index - of the batch, for messages.
   * @throws SolventError `l1-moved` where the block of the event is gone, `l1-inconsistent` where L1 shows no such bytes.
   */
  read(log: RpcLog, index: number): Promise<Uint8Array>;
  /** What brings a batch to L1. */
  call(batch: OutgoingBatch): InboxCall;
}
