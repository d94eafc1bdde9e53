import type { Logger } from "pino";
import { SolventError } from "../../protocol/errors";
import type { L1Block, NodeStore } from "../../protocol/types";
import { InboxReader } from "./inboxReader";
import type { L1Rpc } from "./rpc";
import type { L1Batch, L1Message, L1Update } from "./types";
import type { L1View } from "./view";

/** Blocks nearer to the head than this are read one by one, pinned by hash; older ones by ranges of logs. */
const NEAR_BLOCKS = 64;
const PARALLEL = 8;

export interface FollowerOptions {
  inbox: string;
  portal?: string;
  /** L1 block before which nothing of this rollup happened (the deployment). */
  startBlock: number;
  /** Blocks per eth_getLogs while catching up. */
  logRange: number;
  /** Blocks under the head that count as final, or `tag` for L1's own `finalized`. */
  finality: number | "tag";
}

interface RpcBlock {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  logsBloom: string;
}

/**
 * Follows L1: each `poll` brings the view to L1's head, rolling back what a reorg dropped. Everything read is verified: block
 * links, the chains of record and message hashes, calldata against its chunks hash. A poll that L1 moved under fails and is repeated.
 */
export class L1Follower {
  private readonly reader: InboxReader;

  constructor(
    private readonly rpc: L1Rpc,
    readonly view: L1View,
    nodes: NodeStore,
    private readonly options: FollowerOptions,
    private readonly log: Logger,
  ) {
    this.reader = new InboxReader(rpc, nodes, options.inbox, options.portal);
  }

  /**
   * @returns what changed, or null when the head is the one seen last.
   * @throws SolventError `l1-unavailable`, `l1-moved` (both worth a retry), `l1-inconsistent`, `l1-wrong-chain`.
   */
  async poll(): Promise<L1Update | null> {
    const head = await this.block("latest");
    if (head.hash === this.view.tip?.hash && this.options.finality !== "tag") return null;
    let keep = await this.forkPoint(head);
    const rolledBackTo = keep !== null && keep.hash !== this.view.tip?.hash ? keep.number : null;
    const finalized = await this.finalizedBlock(head, keep);
    if (keep?.hash === head.hash && rolledBackTo === null) {
      if (finalized?.hash === this.view.finalized?.hash) return null;
      await this.view.apply(keep, [], [], [], finalized);
      return this.update(null, head, finalized);
    }
    if (rolledBackTo !== null)
      this.log.warn({ from: this.view.tip?.number, to: rolledBackTo }, "L1 reorg: rolling back");
    while (keep === null || head.number - keep.number > NEAR_BLOCKS) {
      const from = keep === null ? this.options.startBlock : keep.number + 1;
      const to = Math.min(from + this.options.logRange - 1, head.number - NEAR_BLOCKS);
      if (to < from) break;
      keep = await this.readRange(keep, from, to, finalized);
      this.log.info({ block: to, head: head.number }, "reading L1");
    }
    await this.readNear(keep, head, finalized);
    return this.update(rolledBackTo, head, finalized);
  }

  private update(rolledBackTo: number | null, head: L1Block, finalized: L1Block | null): L1Update {
    const { batchCount, delayedCount } = this.view;
    return { rolledBackTo, head, finalized, batchCount, delayedCount };
  }

  /** The newest block of the view that L1 still has; null when the view is empty. */
  private async forkPoint(head: L1Block & { parentHash: string }): Promise<L1Block | null> {
    const tip = this.view.tip;
    if (tip === null || tip.hash === head.hash || head.parentHash === tip.hash) return tip;
    for (const known of this.view.ancestors()) {
      if (known.number > head.number) continue;
      const now = known.number === head.number ? head : await this.blockOrNull(known.number);
      if (now?.hash === known.hash) return known;
    }
    throw new SolventError(
      "l1-wrong-chain",
      `L1 at ${this.rpc.url} shares no block with what this node has read; is it another chain? If L1 was reset, delete the data folder`,
    );
  }

  private async readRange(keep: L1Block | null, from: number, to: number, finalized: L1Block | null): Promise<L1Block> {
    const last = await this.block(to);
    const logs = await this.reader.logs({ fromBlock: from, toBlock: to });
    const found = await this.reader.read(logs, this.view, keep);
    const blocks = new Map<string, L1Block>();
    for (const { blockHash, blockNumber } of logs) {
      if (blocks.has(blockHash)) continue;
      const block = await this.block(Number(blockNumber));
      if (block.hash !== blockHash) throw moved(block.number);
      blocks.set(blockHash, block);
    }
    if (keep === null && from > 0) blocks.set("first", await this.block(from));
    blocks.set(last.hash, last);
    if (keep !== null && (await this.block(from)).parentHash !== keep.hash) throw moved(from);
    if ((await this.block(to)).hash !== last.hash) throw moved(to);
    const ascending = [...new Map([...blocks.values()].map((block) => [block.number, block])).values()];
    ascending.sort((a, b) => a.number - b.number);
    await this.view.apply(keep, ascending, found.batches, found.messages, finalized);
    return last;
  }

  private async readNear(keep: L1Block | null, head: RpcHead, finalized: L1Block | null): Promise<void> {
    const from = keep === null ? Math.min(this.options.startBlock, head.number) : keep.number + 1;
    const blocks: RpcHead[] = [];
    for (let number = from; number < head.number; number += PARALLEL) {
      const count = Math.min(PARALLEL, head.number - number);
      blocks.push(...(await Promise.all(Array.from({ length: count }, (_, i) => this.block(number + i)))));
    }
    if (head.number >= from) blocks.push(head);
    const batches: L1Batch[] = [];
    const messages: L1Message[] = [];
    let parent = keep?.hash;
    for (const block of blocks) {
      if (parent !== undefined && block.parentHash !== parent) throw moved(block.number);
      parent = block.hash;
      if (!this.reader.mayConcern(block.logsBloom)) continue;
      const logs = await this.reader.logs({ blockHash: block.hash });
      const found = await this.reader.read(logs, this.view, keep, { batches, messages });
      batches.push(...found.batches);
      messages.push(...found.messages);
    }
    const plain = blocks.map(({ number, hash, parentHash, time }) => ({ number, hash, parentHash, time }));
    await this.view.apply(keep, plain, batches, messages, finalized);
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
    const parameter = typeof tag === "number" ? "0x" + tag.toString(16) : tag;
    const block = await this.rpc.send<RpcBlock | null>("eth_getBlockByNumber", [parameter, false]);
    if (block === null) return null;
    const { number, hash, parentHash, timestamp, logsBloom } = block;
    return { number: Number(number), hash, parentHash, time: Number(timestamp), logsBloom } as RpcHead;
  }
}

type RpcHead = L1Block & { logsBloom: string };

function plain({ number, hash, parentHash, time }: L1Block): L1Block {
  return { number, hash, parentHash, time };
}

function moved(place: number | string): SolventError {
  return new SolventError("l1-moved", `L1 changed at block ${place} while it was read`, { retry: true });
}
