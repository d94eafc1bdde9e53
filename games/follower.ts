import type { Interface } from "ethers";
import { quantity } from "../protocol/quantity";
import type { Hex, L1Block } from "../protocol/types";
import { isErrorCode, SolventError } from "../protocol/errors";
import { Spans } from "../protocol/spans";
import { Comparison, type Expectation } from "./comparison";
import { SETTLEMENT_ABI } from "./settlement";
import type { L1Requests } from "./l1Requests";

interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
}

interface RpcBlock {
  number: string;
  hash: Hex;
  parentHash: Hex;
  timestamp: string;
}

/** Events of one L1 block. */
interface BlockEvents<Event> {
  number: number;
  time: number;
  events: Event[];
}

/** The state of a game, rebuilt from logs alone. */
export interface Replica<Event> {
  /** Time of the L1 block that it stands at. */
  nowSeconds: number;
  apply(event: Event, timeSeconds: number): void;
  /** Another one in the same state, which goes its own way. */
  copy(): this;
}

/** What the logs of a game mean. */
export interface GameLogs<Event, R extends Replica<Event>> {
  /** The contract's interface. */
  readonly abi: Interface;
  /** @returns the event, or null for a log of something else. */
  parse(log: { topics: readonly string[]; data: string }): Event | null;
  createReplica(): R;
  /** What the contract answers if the replica is right. */
  expected(replica: R): Iterable<Expectation>;
}

/** What the reader of the inbox knows of L1. */
export interface L1Chain {
  /** Whether a block that was read before is still L1's. */
  has(block: L1Block): boolean;
  /** The newest block that L1 does not take back; null where none is known. */
  readonly finalized: L1Block | null;
}

/** Blocks that are read one by one. */
const NEAR_BLOCKS = 16;
/** Blocks of one question for logs, at most. */
const SPAN_BLOCKS = 1_000;
/** Blocks under the head that are read one by one after an answer that did not fit; four times as many after each further one. */
const DOUBTED_BLOCKS = 64;
const PARALLEL = 8;

/** First topics of all events that shape a game. Balances are not asked for by logs: anyone can write those of others for next to nothing. */
function topicsOf(abi: Interface): string[] {
  const topics: string[] = [];
  abi.forEachEvent(({ name, topicHash }) => {
    if (name !== "Deposited" && name !== "Withdrawn") topics.push(topicHash);
  });
  return topics;
}

/**
 * Keeps a replica of the game at one L1 block: every decision is made at one block hash. A second one stands at a final block: after a
 * reorg, reading goes on from there. Its balances are not those of the accounts (`balanceOf` is).
 */
export class GameFollower<Event, R extends Replica<Event>> {
  private readonly rpc: L1Requests;
  private readonly queue: Hex;
  private readonly startBlock: number;
  private readonly logs: GameLogs<Event, R>;
  private readonly topics: readonly string[];
  private readonly comparison: Comparison;
  private readonly spans = new Spans(SPAN_BLOCKS);
  private current: R;
  private currentBlock: L1Block | null = null;
  /** The replica at a final block, and what came after it. */
  private final: { replica: R; at: L1Block | null };
  private tail: BlockEvents<Event>[] = [];
  /** Blocks under the head that are read one by one, however far they are. */
  private doubted = 0;

  constructor(rpc: L1Requests, queue: Hex, startBlock: number, logs: GameLogs<Event, R>) {
    this.rpc = rpc;
    this.queue = queue;
    this.startBlock = startBlock;
    this.logs = logs;
    this.topics = topicsOf(logs.abi);
    this.comparison = new Comparison(rpc, queue, logs.abi);
    this.current = logs.createReplica();
    this.final = { replica: logs.createReplica(), at: null };
  }

  get replica(): R {
    return this.current;
  }

  /** What an account can withdraw or stake, in wei, at an L1 block or at its tag. */
  async balanceOf(account: Hex, block: number | string): Promise<bigint> {
    const data = SETTLEMENT_ABI.encodeFunctionData("balanceOf", [account]);
    const at = typeof block === "number" ? quantity(block) : block;
    return BigInt(await this.rpc.send<string>("eth_call", [{ to: this.queue, data }, at]));
  }

  /** The block that the replica stands at. */
  get at(): L1Block | null {
    return this.currentBlock;
  }

