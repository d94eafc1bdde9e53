import { decodeRlp, encodeHeader, encodeRlp, keccak256, toHex, type RlpItem } from "../../../protocol";
import { quantity } from "../../../protocol/quantity";
import { PREDEPLOYS } from "../../../protocol/predeploys";
import type { Hex } from "../../../protocol/types";
import type { ChainBlock, ChainReader } from "../../chain/types";
import type { CallEngine } from "../../engine/threads";
import type { SimulatedBlock, SimulatedBlockRequest, SimulatedCall, SimulationFailure } from "../../engine/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError } from "../errors";
import { formatHeader } from "../format/block";
import { bytesToHex } from "../format/hex";
import { formatTransaction } from "../format/transaction";
import { parseObject, type Params } from "../params";
import { parseBlockOverrides, parseCallRequest, parseStateOverrides } from "../request";
import type { StateReader } from "../../state/types";
import type { OpenState } from "./state";
import { revertText } from "./execute";

/** geth's: so many blocks above the base, gaps included. */
const MAX_BLOCKS = 256n;
/** Blocks back that BLOCKHASH tells of. */
const HASHES = 256;
/** Hashes that the history contract holds (EIP-2935). */
const HISTORY_WINDOW = 8191;
/** geth's: seconds between blocks where nothing else is said. */
const SECONDS = 12n;
const MAX_UINT64 = (1n << 64n) - 1n;
const MAX_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/** Codes of the execution API's `eth_simulateV1`. */
const CODE = { blockNumber: -38020, timestamp: -38021, failed: -32015 } as const;
const FAILURE_CODES: Readonly<Record<SimulationFailure["reason"], number>> = {
  "nonce-low": -38010,
  "nonce-high": -38011,
  "nonce-max": RPC_CODES.internal,
  "fee-below-base": -38012,
  "tip-above-fee": RPC_CODES.invalidParams,
  "intrinsic-gas": -38013,
  funds: -38014,
  "block-gas": -38015,
  "initcode-size": -38025,
  "gas-cap": RPC_CODES.internal,
  override: RPC_CODES.server,
  other: RPC_CODES.internal,
};

interface Options {
  blocks: unknown[];
  isValidated: boolean;
  withTransfers: boolean;
  isFull: boolean;
}

/** Blocks that nobody built. @param minimumBaseFee - of the chain's configuration, in wei. */
export function simulateMethods(
  chain: ChainReader,
  openState: OpenState,
  engine: CallEngine,
  minimumBaseFee: () => bigint,
): RpcMethods {
  const ancestorsOf = (base: ChainBlock): [bigint, Hex][] => {
    const first = Math.max(0, base.header.number - HASHES + 1);
    return Array.from({ length: base.header.number - first + 1 }, (_, i) => first + i).flatMap((number) => {
      const block = chain.blockByNumber(number);
      return block === undefined ? [] : [[BigInt(number), block.hash] as [bigint, Hex]];
    });
  };
  return {
    eth_simulateV1: async (params) => {
      const { blocks, isValidated, withTransfers, isFull } = parseOptions(params);
      const base = params.block(1, chain);
      const parsed = blocks.map((block) => parseBlock(block, chain.chainId));
      const result = await engine.simulate({
        base: base.header,
        baseHash: base.hash,
        ...(hasHistory(openState(base.header.stateRoot), base) ? {} : { ancestors: ancestorsOf(base) }),
        blocks: inOrder(parsed, { number: BigInt(base.header.number), timestamp: BigInt(base.header.timestamp) }),
        isValidated,
        withTransfers,
        minimumBaseFee: minimumBaseFee(),
      });
      if ("failed" in result) throw new RpcError(FAILURE_CODES[result.failed.reason], result.failed.message);
      return result.map((block) => formatSimulated(block, isFull));
    },
  };
}

/** Whether the state tells the hashes of the blocks before: a rollup's does from its first block on, L1's since Prague. */
function hasHistory(state: StateReader, base: ChainBlock): boolean {
  const oldest = Math.max(0, base.header.number - HASHES + 1);
  return state.storage(PREDEPLOYS.blockHashHistory, BigInt(oldest % HISTORY_WINDOW)) !== 0n;
}

function parseOptions(params: Params): Options {
  const options = params.object(0);
  const flag = (key: string): boolean => {
    const value = options[key] ?? false;
    if (typeof value !== "boolean") throw invalidArgument(0, `${key} must be a boolean`);
    return value;
  };
  const blocks = options.blockStateCalls;
  if (!Array.isArray(blocks) || blocks.length === 0) throw new RpcError(RPC_CODES.invalidParams, "empty input");
  if (BigInt(blocks.length) > MAX_BLOCKS) throw tooManyBlocks();
  return {
    blocks,
    isValidated: flag("validation"),
    withTransfers: flag("traceTransfers"),
    isFull: flag("returnFullTransactions"),
  };
}

