import { setImmediate } from "node:timers/promises";
import type { StoredBlock } from "../../node/chain/blockTables";
import type { BuildRequest, BuiltBlock } from "../../node/engine/types";
import { inboxViewOf } from "../../node/chain/inboxView";
import { nextBaseFee } from "../../protocol";
import type { NodeCore } from "../../actor/core";
import type { Question } from "../../actor/evidence";
import { SolventError } from "../../protocol/errors";
import { decodeCursor } from "../../protocol";
import { unpackInto } from "../../node/engine/overlay";
import { MAX_BLOCK_BYTES, encodeBody, encodeSegment } from "../../protocol/batch";
import { OpenBatch, SEGMENT_LEVEL } from "../batch/openBatch";
import type { Mempool, Pooled } from "../pool/mempool";

/** A block that was built and has its place in the open batch, not yet written. */
export interface PlacedBlock {
  built: BuiltBlock;
  candidates: Pooled[];
}

/** Bytes around the transactions of a block, at most. */
const BODY_OVERHEAD = 64;
/** Shorter blocks say little about how well the next one compresses. */
const LONG_BODY_BYTES = 40_000;

/**
 * Builds blocks on the unsafe head at the place that the open batch has for them.
 */
export class BlockBuilder {
  /** Compressed bytes for each byte of a block, as the last long one had it: says what fits before it is built. */
  private compression = 1;
  /** What the engine failed on last. */
  failed: Question | null = null;

  constructor(
    private readonly core: NodeCore,
    private readonly pool: Mempool,
  ) {}

  /**
   * Builds the next block and puts its bytes into the batch.
   * @param batch - the open batch; @param timestamp - seconds, greater than the parent's.
   * @param messageLimit - delayed messages that may be consumed, counted from the first ever.
   * @throws SolventError `block-failed` where the engine trapped or could not run: `failed` is what it was asked.
   * @returns "full" when the batch has no room for what should go in: close it and call again with the next.
   */
  async build(batch: OpenBatch, timestamp: number, messageLimit: number): Promise<PlacedBlock | "full"> {
    const { chain, system, view } = this.core;
    const parent = chain.requireBlockAt(chain.unsafe.number);
    const consumed = Number(decodeCursor(parent.header.extraData).delayed);
    const messageCount = Math.max(0, Math.min(messageLimit, view.delayedCount) - consumed);
    const baseFee = nextBaseFee(parent.header, system.minimumBaseFee);
    let maxBytes = MAX_BLOCK_BYTES - BODY_OVERHEAD;
    for (let attempt = 0; ; attempt++) {
      let candidates = this.pool.candidates(baseFee, system.blockGasLimit, maxBytes);
      const room = batch.room / this.compression;
      if (attempt === 0 && bytesWithin(candidates, system.blockGasLimit) > room) {
        if (!batch.isEmpty) return "full";
        candidates = this.pool.candidates(baseFee, system.blockGasLimit, Math.floor(room));
      }
      const bytes = candidates.reduce((sum, entry) => sum + entry.raw.length + 4, BODY_OVERHEAD);
      const built = await this.attempt(parent, batch, timestamp, messageCount, candidates, bytes);
      if (built !== null) {
        await this.learnCompression(built.body);
        return { built, candidates };
      }
      if (!batch.isEmpty) return "full";
      // Alone in a batch and still too long: fewer of them.
      maxBytes = Math.floor(bytes / 2);
    }
  }

  private async learnCompression(body: Uint8Array): Promise<void> {
    if (body.length < LONG_BODY_BYTES) return;
    // With a fiftieth to spare, so that a block is seldom built in vain.
    this.compression = Math.min(1, (1.02 * encodeSegment([body], SEGMENT_LEVEL).length) / body.length);
    await setImmediate();
  }

  private async attempt(
    parent: StoredBlock,
    batch: OpenBatch,
    timestamp: number,
    messageCount: number,
    candidates: readonly Pooled[],
    bytes: number,
  ): Promise<BuiltBlock | null> {
    const place = batch.place(bytes);
    const request = {
      parentOutputRoot: parent.outputRoot,
      timestamp: BigInt(timestamp),
      messageCount,
      inbox: inboxViewOf(this.core.view),
      candidates: candidates.map((entry) => entry.raw),
      place: { batch: BigInt(place.batch), segment: place.segment, offset: place.offset },
      maxBytes: MAX_BLOCK_BYTES,
    };
    const senders = candidates.map(({ from }) => from);
    const made = await this.core.longRuns.build(request, parent, gasOf(candidates), senders);
    const built = made?.built ?? this.run(request);
    if (!batch.append(built.body, place)) return null;
    if (made === null) return built;
    // Of a long block each of these takes some milliseconds: whoever asks meanwhile is answered between them.
    await setImmediate();
    unpackInto(this.core.store.nodes, made.nodes);
    await setImmediate();
    return built;
  }

  private run(request: BuildRequest): BuiltBlock {
    try {
      return this.core.engine.buildBlock(request);
    } catch (cause) {
      const { timestamp, messageCount, candidates, inbox, parentOutputRoot, place } = request;
      const body = encodeBody({ timestamp, messageCount: BigInt(messageCount), transactions: candidates });
      this.failed = { parentOutputRoot, inbox, built: { ...place, body } };
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new SolventError("block-failed", `the engine makes no block: ${reason}`, { cause });
    }
  }
}

/** Gas that the candidates may use together. */
function gasOf(candidates: readonly Pooled[]): bigint {
  return candidates.reduce((sum, { tx }) => sum + tx.gasLimit, 0n);
}

/** Bytes of the first candidates whose gas limits together fit a block. */
function bytesWithin(candidates: readonly Pooled[], gasLimit: bigint): number {
  let gas = 0n;
  let bytes = BODY_OVERHEAD;
  for (const { tx, raw } of candidates) {
    gas += tx.gasLimit;
    if (gas > gasLimit) break;
    bytes += raw.length + 4;
  }
  return bytes;
}
