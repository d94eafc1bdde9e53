import type { Hex, L1Block } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { QUEUE_ABI } from "./abi";
import { parseGameLog, type GameEvent } from "./events";
import { GameReplica } from "./replica";
import type { GameParameters } from "./types";
import type { L1Requests } from "../l1Requests";

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

type TimedEvent = { event: GameEvent; time: number };

/** Blocks that are read one by one. */
const NEAR_BLOCKS = 16;

/**
 * Keeps a replica of the game at one L1 block: every decision is made at one block hash. After a reorg the replica is made anew from
 * the first block, since the game is small.
 */
export class GameFollower {
  readonly #rpc: L1Requests;
  readonly #queue: Hex;
  readonly #startBlock: number;
  readonly #parameters: GameParameters;
  #replica: GameReplica;
  #at: L1Block | null = null;

  private constructor(rpc: L1Requests, queue: Hex, startBlock: number, parameters: GameParameters) {
    this.#rpc = rpc;
    this.#queue = queue;
    this.#startBlock = startBlock;
    this.#parameters = parameters;
    this.#replica = new GameReplica(parameters);
  }

  /** Reads the game's constants from the contract. */
  static async open(rpc: L1Requests, queue: Hex, startBlock: number): Promise<GameFollower> {
    const read = async (name: string, args: unknown[] = []): Promise<bigint> => {
      const data = QUEUE_ABI.encodeFunctionData(name, args);
      const result = await rpc.send<string>("eth_call", [{ to: queue, data }, "latest"]);
      return QUEUE_ABI.decodeFunctionResult(name, result)[0] as bigint;
    };
    const levels = [0, 1, 2];
    const heights = (await Promise.all(levels.map((level) => read("heightOf", [level])))).map(Number);
    const stakes = await Promise.all(levels.map((level) => read("stakeOf", [level])));
    return new GameFollower(rpc, queue, startBlock, {
      heights: heights as [number, number, number],
      stakes: stakes as [bigint, bigint, bigint],
      challengePeriodSeconds: Number(await read("challengePeriod")),
    });
  }

  get parameters(): GameParameters {
    return this.#parameters;
  }

  get replica(): GameReplica {
    return this.#replica;
  }

  /** The block that the replica stands at. */
  get at(): L1Block | null {
    return this.#at;
  }

  /**
   * Brings the replica to the state after `head`. What is near is read block by block, pinned by hash, back to the block that the
   * replica stands at; what is far by one range, checked against the head afterwards.
   * @param isCanonical - Whether a block that was read before is still L1's; asked only where that is far behind.
   * @throws SolventError `l1-*`; the replica is then as it was, or empty.
   */
  async follow(head: L1Block, isCanonical: (block: L1Block) => boolean): Promise<void> {
    if (this.#at?.hash === head.hash) return;
    const near = await this.#blocksSince(head);
    if (near === "reorg" || (near === "far" && this.#at !== null && !isCanonical(this.#at))) {
      this.#replica = new GameReplica(this.#parameters);
      this.#at = null;
    }
    const events = Array.isArray(near) ? await this.#readNear(near) : await this.#readRange(head);
    for (const { event, time } of events) this.#replica.apply(event, time);
    this.#replica.nowSeconds = head.time;
    this.#at = head;
  }

  /** Blocks above the replica's, ascending, up to the head. */
  async #blocksSince(head: L1Block): Promise<L1Block[] | "far" | "reorg"> {
    const at = this.#at;
    if (at === null || head.number - at.number > NEAR_BLOCKS) return "far";
    const blocks: L1Block[] = [];
    let block = head;
    for (; block.number > at.number; block = await this.#block(block.parentHash)) {
      blocks.unshift(block);
      if (block.parentHash === at.hash) return blocks;
    }
    return "reorg";
  }

  async #readNear(blocks: readonly L1Block[]): Promise<TimedEvent[]> {
    const logs = await Promise.all(blocks.map(({ hash }) => this.#logs({ blockHash: hash })));
    return blocks.flatMap(({ time }, i) => eventsOf(logs[i], () => time));
  }

  async #readRange(head: L1Block): Promise<TimedEvent[]> {
    const first = this.#at === null ? this.#startBlock : this.#at.number + 1;
    const logs = await this.#logs({ fromBlock: `0x${first.toString(16)}`, toBlock: `0x${head.number.toString(16)}` });
    const times = new Map<string, number>();
    for (const { blockHash } of logs)
      if (!times.has(blockHash)) times.set(blockHash, (await this.#block(blockHash)).time);
    const now = await this.#rpc.send<RpcBlock | null>("eth_getBlockByNumber", [`0x${head.number.toString(16)}`, false]);
    if (now?.hash !== head.hash) throw moved(head.number);
    return eventsOf(logs, ({ blockHash }) => times.get(blockHash)!);
  }

  #logs(range: object): Promise<RpcLog[]> {
    return this.#rpc.send<RpcLog[]>("eth_getLogs", [{ address: this.#queue, ...range }]);
  }

  async #block(blockHash: string): Promise<L1Block> {
    const block = await this.#rpc.send<RpcBlock | null>("eth_getBlockByHash", [blockHash, false]);
    if (block === null) throw moved(blockHash);
    const { number, hash, parentHash, timestamp } = block;
    return { number: Number(number), hash, parentHash, time: Number(timestamp) };
  }
}

function eventsOf(logs: readonly RpcLog[], timeOf: (log: RpcLog) => number): TimedEvent[] {
  const parsed = logs.map((log) => ({ event: parseGameLog(log), time: timeOf(log) }));
  return parsed.filter((entry): entry is TimedEvent => entry.event !== null);
}

function moved(place: number | string): SolventError {
  return new SolventError("l1-moved", `L1 changed at block ${place} while the game was read`, { retry: true });
}
