import type { ChainLog, ChainReader, LogFilter } from "../chain/types";
import type { Hex } from "../../protocol/types";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "./errors";
import type { Work } from "./work";
import { findBlock, parseFixed, parseObject, parseUint64 } from "./params";

const MAX_TOPICS = 4;
/** Addresses, and topics at one position. */
const MAX_ALTERNATIVES = 1000;
/** Logs that one answer holds. */
const MAX_LOGS = 100_000;
/** How long one piece of a range takes, about. */
const PIECE_MS = 5;

/** What a log must match, apart from its block. */
export interface LogCriteria {
  addresses: readonly Hex[];
  topics: readonly (readonly Hex[] | null)[];
  /** Of blocks to come: the first and the last that count, where they are said by number. */
  fromBlock?: bigint;
  toBlock?: bigint;
}

/** The criteria of a filter object. An empty list and null match everything. */
export function parseLogCriteria(value: unknown, index: number): LogCriteria {
  const { address, topics } = parseObject(value ?? {}, index);
  return { addresses: parseAddresses(address, index), topics: parseTopics(topics, index) };
}

/**
 * The logs that a filter object of eth_getLogs asks for, read in pieces so that others have their turn.
 * @throws RpcError -32602 where block range and hash contradict or leave the chain, -32000 for an unknown block hash, -32005 for more than
 * can be given at once.
 */
export async function queryLogs(chain: ChainReader, value: unknown, index: number, work: Work): Promise<ChainLog[]> {
  const object = parseObject(value, index);
  const { addresses, topics } = parseLogCriteria(object, index);
  const { fromBlock, toBlock } = parseRange(chain, object, index);
  const filter = { ...(addresses.length > 0 ? { addresses } : {}), topics };
  // A reorg between two pieces would mix two chains: then all is read again.
  for (;;) {
    const end = chain.blockByNumber(toBlock)?.hash;
    const logs = await readInPieces(chain, filter, fromBlock, toBlock, work);
    if (chain.blockByNumber(toBlock)?.hash === end) return logs;
  }
}

async function readInPieces(
  chain: ChainReader,
  filter: Omit<LogFilter, "fromBlock" | "toBlock">,
  from: number,
  to: number,
  work: Work,
): Promise<ChainLog[]> {
  const logs: ChainLog[] = [];
  let piece = 32;
  for (let next = from; next <= to;) {
    const last = Math.min(to, next + piece - 1);
    const began = performance.now();
    for (const log of chain.logs({ ...filter, fromBlock: next, toBlock: last })) logs.push(log);
    if (logs.length > MAX_LOGS)
      throw new RpcError(RPC_CODES.limitExceeded, `query returned more than ${MAX_LOGS} results: ask for fewer blocks`);
    const isQuick = performance.now() - began < PIECE_MS;
    piece = isQuick ? Math.min(4_096, 2 * piece) : Math.max(1, piece >> 1);
    next = last + 1;
    await work.breathe();
  }
  return logs;
}

/** Whether a log matches. */
export function isMatch(log: ChainLog, { addresses, topics, fromBlock, toBlock }: LogCriteria): boolean {
  if (fromBlock !== undefined && log.blockNumber < fromBlock) return false;
  if (toBlock !== undefined && log.blockNumber > toBlock) return false;
  if (addresses.length > 0 && !addresses.includes(log.address)) return false;
  if (topics.length > log.topics.length) return false;
  return topics.every((wanted, i) => wanted === null || wanted.length === 0 || wanted.includes(log.topics[i]));
}

function parseRange(
  chain: ChainReader,
  object: Record<string, unknown>,
  index: number,
): Pick<LogFilter, "fromBlock" | "toBlock"> {
  const { blockHash, fromBlock, toBlock } = object;
  if (blockHash !== undefined && blockHash !== null) {
    if ((fromBlock ?? toBlock ?? undefined) !== undefined)
      throw invalidArgument(index, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
    const block = chain.blockByHash(parseFixed(blockHash, 32, index, "hash"));
    if (block === undefined) throw serverError("unknown block");
    return { fromBlock: block.header.number, toBlock: block.header.number };
  }
  const head = chain.head("latest").header.number;
  const number = (id: unknown): number =>
    findBlock(id ?? "latest", index, chain)?.header.number ?? Number(parseUint64(id, index));
  const [from, to] = [number(fromBlock), number(toBlock)];
  if (from > to) throw invalidRange();
  if (to > head || from > head)
    throw new RpcError(RPC_CODES.invalidParams, "block range extends beyond current head block");
  return { fromBlock: from, toBlock: to };
}

/**
 * The criteria of a polled filter or a subscription, which is about blocks to come.
 * @throws RpcError -32602 where the range is none, as geth tells it.
 */
export function parseFilterCriteria(value: unknown, index: number): LogCriteria {
  const criteria = parseLogCriteria(value, index);
  const { blockHash, fromBlock, toBlock } = parseObject(value ?? {}, index);
  if (isGiven(blockHash)) {
    if (isGiven(fromBlock) || isGiven(toBlock))
      throw invalidArgument(index, "cannot specify both BlockHash and FromBlock/ToBlock, choose one or the other");
    parseFixed(blockHash, 32, index, "hash");
    return criteria;
  }
  const [from, to] = [parseEnd(fromBlock, index), parseEnd(toBlock, index)];
  if (to !== "latest" && (from === "latest" || from > to)) throw invalidRange();
  return {
    ...criteria,
    ...(from === "latest" ? {} : { fromBlock: from }),
    ...(to === "latest" ? {} : { toBlock: to }),
  };
}

/** One end of a range: a number, or `latest` for whatever comes. */
function parseEnd(value: unknown, index: number): bigint | "latest" {
  if (!isGiven(value) || value === "latest" || value === "safe" || value === "finalized") return "latest";
  if (value === "earliest") return 0n;
  if (value === "pending") throw invalidArgument(index, "pending logs are not supported");
  if (typeof value !== "string") throw invalidArgument(index, "expected a block number or tag as a string");
  return parseUint64(value, index);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalidRange(): RpcError {
  return new RpcError(RPC_CODES.invalidParams, "invalid block range params");
}

function parseAddresses(value: unknown, index: number): Hex[] {
  if (value === undefined || value === null) return [];
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  requireFew(entries);
  return entries.map((entry) => parseFixed(entry, 20, index, "address"));
}

function parseTopics(value: unknown, index: number): (Hex[] | null)[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalidArgument(index, "topics must be a list");
  if (value.length > MAX_TOPICS) throw serverError("exceed max topics");
  return value.map((entry) => {
    if (entry === null || (Array.isArray(entry) && (entry.length === 0 || entry.includes(null)))) return null;
    const topics: unknown[] = Array.isArray(entry) ? entry : [entry];
    requireFew(topics);
    return topics.map((topic) => parseFixed(topic, 32, index, "topic"));
  });
}

function requireFew(entries: unknown[]): void {
  if (entries.length > MAX_ALTERNATIVES) throw serverError("exceed max addresses or topics per search position");
}
