import type { Logger } from "pino";
import { SolventError } from "../../protocol/errors";
import type { L1Block, NodeStore } from "../../protocol/types";
import { isDeepStrictEqual } from "node:util";
import { ZERO_HASH } from "../../protocol";
import { quantity } from "../../protocol/quantity";
import { Spans } from "../../protocol/spans";
import type { RpcBlock } from "./header";
import { InboxReader, type InboxEvents, type InboxState, type ReadBatchBytes } from "./inboxReader";
import type { L1Rpc } from "./rpc";
import type { L1Batch, L1Message, L1Update } from "./types";
import type { L1View } from "./view";

/** Blocks nearer to the head than this are read one by one, pinned by hash; older ones by ranges of logs. */
const NEAR_BLOCKS = 64;
const PARALLEL = 8;
/** So long a head that lies behind the one seen before is taken for an answer of a node that lags. */
const STALE_MS = 3_000;

export interface FollowerOptions {
  inbox: string;
  portal?: string;
  /** Reads the bytes of batches. */
  bytesOf: ReadBatchBytes;
  /** L1 block before which nothing of this rollup happened (the deployment). */
  startBlock: number;
  /** Blocks per eth_getLogs while catching up, at most. */
  logRange: number;
  /** Blocks under the head that count as final, or `tag` for L1's own `finalized`. */
  finality: number | "tag";
}

/** What was read above a block of the view and is not in it yet. */
interface Reading {
  keep: L1Block | null;
  blocks: L1Block[];
  batches: L1Batch[];
  messages: L1Message[];
}

/**
 * Follows L1: each `poll` brings the view to L1's head, rolling back what a reorg dropped. Everything read is verified: block hashes and
 * links, the chains of record and message hashes, calldata against its chunks hash, counts and last entries against the contract. A poll
 * that L1 moved under fails and is repeated; one whose pieces do not fit asks elsewhere and reads again from further back. The view
 * changes when all fits, or (while it only grows, far below the head) range by range.
 */
export class L1Follower {
  private readonly reader: InboxReader;
  private readonly spans: Spans;
  /** Blocks under the tip that the next poll reads again, since something did not fit. */
  private doubted = 0;
  /** Since when L1 has answered with an ancestor of what it gave as its head before, in milliseconds of the clock. */
  private staleSince: number | null = null;
  /** Block after which the contract's counts were compared last. */
  private countedAt: number | null = null;

  constructor(
    private readonly rpc: L1Rpc,
    readonly view: L1View,
    nodes: NodeStore,
    private readonly options: FollowerOptions,
    private readonly log: Logger,
  ) {
    this.reader = new InboxReader(rpc, nodes, options.inbox, options.bytesOf, options.portal);
    this.spans = new Spans(options.logRange);
  }

  /**
   * @returns what changed, or null when the head is the one seen last.
   * @throws SolventError `l1-unavailable`, `l1-malformed`, `l1-rpc`, `l1-moved`, `l1-stale`, `l1-inconsistent`, `l1-wrong-chain`; the next
   * call may succeed after any of them.
   */
  async poll(): Promise<L1Update | null> {
    try {
      const update = await this.read();
      this.doubted = 0;
      return update;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      if (error.code !== "l1-moved") this.rpc.elsewhere();
      if (error.code === "l1-inconsistent") this.doubted = Math.max(NEAR_BLOCKS, 4 * this.doubted);
      throw error;
    }
  }

  /**
   * Asks the contract whether the view is what it holds after the view's tip. What is not is read again by the next `poll`.
   * @throws SolventError as `poll` where L1 cannot be asked.
   */
  async confirm(): Promise<boolean> {
    const { tip } = this.view;
    if (tip === null) return true;
    const isSame = isDeepStrictEqual(await this.reader.stateAt(tip.hash), stateOf(this.view));
    if (!isSame) this.doubted = Math.max(NEAR_BLOCKS, 4 * this.doubted);
    return isSame;
  }

  /** Forgets what it holds of L1 beside the view, which has been read anew. */
  forget(): void {
    this.doubted = 0;
    [this.staleSince, this.countedAt] = [null, null];
  }

