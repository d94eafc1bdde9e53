import type { Logger } from "pino";
import type { NodeCore } from "../actor/core";
import { decodeCursor } from "../protocol";

const LOG_EVERY_MS = 5_000;

/** Where a node stands on its way from genesis to L1's head. */
export interface Progress {
  startingBlock: number;
  currentBlock: number;
  /** Estimated from the batches that are left: how many blocks they hold is known when they are derived. */
  highestBlock: number;
}

/** Shows how far the node is with deriving what L1 holds: in eth_syncing, and in the log every few seconds. */
export class SyncProgress {
  private readonly startingBlock: number;
  private timer: NodeJS.Timeout | null = null;
  private last = { block: 0, at: 0 };

  constructor(
    private readonly core: NodeCore,
    private readonly log: Logger,
  ) {
    this.startingBlock = core.chain.safe.number;
  }

  /** Null once the chain has been derived to L1's head. */
  current(): Progress | null {
    const { chain, view, isSynced } = this.core;
    if (isSynced) return null;
    const { number } = chain.safe;
    const done = Number(decodeCursor(chain.requireBlockAt(number).header.extraData).batch);
    const left = Math.max(0, view.batchCount - done - 1);
    const blocksPerBatch = done === 0 ? 1 : number / done;
    return {
      startingBlock: this.startingBlock,
      currentBlock: number,
      highestBlock: number + Math.max(view.batchCount > done ? 1 : 0, Math.ceil(left * blocksPerBatch)),
    };
  }

  start(): void {
    this.last = { block: this.startingBlock, at: Date.now() };
    this.timer = setInterval(() => this.tell(), LOG_EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
  }

  private tell(): void {
    const progress = this.current();
    if (progress === null) return this.stop();
    const { currentBlock, highestBlock } = progress;
    const seconds = (Date.now() - this.last.at) / 1_000;
    const blocksPerSecond = Math.round((currentBlock - this.last.block) / seconds);
    this.last = { block: currentBlock, at: Date.now() };
    const percent = highestBlock === 0 ? 0 : Math.floor((100 * currentBlock) / highestBlock);
    const { tip, batchCount } = this.core.view;
    this.log.info({ currentBlock, highestBlock, percent, blocksPerSecond, l1: tip?.number, batchCount }, "syncing");
  }
}
