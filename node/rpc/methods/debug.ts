import type { ChainBlock, ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "../errors";
import type { Executor, TraceOptions } from "../executor";
import { bytesToHex } from "../format/hex";
import { parseObject, type Params } from "../params";

/** Raw encodings that a chain can show of its blocks. */
export interface RawReader {
  header(block: ChainBlock): Uint8Array;
  block(block: ChainBlock): Uint8Array;
  /** Consensus encodings, in order. */
  receipts(block: ChainBlock): Uint8Array[];
}

/** Traces and raw encodings. */
export function debugMethods(chain: ChainReader, executor: Executor, raw: RawReader): RpcMethods {
  const known = (params: Params): ChainBlock => {
    const block = params.blockOrNull(0, chain);
    if (block === null) throw serverError("block not found");
    return block;
  };
  const traceBlock = (params: Params): unknown => {
    const block = known(params);
    if (block.header.number === 0) throw serverError("genesis is not traceable");
    const options = parseTraceOptions(params.raw(1), 1);
    return block.transactionHashes.map((txHash, i) => ({ txHash, result: executor.trace(block, i, options) }));
  };
  return {
    debug_traceTransaction: (params) => {
      const transaction = chain.transaction(params.hash(0));
      if (transaction === undefined) throw serverError("transaction not found");
      const block = chain.blockByHash(transaction.blockHash)!;
      return executor.trace(block, transaction.index, parseTraceOptions(params.raw(1), 1));
    },
    debug_traceBlockByNumber: traceBlock,
    debug_traceBlockByHash: (params) => {
      params.hash(0);
      return traceBlock(params);
    },
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

function parseTraceOptions(value: unknown, index: number): TraceOptions {
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