  private async read(): Promise<L1Update | null> {
    const head = await this.block("latest");
    const isDoubted = this.doubted > 0;
    if (head.hash === this.view.tip?.hash && this.options.finality !== "tag" && !isDoubted) return null;
    let keep = await this.forkPoint(head);
    this.requireFresh(head, keep);
    if (isDoubted && keep !== null) keep = this.view.knownAt(keep.number - this.doubted);
    const isSameTip = keep?.hash === this.view.tip?.hash;
    const rolledBackTo = keep !== null && !isSameTip ? keep.number : null;
    const finalized = await this.finalizedBlock(head, keep);
    if (keep !== null && keep.hash === head.hash && isSameTip) {
      if (finalized?.hash === this.view.finalized?.hash) return null;
      await this.view.apply(keep, [], [], [], finalized);
      return this.update(null, head, finalized);
    }
    if (isDoubted) this.log.warn({ from: keep?.number ?? this.options.startBlock }, "reading L1 again");
    else if (rolledBackTo !== null)
      this.log.warn({ from: this.view.tip?.number, to: rolledBackTo }, "L1 reorg: rolling back");
    let reading: Reading = { keep, blocks: [], batches: [], messages: [] };
    let last = keep;
    const far = last === null ? this.options.startBlock : last.number + 1;
    const read = async (from: number, to: number): Promise<void> => {
      last = await this.readRange(reading, last, from, to);
      this.log.info({ block: to, head: head.number }, "reading L1");
      // What replaces something is shown when it is whole; what is only more, as it comes.
      if (!isSameTip) return;
      await this.apply(reading, finalized);
      reading = { keep: last, blocks: [], batches: [], messages: [] };
    };
    // What L1 refuses for its length was cut already; whatever else failed, the next poll asks for half as much at once.
    await this.spans.each(far, head.number - NEAR_BLOCKS, read, () => false);
    await this.readNear(reading, last, head);
    await this.requireCounts(reading, head);
    await this.apply(reading, finalized);
    return this.update(rolledBackTo, head, finalized);
  }

  private apply({ keep, blocks, batches, messages }: Reading, finalized: L1Block | null): Promise<void> {
    return this.view.apply(keep, blocks, batches, messages, finalized);
  }

  private update(rolledBackTo: number | null, head: L1Block, finalized: L1Block | null): L1Update {
    const { batchCount, delayedCount } = this.view;
    return { rolledBackTo, head, finalized, batchCount, delayedCount };
  }

  /**
   * The newest block of the view that L1 still has; null when the view is empty. What L1 has of the view is a beginning of it: found in
   * steps that double, then by halving.
   */
  private async forkPoint(head: RpcHead): Promise<L1Block | null> {
    const { tip } = this.view;
    if (tip === null || tip.hash === head.hash || head.parentHash === tip.hash) return tip;
    const known = [...this.view.ancestors()].filter(({ number }) => number <= head.number);
    const isShared = async (i: number): Promise<boolean> => {
      const block = known[i];
      const now = block.number === head.number ? head : await this.blockOrNull(block.number);
      return now?.hash === block.hash;
    };
    let gone = -1; // the last place that is known to be gone
    let step = 1;
    while (gone + step < known.length && !(await isShared(gone + step))) {
      gone += step;
      step *= 2;
    }
    let shared = Math.min(gone + step, known.length - 1);
    if (shared <= gone || (gone + step >= known.length && !(await isShared(shared)))) throw this.wrongChain();
    while (shared - gone > 1) {
      const middle = (gone + shared) >> 1;
      if (await isShared(middle)) shared = middle;
      else gone = middle;
    }
    return known[shared];
  }

  private wrongChain(): SolventError {
    return new SolventError(
      "l1-wrong-chain",
      `L1 at ${this.rpc.url} shares no block with what this node has read; is it another chain? If L1 was reset, delete the data folder`,
      { retry: true },
    );
  }

  /**
   * A head that is an ancestor of the one before is no reorg but an answer of yesterday: providers that share the load give such. It is
   * believed only when L1 says nothing else for a while (a snapshot was reverted, and no block has come since).
   */
  private requireFresh(head: RpcHead, keep: L1Block | null): void {
    const { tip } = this.view;
    const isStale = tip !== null && keep !== null && keep.hash === head.hash && head.number < tip.number;
    if (!isStale) this.staleSince = null;
    else if (Date.now() - (this.staleSince ??= Date.now()) < STALE_MS)
      throw new SolventError(
        "l1-stale",
        `L1 at ${this.rpc.url} is at block ${head.number}, and was at ${tip.number}: it lags, or went back`,
        { retry: true },
      );
  }

  private async readRange(reading: Reading, last: L1Block | null, from: number, to: number): Promise<L1Block> {
    const end = await this.block(to);
    const logs = await this.reader.logs({ fromBlock: from, toBlock: to });
    const found = await this.reader.read(logs, this.view, reading.keep, reading);
    const blocks = new Map<string, L1Block>();
    for (const { blockHash, blockNumber } of logs) {
      if (blocks.has(blockHash)) continue;
      const block = await this.block(Number(blockNumber));
      if (block.hash !== blockHash) throw moved(block.number);
      blocks.set(blockHash, block);
    }
    if (last === null && from > 0) blocks.set("first", await this.block(from));
    blocks.set(end.hash, end);
    if (last !== null && (await this.block(from)).parentHash !== last.hash) throw moved(from);
    if ((await this.block(to)).hash !== end.hash) throw moved(to);
    const ascending = [...new Map([...blocks.values()].map((block) => [block.number, block])).values()];
    ascending.sort((a, b) => a.number - b.number);
    add(reading, ascending, found);
    return plain(end);
  }

