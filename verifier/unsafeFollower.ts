import type { Logger } from "pino";
import type { StoredBlock } from "../node/chain/blockTables";
import { inboxViewOf } from "../node/chain/inboxView";
import type { NodeCore } from "../actor/core";
import { HeadFeed } from "../node/l1/heads";
import type { BuiltBlock } from "../node/engine/types";
import { isErrorCode } from "../protocol/errors";
import type { BlockHeader } from "../protocol/types";
import {
  decodeCursor,
  decodeHeader,
  decodeRlp,
  DEPOSIT_TYPE,
  encodeRlp,
  keccak256,
  NO_SEGMENT,
  RlpError,
  rlpBytes,
  rlpList,
  toHex,
} from "../protocol";
import { encodeBody } from "../protocol/batch";
import type { SequencerClient } from "./sequencerClient";

/** Blocks taken over in one call, so that L1 is never kept waiting for long. */
const BLOCKS_AT_ONCE = 64;

/**
 * Follows the sequencer's blocks above the safe head. A soft confirmation is believed only as far as it is re-executed: each block is
 * built anew from its transactions at its place, and has to come out with the same hash.
 */
export class UnsafeFollower {
  /** Number of a block that did not come out; nothing above it is followed before the safe head has passed it. */
  private refused = 0;
  private readonly heads: HeadFeed | null;

  /** @param isTold - whether it asks when the sequencer tells a head, beside each two seconds. */
  constructor(
    private readonly core: NodeCore,
    private readonly sequencer: SequencerClient,
    private readonly log: Logger,
    isTold: boolean,
  ) {
    this.heads = isTold ? new HeadFeed(sequencer.url.replace(/^http/, "ws")) : null;
  }

  /** Whether `follow` may find something. */
  get isDue(): boolean {
    return this.heads?.isDue !== false;
  }

  /**
   * Takes over what is new. Run it alone: nothing else may change the chain meanwhile. The sequencer being away is no failure of this
   * node: the health topic `sequencer` says so, and the safe head goes on.
   */
  async follow(): Promise<void> {
    const { chain, health } = this.core;
    if (this.refused > chain.safe.number) return;
    this.heads?.take();
    try {
      const head = await this.sequencer.headNumber();
      health.report("sequencer", null);
      // A sequencer that went back has dropped blocks, whatever their numbers.
      if (head < chain.unsafe.number) await this.drop();
      const last = Math.min(head, chain.unsafe.number + BLOCKS_AT_ONCE);
      for (let number = chain.unsafe.number + 1; number <= last; number++) if (!(await this.take(number))) break;
      // Held back by L1, which is read later, or too many for one call.
      if (chain.unsafe.number < head) this.heads?.giveBack();
    } catch (error) {
      this.heads?.giveBack();
      // Bytes that are no block are a broken promise as much as a wrong block is; they say nothing about this node.
      const isNoBlock = error instanceof RlpError || isErrorCode(error, "build-invalid");
      if (isNoBlock)
        this.refuse(chain.unsafe.number + 1, `what the sequencer gave is no block: ${(error as Error).message}`);
      else if (!isErrorCode(error, "sequencer-unavailable")) throw error;
      else health.report("sequencer", (error as Error).message);
    }
  }

  close(): void {
    this.heads?.close();
  }

  /** The chain went back to what it was: nothing is refused any more. */
  forget(): void {
    this.heads?.giveBack();
    this.refused = 0;
  }

  private refuse(number: number, what: string): void {
    this.refused = number;
    this.core.health.report("soft-confirmation", what);
    this.log.error({ number }, what);
  }

  /** @returns whether block `number` now is the unsafe head. */
  private async take(number: number): Promise<boolean> {
    const { chain, view } = this.core;
    const raw = await this.sequencer.rawBlock(number);
    if (raw === null) return false;
    const parent = chain.requireBlockAt(number - 1);
    const [headerItem, transactionItems] = rlpList(decodeRlp(raw), 4);
    const headerRlp = encodeRlp(headerItem);
    const header = decodeHeader(headerRlp);
    if (header.parentHash !== parent.hash) {
      await this.drop();
      return false;
    }
    const form = ({ length, [2]: high, [3]: low }: string): string => `${length} ${high}${low}`; // length and version
    if (form(header.extraData) !== form(parent.header.extraData)) throw new RlpError("a header without a cursor");
    const { segment, offset, delayed } = decodeCursor(header.extraData);
    // L1 is read later; what follows from L1 alone is derived, never promised.
    if (segment === NO_SEGMENT || Number(delayed) > view.delayedCount) return false;
    const transactions = rlpList(transactionItems).map((item) =>
      item instanceof Uint8Array ? rlpBytes(item) : encodeRlp(item),
    );
    const content = bodyOf(parent, header, transactions);
    if (offset < content.body.length) throw new RlpError("a header whose cursor names no place of the block");
    let block: BuiltBlock;
    try {
      block = this.rebuild(parent, header, content);
    } catch (error) {
      // What the engine cannot build is not followed; what it is, derivation will tell.
      this.refuse(number, `block ${number} of the sequencer cannot be built here: ${(error as Error).message}`);
      return false;
    }
    const expected = toHex(keccak256(headerRlp));
    if (block.blockHash === expected) {
      await chain.extend(parent.header.number, [{ block }]);
      this.core.health.report("soft-confirmation", null);
      return true;
    }
    this.refuse(
      number,
      `block ${number} of the sequencer is not what the rules make of it: ${block.blockHash}, not ${expected}`,
    );
    return false;
  }

  private rebuild(
    parent: StoredBlock,
    { timestamp, extraData }: BlockHeader,
    { candidates, body, consumed }: Body,
  ): BuiltBlock {
    const { batch, segment, offset } = decodeCursor(extraData);
    return this.core.engine.buildBlock({
      parentOutputRoot: parent.outputRoot,
      timestamp: BigInt(timestamp),
      messageCount: consumed,
      inbox: inboxViewOf(this.core.view),
      candidates,
      place: { batch, segment, offset: offset - body.length },
    });
  }

  /** Forgets the blocks above the safe head: the sequencer has others now. */
  private async drop(): Promise<void> {
    const { chain } = this.core;
    if (chain.unsafe.number > chain.safe.number) await chain.extend(chain.safe.number, []);
  }
}

/** What a block is built from, and its bytes in the batch. */
interface Body {
  candidates: Uint8Array[];
  /** Delayed messages. */
  consumed: number;
  body: Uint8Array;
}

/** @throws RlpError where the header takes messages back. */
function bodyOf(parent: StoredBlock, { timestamp, extraData }: BlockHeader, transactions: readonly Uint8Array[]): Body {
  const messageCount = decodeCursor(extraData).delayed - decodeCursor(parent.header.extraData).delayed;
  if (messageCount < 0n) throw new RlpError("a header that takes messages back");
  const candidates = transactions.filter((transaction) => transaction[0] !== DEPOSIT_TYPE);
  const body = encodeBody({ timestamp: BigInt(timestamp), messageCount, transactions: candidates });
  return { candidates, consumed: Number(messageCount), body };
}