  /**
   * Brings the replica to the state after `head`. What is near is read block by block, pinned by hash, back to the block that the
   * replica stands at; what is far by spans of blocks, checked against the head afterwards. What is final is read once. Then the contract
   * is asked whether it holds what the logs make, some of it at each call: whoever gives a range of blocks may leave some out.
   * @param chain - L1 as the caller reads it; `head` is its head.
   * @throws SolventError `l1-*`; the replica is then at a block that it was at before, at a final one, or at `head` and not compared yet; at none
   * with `l1-inconsistent`, where logs do not follow from each other or do not make what the contract holds.
   */
  async follow(head: L1Block, chain: L1Chain): Promise<void> {
    const isThere = this.currentBlock?.hash === head.hash;
    if (isThere && this.comparison.isComplete) return;
    if (!isThere) await this.goTo(head, chain);
    const difference = await this.comparison.difference(this.logs.expected(this.current), head.hash);
    if (difference !== null) throw this.restart(difference);
    if (this.comparison.isComplete) this.doubted = 0;
  }

  private async goTo(head: L1Block, chain: L1Chain): Promise<void> {
    const near = await this.blocksSince(head);
    if (Array.isArray(near)) this.append(await this.readNear(near));
    else {
      this.comparison.forget();
      if (near === "reorg" || (this.currentBlock !== null && !chain.has(this.currentBlock))) this.backToFinal(chain);
      const { finalized } = chain;
      if (this.currentBlock?.hash === this.final.at?.hash && finalized !== null && finalized.number <= head.number)
        await this.readFinal(finalized, head.number);
      this.append(await this.readSpans((this.currentBlock?.number ?? this.startBlock - 1) + 1, head));
    }
    this.current.nowSeconds = head.time;
    this.currentBlock = head;
    this.settle(chain.finalized);
  }

  private append(blocks: readonly BlockEvents<Event>[]): void {
    this.play(this.current, blocks);
    this.tail.push(...blocks.filter(({ events }) => events.length > 0));
  }

  /** SAFETY: what cannot follow is L1's answer until the opposite is shown, and no reason to end: it is read anew from the first block. */
  private play(replica: R, blocks: readonly BlockEvents<Event>[]): void {
    try {
      for (const { events, time } of blocks) for (const event of events) replica.apply(event, time);
    } catch (cause) {
      throw this.restart(cause instanceof Error ? cause.message : String(cause), cause);
    }
  }

  /** Everything is read anew, of another node where there is one, and more of it block by block. @returns what to throw. */
  private restart(reason: string, cause?: unknown): SolventError {
    this.clear();
    this.rpc.elsewhere?.();
    this.doubted = Math.max(DOUBTED_BLOCKS, 4 * this.doubted);
    const text = `logs of the game that L1's node gave do not fit, it may have left some out: reading all of them anew (${reason})`;
    return new SolventError("l1-inconsistent", text, { cause, retry: true });
  }

  private clear(): void {
    this.final = { replica: this.logs.createReplica(), at: null };
    this.current = this.logs.createReplica();
    this.currentBlock = null;
    this.tail = [];
  }

  /** Takes the replica back to the last final block; to the beginning where L1 has taken back even that. */
  private backToFinal(chain: L1Chain): void {
    const { at } = this.final;
    if (at === null || !chain.has(at)) return this.clear();
    this.current = this.final.replica.copy();
    this.currentBlock = this.final.at;
    this.tail = [];
  }

  /** Lets the second replica follow to a final block. */
  private settle(finalized: L1Block | null): void {
    if (
      finalized === null ||
      finalized.number <= (this.final.at?.number ?? -1) ||
      finalized.number > this.currentBlock!.number
    )
      return;
    const rest = this.tail.findIndex(({ number }) => number > finalized.number);
    const settled = this.tail.splice(0, rest < 0 ? this.tail.length : rest);
    this.play(this.final.replica, settled);
    this.final.at = finalized;
  }

  /** Reads up to a final block; each span that was read stays. */
  private async readFinal(finalized: L1Block, head: number): Promise<void> {
    const first = (this.currentBlock?.number ?? this.startBlock - 1) + 1;
    await this.spans.each(
      first,
      finalized.number,
      async (from, to) => {
        const last = to === finalized.number ? finalized : await this.blockAt(to);
        const blocks = await this.logsIn(from, last, head);
        if ((await this.blockAt(finalized.number)).hash !== finalized.hash) throw moved(finalized.number);
        for (const replica of [this.current, this.final.replica]) this.play(replica, blocks);
        this.currentBlock = this.final.at = last;
      },
      isRefused,
    );
  }