  private async readNear(reading: Reading, last: L1Block | null, head: RpcHead): Promise<void> {
    const from = last === null ? Math.min(this.options.startBlock, head.number) : last.number + 1;
    const blocks: RpcHead[] = [];
    for (let number = from; number < head.number; number += PARALLEL) {
      const count = Math.min(PARALLEL, head.number - number);
      blocks.push(...(await Promise.all(Array.from({ length: count }, (_, i) => this.block(number + i)))));
    }
    if (head.number >= from) blocks.push(head);
    let parent = last?.hash;
    for (const block of blocks) {
      if (parent !== undefined && block.parentHash !== parent) throw moved(block.number);
      parent = block.hash;
      const logs = this.reader.mayConcern(block.logsBloom) ? await this.reader.logs({ blockHash: block.hash }) : [];
      add(reading, [block], await this.reader.read(logs, this.view, reading.keep, reading));
    }
  }

  /** Nothing was left out: where something may have happened, the contract's counts and last entries are those of the view to be. */
  private async requireCounts({ keep, blocks, batches, messages }: Reading, head: RpcHead): Promise<void> {
    const isDue = batches.length + messages.length > 0 || blocks.length > NEAR_BLOCKS || this.doubted > 0;
    if (!isDue && this.countedAt !== null && head.number - this.countedAt < NEAR_BLOCKS) return;
    const { view } = this;
    const keepNumber = keep?.number ?? -1;
    const [batchCount, delayedCount] = [view.batchCountAt(keepNumber), view.delayedCountAt(keepNumber)];
    const mine = {
      batchCount: batchCount + batches.length,
      delayedCount: delayedCount + messages.length,
      lastBatch: (batches.at(-1) ?? view.batch(batchCount - 1))?.record ?? ZERO_HASH,
      lastDelayed: (messages.at(-1) ?? view.message(delayedCount - 1))?.hash ?? ZERO_HASH,
    };
    const theirs = await this.reader.stateAt(head.hash);
    if (!isDeepStrictEqual(mine, theirs))
      throw new SolventError(
        "l1-inconsistent",
        `L1's answers do not fit: its logs up to block ${head.number} make ${mine.batchCount} batches and ${mine.delayedCount} ` +
          `messages, the Inbox has ${theirs.batchCount} and ${theirs.delayedCount}`,
        { retry: true },
      );
    this.countedAt = head.number;
  }

  private async finalizedBlock(head: L1Block, keep: L1Block | null): Promise<L1Block | null> {
    const { finality } = this.options;
    if (finality === "tag") {
      const block = await this.blockOrNull("finalized");
      return block === null || block.number > head.number ? null : plain(block);
    }
    if (finality === 0) return plain(head);
    const number = head.number - finality;
    if (number < 0) return null;
    return this.known(number, keep) ?? plain(await this.block(number));
  }

  /** A block of the view at or under `keep`. */
  private known(number: number, keep: L1Block | null): L1Block | undefined {
    if (keep === null || number > keep.number) return undefined;
    for (const block of this.view.ancestors())
      if (block.number <= number) return block.number === number ? block : undefined;
    return undefined;
  }

  /** @throws SolventError `l1-*` */
  async block(tag: number | string): Promise<RpcHead> {
    const block = await this.blockOrNull(tag);
    if (block === null) throw moved(tag);
    return block;
  }

  private async blockOrNull(tag: number | string): Promise<RpcHead | null> {
    const parameter = typeof tag === "number" ? quantity(tag) : tag;
    const block = await this.rpc.send<RpcBlock | null>("eth_getBlockByNumber", [parameter, false]);
    if (block === null) return null;
    const { number, hash, parentHash, timestamp, logsBloom } = block;
    return { number: Number(number), hash, parentHash, time: Number(timestamp), logsBloom };
  }
}

type RpcHead = L1Block & { logsBloom: string };

function plain({ number, hash, parentHash, time }: L1Block): L1Block {
  return { number, hash, parentHash, time };
}

function add({ blocks, batches, messages }: Reading, more: readonly L1Block[], found: InboxEvents): void {
  blocks.push(...more.map(plain));
  batches.push(...found.batches);
  messages.push(...found.messages);
}

function stateOf(view: L1View): InboxState {
  return {
    batchCount: view.batchCount,
    delayedCount: view.delayedCount,
    lastBatch: view.batch(view.batchCount - 1)?.record ?? ZERO_HASH,
    lastDelayed: view.message(view.delayedCount - 1)?.hash ?? ZERO_HASH,
  };
}

function moved(place: number | string): SolventError {
  return new SolventError("l1-moved", `L1 changed at block ${place} while it was read`, { retry: true });
}
