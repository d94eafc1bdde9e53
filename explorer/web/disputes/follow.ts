import type { Interface } from "ethers";
import type { Replica } from "../../../games/follower";
import type { Hex } from "../../../protocol/types";
import type { RpcBlock, RpcLog, SystemConfig } from "../chain/types";
import { L1Logs } from "../l1Logs";
import { l1, node, useQuery, type Query } from "../live";
import { GameHistory, type HistoryRules, type SeenMove } from "./history";

/** The history, what never changes of the game, and a number that changes when the history does. */
export interface Followed<Event, R extends Replica<Event>, Parameters> {
  history: GameHistory<Event, R>;
  parameters: Parameters;
  moves: number;
}

/** Reads a number that the queue on L1 tells. */
export type ReadQueue = (abi: Interface, name: string, args?: unknown[]) => Promise<bigint>;

/** How one game is read from its contract. */
interface Source<Event, R extends Replica<Event>, Parameters> {
  open(read: ReadQueue): Promise<Parameters>;
  /** @returns the event, or null for a log of something else. */
  parse(log: RpcLog): Event | null | Promise<Event | null>;
  rules(parameters: Parameters): HistoryRules<Event, R>;
}

const times = new Map<string, Promise<number>>();

/** A hook that follows a game from L1's logs, on with every block. @param name - Of the game. */
export function createFollow<Event, R extends Replica<Event>, Parameters>(
  name: string,
  source: Source<Event, R, Parameters>,
): () => Query<Followed<Event, R, Parameters>> {
  let opened: { logs: L1Logs; parameters: Parameters } | null = null;
  let history: GameHistory<Event, R> | null = null;
  /** Which logs the history was made of. */
  let keys: string[] = [];

  const seen = async (log: RpcLog): Promise<SeenMove<Event> | null> => {
    const event = await source.parse(log);
    if (event === null) return null;
    const { blockHash, blockNumber, transactionHash } = log;
    const time = await timeOf(blockHash);
    return { event, time, l1Block: Number(blockNumber), transaction: transactionHash as Hex };
  };

  const follow = async (): Promise<Followed<Event, R, Parameters>> => {
    if (opened === null) {
      const { logs, read } = await openQueue();
      opened = { logs, parameters: await source.open(read) };
    }
    const { parameters } = opened;
    const logs = await opened.logs.read();
    const known = logs.map(({ blockHash, logIndex }) => `${blockHash} ${logIndex}`);
    // After a reorg of L1, or a devnet that was started anew, the game is another one.
    if (history === null || keys.some((key, i) => key !== known[i]))
      [history, keys] = [new GameHistory(source.rules(parameters)), []];
    const fresh = await Promise.all(logs.slice(keys.length).map(seen));
    history.append(fresh.filter((move) => move !== null));
    keys = known;
    return { history, parameters, moves: history.moves.length };
  };

  return () => useQuery(name, follow, ["l1"]);
}

/** The queue's logs, and what it tells when it is asked. */
export async function openQueue(): Promise<{ logs: L1Logs; read: ReadQueue }> {
  if (l1 === null) throw new Error("disputes are read from L1’s logs: start the page with --l1 URL");
  const { queue, startBlock } = await node.send<SystemConfig>("rollup_config");
  const read: ReadQueue = async (abi, name, args = []) => {
    const data = abi.encodeFunctionData(name, args);
    const result = await l1!.send<string>("eth_call", [{ to: queue, data }, "latest"]);
    return abi.decodeFunctionResult(name, result)[0] as bigint;
  };
  return { logs: new L1Logs(queue, startBlock), read };
}

function timeOf(blockHash: string): Promise<number> {
  let time = times.get(blockHash);
  if (time === undefined) {
    time = l1!.send<RpcBlock>("eth_getBlockByHash", [blockHash, false]).then(({ timestamp }) => Number(timestamp));
    time.catch(() => times.delete(blockHash));
    times.set(blockHash, time);
  }
  return time;
}

/** Gas of an L1 transaction, and its calldata. */
export async function costOf(transaction: string): Promise<{ gasUsed: number; input: string; from: string }> {
  const [receipt, { input, from }] = await Promise.all([
    l1!.send<{ gasUsed: string }>("eth_getTransactionReceipt", [transaction]),
    l1!.send<{ input: string; from: string }>("eth_getTransactionByHash", [transaction]),
  ]);
  return { gasUsed: Number(receipt.gasUsed), input, from };
}
