import type { Hex } from "../chain/types";
import { QUEUE_ABI } from "./abi";
import { parseGameLog } from "./events";
import { GameReplica } from "./replica";
import type { GameParameters } from "./types";
import type { L1Rpc } from "../l1/rpc";
import type { L1Block } from "../l1/types";

interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockNumber: string;
  blockHash: string;
}

/**
 * Keeps a replica of the game at one L1 block: every decision is made at one block hash. After a reorg the replica is made anew from
 * the first block, since the game is small.
 */
export class GameFollower {
  readonly #rpc: L1Rpc;
  readonly #queue: Hex;
  readonly #startBlock: number;
  readonly #parameters: GameParameters;
  #replica: GameReplica;
  #at: L1Block | null = null;
  readonly #times = new Map<string, number>();

  private constructor(rpc: L1Rpc, queue: Hex, startBlock: number, parameters: GameParameters) {
    this.#rpc = rpc;
    this.#queue = queue;
    this.#startBlock = startBlock;
    this.#parameters = parameters;
    this.#replica = new GameReplica(parameters);
  }

  /** Reads the game's constants from the contract. */
  static async open(rpc: L1Rpc, queue: Hex, startBlock: number): Promise<GameFollower> {
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
   * Brings the replica to the state after `head`.
   * @param isCanonical - Whether a block that was read before is still L1's.
   * @throws SolventError `l1-*`; the replica is then as it was, or empty.
   */
  async follow(head: L1Block, isCanonical: (block: L1Block) => boolean): Promise<void> {
    if (this.#at?.hash === head.hash) return;
    if (this.#at !== null && (this.#at.number >= head.number || !isCanonical(this.#at))) {
      this.#replica = new GameReplica(this.#parameters);
      this.#at = null;
    }
    const fromBlock = `0x${(this.#at === null ? this.#startBlock : this.#at.number + 1).toString(16)}`;
    const toBlock = `0x${head.number.toString(16)}`;
    const logs = await this.#rpc.send<RpcLog[]>("eth_getLogs", [{ address: this.#queue, fromBlock, toBlock }]);
    const timed: { log: RpcLog; time: number }[] = [];
    for (const log of logs) timed.push({ log, time: await this.#timeOf(log) });
    for (const { log, time } of timed) {
      const event = parseGameLog(log);
      if (event !== null) this.#replica.apply(event, time);
    }
    this.#replica.nowSeconds = head.time;
    this.#at = head;
  }

  async #timeOf({ blockHash }: RpcLog): Promise<number> {
    let time = this.#times.get(blockHash);
    if (time === undefined) {
      const block = await this.#rpc.send<{ timestamp: string }>("eth_getBlockByHash", [blockHash, false]);
      time = Number(block.timestamp);
      if (this.#times.size > 10_000) this.#times.clear();
      this.#times.set(blockHash, time);
    }
    return time;
  }
}