  /** Blocks above the replica's, ascending, up to the head. */
  private async blocksSince(head: L1Block): Promise<L1Block[] | "far" | "reorg"> {
    const at = this.currentBlock;
    if (at === null || head.number - at.number > NEAR_BLOCKS) return "far";
    const blocks: L1Block[] = [];
    let block = head;
    for (; block.number > at.number; block = await this.block(block.parentHash)) {
      blocks.unshift(block);
      if (block.parentHash === at.hash) return blocks;
    }
    return "reorg";
  }

  private async readNear(blocks: readonly L1Block[]): Promise<BlockEvents<Event>[]> {
    const logs = await Promise.all(blocks.map(({ hash }) => this.logsOf({ blockHash: hash })));
    return blocks.map(({ number, time }, i) => ({ number, time, events: this.eventsOf(logs[i]) }));
  }

  /** Blocks with events from that number up to the head, which must be L1's still when all is read. */
  private async readSpans(first: number, head: L1Block): Promise<BlockEvents<Event>[]> {
    const blocks: BlockEvents<Event>[] = [];
    const read = async (from: number, to: number): Promise<void> => {
      blocks.push(...(await this.logsIn(from, to === head.number ? head : await this.blockAt(to), head.number)));
    };
    await this.spans.each(first, head.number, read, isRefused);
    if ((await this.blockAt(head.number)).hash !== head.hash) throw moved(head.number);
    return blocks;
  }

  /** Blocks with events from that number on; those that are doubted one by one, as near ones are. */
  private async logsIn(from: number, last: L1Block, head: number): Promise<BlockEvents<Event>[]> {
    const firstDoubted = Math.max(from, head - this.doubted + 1);
    if (firstDoubted > last.number) return this.logsOfRange(from, last.number);
    const blocks = from === firstDoubted ? [] : await this.logsOfRange(from, firstDoubted - 1);
    let parent: Hex | null = null;
    for (let at = firstDoubted; at <= last.number; at += PARALLEL) {
      const numbers = Array.from({ length: Math.min(PARALLEL, last.number - at + 1) }, (_, i) => at + i);
      const some = await Promise.all(numbers.map((number) => (number === last.number ? last : this.blockAt(number))));
      for (const { number, hash, parentHash } of some) {
        if (parent !== null && parentHash !== parent) throw moved(number);
        parent = hash;
      }
      blocks.push(...(await this.readNear(some)));
    }
    return blocks;
  }

  private async logsOfRange(from: number, to: number): Promise<BlockEvents<Event>[]> {
    const logs = await this.logsOf({ fromBlock: quantity(from), toBlock: quantity(to) });
    const byBlock = new Map<string, RpcLog[]>();
    for (const log of logs) byBlock.set(log.blockHash, [...(byBlock.get(log.blockHash) ?? []), log]);
    const blocks: BlockEvents<Event>[] = [];
    for (const [blockHash, found] of byBlock) {
      const { number, time } = await this.block(blockHash);
      blocks.push({ number, time, events: this.eventsOf(found) });
    }
    return blocks;
  }

  private logsOf(range: object): Promise<RpcLog[]> {
    return this.rpc.send<RpcLog[]>("eth_getLogs", [{ address: this.queue, topics: [this.topics], ...range }]);
  }

  private eventsOf(logs: readonly RpcLog[]): Event[] {
    return logs.map((log) => this.logs.parse(log)).filter((event) => event !== null);
  }

  private async blockAt(number: number): Promise<L1Block> {
    const block = await this.rpc.send<RpcBlock | null>("eth_getBlockByNumber", [quantity(number), false]);
    if (block === null) throw moved(number);
    return toL1Block(block);
  }

  private async block(blockHash: string): Promise<L1Block> {
    const block = await this.rpc.send<RpcBlock | null>("eth_getBlockByHash", [blockHash, false]);
    if (block === null) throw moved(blockHash);
    return toL1Block(block);
  }
}

function toL1Block({ number, hash, parentHash, timestamp }: RpcBlock): L1Block {
  return { number: Number(number), hash, parentHash, time: Number(timestamp) };
}

/** A node's limit on results, blocks or time: whatever it says, fewer blocks may do. */
function isRefused(error: unknown): boolean {
  return isErrorCode(error, "l1-rpc");
}

function moved(place: number | string): SolventError {
  return new SolventError("l1-moved", `L1 changed at block ${place} while the game was read`, { retry: true });
}
