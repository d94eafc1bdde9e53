import { QUEUE_ABI } from "../../../../games/edges/abi";
import { parseGameLog } from "../../../../games/edges/events";
import type { GameParameters } from "../../../../games/edges/types";
import type { Hex } from "../../../../protocol/types";
import type { RpcBlock, RpcLog, SystemConfig } from "../../chain/types";
import { L1Logs } from "../../l1Logs";
import { l1, node, useQuery, type Query } from "../../live";
import { EdgesHistory, type SeenMove } from "./history";

/** The history, and a number that changes when it does. */
export interface Followed {
  history: EdgesHistory;
  moves: number;
}

let source: { logs: L1Logs; parameters: GameParameters } | null = null;
let history: EdgesHistory | null = null;
/** Which logs the history was made of. */
let keys: string[] = [];
const times = new Map<string, Promise<number>>();

/** The whole game from L1's logs, on with every block. */
export function useEdges(): Query<Followed> {
  return useQuery("edges", follow, ["l1"]);
}

async function follow(): Promise<Followed> {
  source ??= await open();
  const logs = await source.logs.read();
  const known = logs.map(({ blockHash, logIndex }) => `${blockHash} ${logIndex}`);
  // After a reorg of L1, or a devnet that was started anew, the game is another one.
  if (history === null || keys.some((key, i) => key !== known[i]))
    [history, keys] = [new EdgesHistory(source.parameters), []];
  const fresh = await Promise.all(logs.slice(keys.length).map(seen));
  history.append(fresh.filter((move) => move !== null));
  keys = known;
  return { history, moves: history.moves.length };
}

async function seen(log: RpcLog): Promise<SeenMove | null> {
  const event = parseGameLog(log);
  if (event === null) return null;
  const { blockHash, blockNumber, transactionHash } = log;
  const time = await timeOf(blockHash);
  return { event, time, l1Block: Number(blockNumber), transaction: transactionHash as Hex };
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

async function open(): Promise<{ logs: L1Logs; parameters: GameParameters }> {
  if (l1 === null) throw new Error("disputes are read from L1’s logs: start the page with --l1 URL");
  const { queue, startBlock } = await node.send<SystemConfig>("rollup_config");
  const read = async (name: string, args: unknown[] = []): Promise<bigint> => {
    const data = QUEUE_ABI.encodeFunctionData(name, args);
    const result = await l1!.send<string>("eth_call", [{ to: queue, data }, "latest"]);
    return QUEUE_ABI.decodeFunctionResult(name, result)[0] as bigint;
  };
  const levels = [0, 1, 2];
  const [period, heights, stakes] = await Promise.all([
    read("challengePeriod"),
    Promise.all(levels.map((level) => read("heightOf", [level]))),
    Promise.all(levels.map((level) => read("stakeOf", [level]))),
  ]);
  const parameters = {
    challengePeriodSeconds: Number(period),
    heights: heights.map(Number) as unknown as GameParameters["heights"],
    stakes: stakes as unknown as GameParameters["stakes"],
  };
  return { logs: new L1Logs(queue, startBlock), parameters };
}

/** Gas of an L1 transaction, and its calldata. */
export async function costOf(transaction: string): Promise<{ gasUsed: number; input: string; from: string }> {
  const [receipt, { input, from }] = await Promise.all([
    l1!.send<{ gasUsed: string }>("eth_getTransactionReceipt", [transaction]),
    l1!.send<{ input: string; from: string }>("eth_getTransactionByHash", [transaction]),
  ]);
  return { gasUsed: Number(receipt.gasUsed), input, from };
}
