import type { ChainBlock, ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "../errors";
import type { CallEngine } from "../../engine/threads";
import type { Trace, TraceBlock, TraceOptions } from "../../engine/types";
import type { InboxView } from "../../../protocol/types";
import { bytesToHex } from "../format/hex";
import { formatCallFrame, formatStructLogs, type StructLogOptions } from "../format/trace";
import { parseObject, type Params } from "../params";
import { parseBlockOverrides, parseCallAt, parseStateOverrides } from "../request";

type Tracer =
  { kind: "structLogs"; options: StructLogOptions } | { kind: "callTracer"; onlyTopCall: boolean; withLog: boolean };

/** Raw encodings that a chain can show of its blocks. */
export interface RawReader {
  header(block: ChainBlock): Uint8Array;
  block(block: ChainBlock): Uint8Array;
  /** Consensus encodings, in order. */
  receipts(block: ChainBlock): Uint8Array[];
}

/**
 * Traces and raw encodings.
 * @param inbox - where a block's deposits come from. @param minimumBaseFee - of the chain's configuration, in wei.
 */
export function debugMethods(
  chain: ChainReader,
  engine: CallEngine,
  raw: RawReader,
  inbox: () => InboxView | undefined,
  minimumBaseFee: () => bigint,
): RpcMethods {
  const trace = createTrace(chain, engine, inbox);
  const known = (params: Params): ChainBlock => {
    const block = params.blockOrNull(0, chain);
    if (block === null) throw serverError("block not found");
    return block;
  };
  const traceBlock = async (params: Params): Promise<unknown> => {
    const block = known(params);
    if (block.header.number === 0) throw serverError("genesis is not traceable");
    const tracer = parseTracer(params.raw(1), 1);
    const results = await trace.block(block, tracer);
    return block.transactionHashes.map((txHash, i) => ({ txHash, result: results[i] }));
  };
  return {
    debug_traceTransaction: (params) => {
      const transaction = chain.transaction(params.hash(0));
      if (transaction === undefined) throw serverError("transaction not found");
      const block = chain.blockByHash(transaction.blockHash)!;
      return trace.transaction(block, transaction.index, parseTracer(params.raw(1), 1));
    },
    debug_traceBlockByNumber: traceBlock,
    debug_traceBlockByHash: (params) => {
      params.hash(0);
      return traceBlock(params);
    },
    debug_traceCall: async (params) => {
      const options = params.raw(2) === undefined ? {} : parseObject(params.raw(2), 2);
      const request = {
        ...parseCallAt(chain, minimumBaseFee(), params, "latest"),
        stateOverrides: parseStateOverrides(options.stateOverrides, 2),
        blockOverrides: parseBlockOverrides(options.blockOverrides, 2),
      };
      const tracer = parseTracer(options, 2);
      return formatTrace(await engine.traceCall(request, optionsOf(tracer)), tracer);
    },
    debug_getBadBlocks: () => [],
    debug_getRawTransaction: (params) => {
      const hash = params.hash(0);
      const found = chain.transaction(hash)?.raw ?? chain.pool?.get(hash)?.raw;
      return found === undefined ? "0x" : bytesToHex(found);
    },
    debug_getRawHeader: (params) => bytesToHex(raw.header(known(params))),
    debug_getRawBlock: (params) => bytesToHex(raw.block(known(params))),
    debug_getRawReceipts: (params) => raw.receipts(known(params)).map(bytesToHex),
  };
}

function createTrace(chain: ChainReader, engine: CallEngine, inbox: () => InboxView | undefined) {
  const traced = (block: ChainBlock): TraceBlock => {
    const parent = chain.blockByNumber(block.header.number - 1);
    if (parent === undefined) throw serverError("genesis is not traceable");
    const transactions = chain.blockTransactions(block).map((tx) => tx.raw);
    return { header: block.header, parent: parent.header, transactions, inbox: inbox() };
  };
  return {
    transaction: async (block: ChainBlock, index: number, tracer: Tracer): Promise<unknown> =>
      formatTrace(await engine.traceTransaction(traced(block), index, optionsOf(tracer)), tracer),
    block: async (block: ChainBlock, tracer: Tracer): Promise<unknown[]> =>
      (await engine.traceBlock(traced(block), optionsOf(tracer))).map((trace) => formatTrace(trace, tracer)),
  };
}

function optionsOf(tracer: Tracer): TraceOptions {
  if (tracer.kind === "callTracer") return { calls: true, logs: tracer.withLog };
  const { options } = tracer;
  return {
    steps: true,
    stack: !options.disableStack,
    storage: !options.disableStorage,
    memory: options.enableMemory,
    returnData: options.enableReturnData,
    limit: options.limit,
  };
}

function formatTrace(trace: Trace, tracer: Tracer): unknown {
  return tracer.kind === "callTracer" ? formatCallFrame(trace.call!, tracer.onlyTopCall) : formatStructLogs(trace);
}

function parseTracer(value: unknown, index: number): Tracer {
  const object = value === undefined ? {} : parseObject(value, index);
  const flag = (source: Record<string, unknown>, key: string): boolean => {
    const entry = source[key] ?? false;
    if (typeof entry !== "boolean") throw invalidArgument(index, `${key} must be a boolean`);
    return entry;
  };
  if (object.tracer !== undefined && object.tracer !== "" && object.tracer !== null) {
    if (object.tracer !== "callTracer")
      throw new RpcError(RPC_CODES.invalidParams, "tracer not supported: use callTracer, or none for struct logs");
    const config = parseObject(object.tracerConfig ?? {}, index);
    return { kind: "callTracer", onlyTopCall: flag(config, "onlyTopCall"), withLog: flag(config, "withLog") };
  }
  const limit = object.limit ?? 0;
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 0)
    throw invalidArgument(index, "limit must be a non-negative integer");
  return {
    kind: "structLogs",
    options: {
      enableMemory: flag(object, "enableMemory"),
      disableStack: flag(object, "disableStack"),
      disableStorage: flag(object, "disableStorage"),
      enableReturnData: flag(object, "enableReturnData"),
      limit,
    },
  };
}
