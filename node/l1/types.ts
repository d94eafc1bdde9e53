import type { Hex, L1Block } from "../../protocol/types";

/** A batch as the inbox recorded it. Its bytes are in the node store behind `chunksHash`. */
export interface L1Batch {
  index: number;
  record: Hex;
  previousRecord: Hex;
  chunksHash: Hex;
  delayedCount: number;
  l1Number: number;
  l1Time: number;
  forced: boolean;
  sizeBytes: number;
  /** Number of the block that holds the event, as L1's RPC counts; `l1Number` is what the contract saw. */
  l1BlockNumber: number;
  l1BlockHash: Hex;
  l1TransactionHash: Hex;
}

/** A delayed message as the inbox recorded it; its preimage is in the node store behind `hash`. */
export interface L1Message {
  index: number;
  hash: Hex;
  sender: Hex;
  to: Hex;
  isCreation: boolean;
  /** Wei, decimal. */
  mint: string;
  value: string;
  gasLimit: string;
  data: Hex;
  l1Number: number;
  l1Time: number;
  l1BaseFee: string;
  l1ParentHash: Hex;
  /** As in L1Batch. */
  l1BlockNumber: number;
  l1BlockHash: Hex;
  l1TransactionHash: Hex;
  logIndex: number;
  /** The source hash that viem derives from the portal's event; absent when the message did not come through the portal. */
  aliasSource?: Hex;
}

/** What changed at one `poll`: L1 blocks above `rolledBackTo` were dropped first (null: none). */
export interface L1Update {
  rolledBackTo: number | null;
  head: L1Block;
  finalized: L1Block | null;
  batchCount: number;
  delayedCount: number;
}