type ParsedBlock = Omit<SimulatedBlockRequest, "overrides"> & {
  overrides: Partial<SimulatedBlockRequest["overrides"]>;
};

function parseBlock(value: unknown, chainId: bigint): ParsedBlock {
  const block = parseObject(value, 0);
  const calls = block.calls ?? [];
  if (!Array.isArray(calls)) throw invalidArgument(0, "calls must be a list");
  const overrides = parseBlockOverrides(block.blockOverrides, 0) ?? {};
  const { number, timestamp, ...others } = overrides;
  return {
    overrides: {
      ...others,
      ...(number === undefined ? {} : { number }),
      ...(timestamp === undefined ? {} : { timestamp }),
    },
    stateOverrides: parseStateOverrides(block.stateOverrides, 0),
    calls: calls.map((call) => parseCallRequest(call, 0, chainId)),
  };
}

/** Numbers and times, gaps filled with empty blocks. @throws RpcError where one is not behind the block before. */
function inOrder(blocks: readonly ParsedBlock[], base: { number: bigint; timestamp: bigint }): SimulatedBlockRequest[] {
  const result: SimulatedBlockRequest[] = [];
  let { number: last, timestamp: time } = base;
  for (const block of blocks) {
    const { number = last + 1n, timestamp } = block.overrides;
    if (number <= last) throw new RpcError(CODE.blockNumber, `block numbers must be in order: ${number} <= ${last}`);
    if (number - base.number > MAX_BLOCKS) throw tooManyBlocks();
    for (let gap = last + 1n; gap < number; gap++)
      result.push({ overrides: { number: gap, timestamp: (time += SECONDS) }, calls: [] });
    const stated = timestamp ?? time + SECONDS;
    if (stated <= time) throw new RpcError(CODE.timestamp, `block timestamps must be in order: ${stated} <= ${time}`);
    if (stated > MAX_EXACT || number > MAX_UINT64) throw invalidArgument(0, "a block's time must be below 2^53");
    result.push({ ...block, overrides: { ...block.overrides, number, timestamp: stated } });
    last = number;
    time = stated;
  }
  return result;
}

function tooManyBlocks(): RpcError {
  return new RpcError(RPC_CODES.clientLimitExceeded, "too many blocks");
}

function formatSimulated({ header, hash, calls }: SimulatedBlock, isFull: boolean): Record<string, unknown> {
  const transactions = calls.map(({ raw, from }) => ({ raw, from, hash: toHex(keccak256(raw)) }));
  const place = { blockHash: hash, blockNumber: header.number, blockTimestamp: header.timestamp };
  const withdrawals = header.withdrawalsRoot === undefined ? {} : { withdrawals: [] };
  const shape = { hash, header };
  return {
    ...formatHeader(shape),
    size: quantity(sizeOf(shape, transactions)),
    transactions: transactions.map(({ raw, from, hash: transactionHash }, index) =>
      isFull
        ? formatTransaction({ ...place, raw, from, index, hash: transactionHash, baseFeePerGas: header.baseFeePerGas })
        : transactionHash,
    ),
    uncles: [],
    ...withdrawals,
    calls: calls.map((call, index) => formatCall(call, index, transactions[index].hash, place)),
  };
}

/** Bytes of the block's RLP. */
function sizeOf({ header }: Pick<SimulatedBlock, "header">, transactions: readonly { raw: Uint8Array }[]): number {
  const items: RlpItem[] = transactions.map(({ raw }) => (raw[0] >= 0xc0 ? decodeRlp(raw) : raw));
  const body: RlpItem[] = header.withdrawalsRoot === undefined ? [items, []] : [items, [], []];
  return encodeRlp([decodeRlp(encodeHeader(header)), ...body]).length;
}

function formatCall(
  call: SimulatedCall,
  index: number,
  transactionHash: string,
  { blockHash, blockNumber, blockTimestamp }: { blockHash: string; blockNumber: number; blockTimestamp: number },
): Record<string, unknown> {
  const isSuccess = call.status === "success";
  return {
    returnData: isSuccess ? bytesToHex(call.returnData) : "0x",
    logs: call.logs.map((log) => ({
      address: log.address,
      topics: log.topics,
      data: bytesToHex(log.data),
      blockNumber: quantity(blockNumber),
      transactionHash,
      transactionIndex: quantity(index),
      blockHash,
      blockTimestamp: quantity(blockTimestamp),
      logIndex: quantity(log.index),
      removed: false,
    })),
    gasUsed: quantity(call.gasUsed),
    maxUsedGas: quantity(call.maxGasUsed),
    status: isSuccess ? "0x1" : "0x0",
    ...(isSuccess ? {} : { error: errorOf(call) }),
  };
}

function errorOf(call: SimulatedCall): Record<string, unknown> {
  if (call.status !== "revert") return { code: CODE.failed, message: call.message };
  const data = bytesToHex(call.returnData);
  return { code: RPC_CODES.revert, message: revertText(data), data };
}
