import type { Hex } from "../protocol/types";

/** What all claims about one history agree on. Twin of `IDisputeGame.Origin`. */
export interface Origin {
  /** Parent assertion (level 0), or what is contested one level up. */
  above: Hex;
  /** State before the first leaf: output root (level 0) or machine hash. */
  start: Hex;
  /** Hash of the `InboxState`. */
  inbox: Hex;
}

/** What the runs of an assertion may see of L1. Twin of `IOneStepProver.InboxState`. */
export interface InboxState {
  batchCount: number;
  /** Record of the last batch; zero if there is none. */
  lastBatch: Hex;
  delayedCount: number;
  /** Hash of the last message; zero if there is none. */
  lastDelayed: Hex;
}

/** What an output root is made of. Twin of `ISettlement.OutputPreimage`. */
export interface OutputPreimage {
  stateRoot: Hex;
  messagePasserStorageRoot: Hex;
  /** RLP of the header; `0x`, with both roots zero, for the zero output root. */
  header: Hex;
}

/** An assertion, with all that its children need. */
export interface AssertionInfo {
  id: Hex;
  parent: Hex;
  /** Number in the queue. */
  index: number;
  /** Its view for clients of the OP Stack. */
  game: Hex;
  /** What the game judges: root of the history of output roots, or the last output root itself. */
  root: Hex;
  outputRoot: Hex;
  l2BlockNumber: number;
  origin: Origin;
  /** The inbox that its children are limited to. */
  childInbox: InboxState;
}
