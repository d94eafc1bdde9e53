import type { Logger } from "pino";
import { inboxViewOf } from "../node/chain/inboxView";
import type { NodeCore } from "../actor/core";
import type { BuiltBlock } from "../node/engine/types";
import { isErrorCode } from "../protocol/errors";
import { RlpError } from "../protocol";
import { candidateOfRaw, candidateOfTold, decodeRawBlock, type Candidate } from "./candidate";
import type { FeedReader } from "./feed/reader";
import type { SequencerClient } from "./sequencerClient";

/** Blocks taken over in one call, so that L1 is never kept waiting for long. */
const BLOCKS_AT_ONCE = 64;

/**
 * Follows the sequencer's blocks above the safe head, as a feed tells them and, where it does not, as the sequencer shows them. A soft
 * confirmation is believed only as far as it is re-executed: each block is built anew from its transactions at its place, and has to come
 * out with the same hash.
 */
export class UnsafeFollower {
  /** Number of a block that did not come out; nothing above it is followed before the safe head has passed it. */
  private refused = 0;

  /** @param feed - null where blocks are only asked for. */
  constructor(
    private readonly core: NodeCore,
    private readonly sequencer: SequencerClient,
    private readonly feed: FeedReader | null,
    private readonly log: Logger,
  ) {}

  /** Whether `follow` may find something. */
  get isDue(): boolean {
    return this.feed?.isDue !== false;
  }

  /**
   * Takes over what is new. Run it alone: nothing else may change the chain meanwhile. The sequencer being away is no failure of this
   * node: the health topic `sequencer` says so, and the safe head goes on.
   * @param mustAsk - the sequencer is asked, whatever the feed tells.
   */
  async follow(mustAsk = false): Promise<void> {
    if (this.isStill) return;
    for (let i = 0; i < BLOCKS_AT_ONCE; i++) if (!(await this.takeTold())) break;
    if (!this.isStill && (mustAsk || this.feed?.mustAsk !== false)) await this.ask();
  }

  /** The chain went back to what it was: nothing is refused any more. */
  forget(): void {
    this.refused = 0;
    this.feed?.forget();
  }

  private get isStill(): boolean {
    return this.refused > this.core.chain.safe.number;
  }

  /** Takes over what the sequencer shows. */
  private async ask(): Promise<void> {
    const { chain, health } = this.core;
    try {
      const doubted = this.feed?.asked() ?? null;
      const head = await this.sequencer.headNumber();
      health.report("sequencer", null);
      // A sequencer that went back has dropped blocks, whatever their numbers.
      if (head < chain.unsafe.number || (doubted !== null && (await this.differs(doubted)))) await this.drop();
      const last = Math.min(head, chain.unsafe.number + BLOCKS_AT_ONCE);
      for (let number = chain.unsafe.number + 1; number <= last; number++) if (!(await this.takeShown(number))) break;
    } catch (error) {
      // Bytes that are no block are a broken promise as much as a wrong block is; they say nothing about this node.
      if (error instanceof RlpError)
        this.refuse(chain.unsafe.number + 1, `what the sequencer gave is no block: ${error.message}`);
      else if (!isErrorCode(error, "sequencer-unavailable")) throw error;
      else health.report("sequencer", (error as Error).message);
    }
  }

  private refuse(number: number, what: string): void {
    this.refused = number;
    this.core.health.report("soft-confirmation", what);
    this.log.error({ number }, what);
  }

  /** @returns whether the feed's next block now is the unsafe head. */
  private async takeTold(): Promise<boolean> {
    const block = this.feed?.peek();
    if (block === undefined || this.isStill) return false;
    const { view, chain } = this.core;
    const candidate = candidateOfTold(chain.requireBlockAt(chain.unsafe.number), block);
    // L1 is read later.
    if (candidate.delayed > view.delayedCount) return false;
    const isTaken = await this.execute(candidate);
    this.feed!.done();
    return isTaken;
  }

  /** @returns whether block `number`, as the sequencer shows it, now is the unsafe head. */
  private async takeShown(number: number): Promise<boolean> {
    const { chain, view } = this.core;
    const raw = await this.sequencer.rawBlock(number);
    if (raw === null) return false;
    const parent = chain.requireBlockAt(number - 1);
    const block = decodeRawBlock(raw);
    if (block.header.parentHash !== parent.hash) {
      await this.drop();
      return false;
    }
    const candidate = candidateOfRaw(parent, block);
    // L1 is read later; what follows from L1 alone is derived, never promised.
    if (candidate === null || candidate.delayed > view.delayedCount) return false;
    return this.execute(candidate);
  }

  private async execute({ number, expected, request }: Candidate): Promise<boolean> {
    const { chain, view } = this.core;
    let block: BuiltBlock;
    try {
      block = await this.core.rebuild({ ...request, inbox: inboxViewOf(view) }, chain.requireBlockAt(number - 1));
    } catch (error) {
      // What the engine cannot build is not followed; what it is, derivation will tell.
      this.refuse(number, `block ${number} of the sequencer cannot be built here: ${(error as Error).message}`);
      return false;
    }
    if (block.blockHash !== expected) {
      const made = block.blockHash;
      const text = `block ${number} of the sequencer is not what the rules make of it: ${made}, not ${expected}`;
      this.refuse(number, text);
      return false;
    }
    await chain.extend(number - 1, [{ block }]);
    this.core.health.report("soft-confirmation", null);
    return true;
  }

  /** Whether the sequencer shows another block at a height than this node has. */
  private async differs(number: number): Promise<boolean> {
    const raw = await this.sequencer.rawBlock(number);
    return raw !== null && decodeRawBlock(raw).hash !== this.core.chain.blockAt(number)?.hash;
  }

  /** Forgets the blocks above the safe head: the sequencer has others now. */
  private async drop(): Promise<void> {
    const { chain } = this.core;
    if (chain.unsafe.number > chain.safe.number) await chain.extend(chain.safe.number, []);
  }
}
