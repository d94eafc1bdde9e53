import type { ChainBlock } from "../../node/chain/types";
import { nextTimestamp } from "../../node/chain/nextBlock";
import type { SequencerConfig } from "../config";

/** So long after its last block with transactions an idle sequencer makes one without. */
const QUIET_SECONDS = 3;
/** So long after the last block with something in it an idle chain still makes one a second. */
const LIVELY_MS = 15_000;
/** A chain so far ahead of the clock lets it catch up when it has time. */
const AHEAD_SECONDS = 5;

/** What of its config a pace follows. */
type PaceConfig = Pick<SequencerConfig, "blocks" | "emptyBlocks" | "idleBlockMs" | "blockTimeMs">;

/** When the next block is built, and of what time it is. */
export class Pace {
  mode: SequencerConfig["blocks"];
  /** Time of the next block in seconds, where a devnet chose it. */
  chosenTime: number | null = null;
  /** A devnet moves the clock: nothing is built meanwhile but what it asks for. */
  isHeld = false;
  /** Wall clock of the last block built here. */
  private builtAtMs = 0;
  /** The same of the last one with something in it; at first of the start. */
  private workedAtMs = Date.now();

  /**
   * @param maxAhead - how far a block may be ahead of L1's clock, in seconds; 0 for any.
   * @param clock - L1's time, in seconds.
   */
  constructor(
    private readonly config: PaceConfig,
    private readonly maxAhead: number,
    private readonly clock: () => number,
  ) {
    this.mode = config.blocks;
  }

  /** Whether no block comes by itself. */
  get isStill(): boolean {
    return this.isHeld || this.mode === "manual";
  }

  /** @param isWork - whether there is something to put into a block on `head`. */
  isDue(head: ChainBlock, isWork: boolean): boolean {
    if (this.isStill) return false;
    if (isWork || this.mode === "instant") return isWork;
    return this.config.emptyBlocks ? this.isPaused(head) : this.isQuiet(head);
  }

  /** Notes that `head` was built here, now. */
  note(head: ChainBlock): void {
    this.builtAtMs = Date.now();
    this.chosenTime = null;
    if (head.transactionHashes.length > 0) this.workedAtMs = this.builtAtMs;
  }

  /** What a devnet chose; else the clock's second, or the one behind the parent's; null while blocks are too far ahead of the clock. */
  nextTimestamp(parent: ChainBlock): number | null {
    if (this.chosenTime !== null && this.chosenTime > parent.header.timestamp) return this.chosenTime;
    const now = this.clock();
    const timestamp = nextTimestamp(parent, now);
    const limit = this.maxAhead === 0 ? Infinity : now + Math.floor(this.maxAhead / 2);
    return timestamp > limit ? null : timestamp;
  }

  /**
   * Whether the chain has stood still for a second, as far as an idle one may: a block is at least a second later than its parent, so where
   * many blocks with transactions have put the chain ahead of the clock, empty ones come half as often and let it catch up.
   */
  private isPaused({ header }: ChainBlock): boolean {
    // Whoever chose a time for the next block has something to put into it.
    if (this.chosenTime !== null) return false;
    const isLively = Date.now() - this.workedAtMs < LIVELY_MS;
    const idleMs = isLively ? 1_000 : this.config.idleBlockMs;
    const pauseMs = header.timestamp > this.clock() + AHEAD_SECONDS ? Math.max(2_000, idleMs) : idleMs;
    // Half a block time early: the clock's ticks are no more exact.
    return Date.now() - this.builtAtMs + this.config.blockTimeMs / 2 >= pauseMs;
  }

  /**
   * Whether nothing has followed a block with transactions. Clients ask for a receipt whenever a block comes; one that asked a moment
   * before the transaction was in a block would wait for the next one for ever (ethers 6 does).
   */
  private isQuiet({ header, transactionHashes }: ChainBlock): boolean {
    return transactionHashes.length > 0 && header.timestamp + QUIET_SECONDS <= this.clock();
  }
}
