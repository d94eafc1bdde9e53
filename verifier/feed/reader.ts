import type { Logger } from "pino";
import { Counter } from "prom-client";
import type { NodeCore } from "../../actor/core";
import { FeedGuard, WINDOW_BLOCKS, type ToldBlock } from "../../node/feed/guard";
import { feedDomain } from "../../node/feed/message";
import type { FeedServer } from "../../node/feed/server";
import { FeedSigners } from "../../node/feed/signers";
import type { FeedEvents, FeedSource } from "../../node/feed/source";
import type { ErrorCode } from "../../protocol/errorCodes";
import { SolventError } from "../../protocol/errors";

/** Bytes of blocks that wait to be executed; what is more comes by other ways. */
const MOST_WAITING_BYTES = 16 << 20;
/** So long a feed that is silent is believed to have nothing to say. */
const LONGEST_SILENCE_MS = 2_000;
/** What nobody honest sends, or passes on: whoever gave it is left for a while. */
const LIES: readonly ErrorCode[] = ["feed-malformed", "feed-oversize", "feed-wrong-chain", "feed-wrong-signer"];
/** So many messages of no use in a row are no accident. */
const MOST_USELESS = 256;

export interface FeedReaderDeps {
  core: NodeCore;
  /** Opens what messages come from. */
  open(events: FeedEvents): FeedSource;
  /** Gives what came to this node's own readers. */
  relay: FeedServer;
  /** L1's time, in seconds. */
  clock(): number;
  /** There is a block to execute, or something to ask the sequencer about. */
  onNews(): void;
  /** A block with what the leader of a slot has signed for it. */
  onPromise(block: ToldBlock): void;
  log: Logger;
}

/**
 * Takes in what a feed tells, and keeps what is worth to be executed until it is its turn. Nothing here is believed: a block is followed
 * when it comes out of its execution, and until L1 says otherwise.
 */
export class FeedReader {
  private readonly guard: FeedGuard;
  private readonly signers: FeedSigners;
  private source: FeedSource | null = null;
  private readonly waiting = new Map<number, ToldBlock>();
  private waitingBytes = 0;
  /** A height at which the feed tells another block than this node has; null where it does not. */
  private doubted: number | null = null;
  /** Of the monotonic clock: when something came last that is of use, or the sequencer was asked. */
  private heardAt = 0;
  private useless = 0;
  private readonly received: Counter;
  private isClosed = false;

  constructor(private readonly deps: FeedReaderDeps) {
    const { core, relay } = deps;
    const { system, registry } = core;
    this.signers = new FeedSigners(core.l1, system.inbox);
    this.guard = new FeedGuard({
      ...{ chain: core.chain, domain: feedDomain(system), clock: deps.clock, maxAhead: system.maxAhead, registry },
      signers: () => this.signers.current ?? new Set(),
    });
    const help = "Bytes of blocks that the feed told and that were worth a look";
    this.received = new Counter({ name: "solvent_feed_received_bytes_total", help, registers: [registry] });
    core.chain.subscribe({
      onHead: ({ dropped }) => {
        const lowest = dropped.at(-1)?.header.number;
        if (lowest === undefined) return;
        this.guard.forget(lowest);
        relay.forget(lowest);
      },
    });
  }

  /** Asks L1 who may sign, and connects once that is known. An L1 that does not say leaves it as it was. */
  async refresh(): Promise<void> {
    try {
      await this.signers.refresh(this.deps.clock());
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
    }
    if (this.source !== null || this.signers.current === null || this.isClosed) return;
    this.source = this.deps.open({
      from: () => this.deps.core.chain.unsafe.number + 1,
      onMessage: (bytes) => this.take(bytes),
      onOversize: () => this.refuse(this.guard.oversize()),
    });
  }

  /** Whether there is a block that may be next, or a question to the sequencer. */
  get isDue(): boolean {
    return this.waiting.has(this.next) || this.mustAsk;
  }

  /** Whether the sequencer has to be asked: the feed is silent, has a gap, or tells of another chain. */
  get mustAsk(): boolean {
    const isSilent = performance.now() - this.heardAt > LONGEST_SILENCE_MS;
    const hasGap = this.waiting.size > 0 && !this.waiting.has(this.next);
    return this.source?.isOpen !== true || isSilent || hasGap || this.doubted !== null;
  }

  /** The block that the feed tells for the next height; undefined where it tells none, or one of another chain. */
  peek(): ToldBlock | undefined {
    const { chain } = this.deps.core;
    for (const number of this.waiting.keys()) if (number <= chain.unsafe.number) this.remove(number);
    const block = this.waiting.get(this.next);
    if (block === undefined || block.parentHash === chain.unsafe.hash) return block;
    this.remove(block.number);
    this.doubted = chain.unsafe.number;
    return undefined;
  }

  /** The next block was taken over, or cannot be. */
  done(): void {
    this.remove(this.next);
    this.remove(this.next - 1);
    this.heardAt = performance.now();
  }

  /** The sequencer is asked. @returns the height that the feed told otherwise; null where it did not. */
  asked(): number | null {
    const { doubted } = this;
    this.doubted = null;
    this.heardAt = performance.now();
    return doubted;
  }

  /** The chain went back to what it was: what was told counts for nothing. */
  forget(): void {
    this.guard.forget(0);
    this.waiting.clear();
    [this.waitingBytes, this.doubted, this.heardAt] = [0, null, 0];
  }

  close(): void {
    this.isClosed = true;
    this.source?.close();
  }

  private get next(): number {
    return this.deps.core.chain.unsafe.number + 1;
  }

  private take(bytes: Uint8Array): void {
    let block: ToldBlock;
    try {
      block = this.guard.check(bytes);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
      return this.refuse(error);
    }
    this.useless = 0;
    this.deps.core.health.report("feed", null);
    this.received.inc(bytes.length);
    // Who signed it is known, and everybody behind this node looks for himself: nobody waits for its execution here.
    this.deps.relay.publish(block.number, bytes);
    if (block.promise !== null) this.deps.onPromise(block);
    if (block.number < this.next) this.doubted = block.number;
    else this.keep(block);
    this.deps.onNews();
  }

  private keep(block: ToldBlock): void {
    this.remove(block.number);
    const isRoom = this.waiting.size < WINDOW_BLOCKS && this.waitingBytes + sizeOf(block) <= MOST_WAITING_BYTES;
    if (!isRoom) return;
    this.waiting.set(block.number, block);
    this.waitingBytes += sizeOf(block);
  }

  private remove(number: number): void {
    const block = this.waiting.get(number);
    if (block === undefined) return;
    this.waiting.delete(number);
    this.waitingBytes -= sizeOf(block);
  }

  private refuse(error: SolventError): void {
    const { core, log } = this.deps;
    const isLie = LIES.includes(error.code);
    if (isLie) core.health.report("feed", error.message);
    if (error.code === "feed-equivocation") {
      log.error({ reason: error.message }, "the sequencer signed two blocks");
      this.doubted = core.chain.unsafe.number;
      this.deps.onNews();
    }
    // A node that is still far behind has no use for what is honest.
    if (core.isSynced) this.useless++;
    if (isLie || this.useless > MOST_USELESS) {
      log.warn({ code: error.code, reason: error.message }, "the feed is left for a while");
      this.useless = 0;
      this.source?.punish();
    }
  }
}

function sizeOf({ body }: ToldBlock): number {
  return body.lengthBytes;
}
