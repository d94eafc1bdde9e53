import type { ChainBlock, ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { createChainTracer } from "../chainTracer";
import { invalidArgument, serverError } from "../errors";
import type { CallEngine } from "../../engine/threads";
import { decodeRlp, encodeRlp, keccak256, rlpList, toHex } from "../../../protocol";
import type { Hex, InboxView } from "../../../protocol/types";
import { bytesToHex, hexToBytes } from "../format/hex";
import { parseObject, type Params } from "../params";
import { formatTrace, optionsOf, parseTracer } from "../tracers";
import { parseBlockOverrides, parseCallAt, parseStateOverrides } from "../request";

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
  const trace = createChainTracer(chain, engine, inbox);
  const known = (params: Params): ChainBlock => {
    const block = params.blockOrNull(0, chain);
    if (block === null) throw serverError("block not found");
    return block;
  };
  const traceBlock = (params: Params): Promise<unknown> => traceOf(known(params), params);
  const traceOf = async (block: ChainBlock, params: Params): Promise<unknown> => {
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
    debug_traceBlock: (params) => {
      const encoded = hexToBytes(params.data(0));
      const block = chain.blockByHash(hashOf(encoded));
      // What is in no chain has no state to run on, and bytes after the header are the caller's word only.
      if (block === undefined || Buffer.compare(raw.block(block), encoded) !== 0)
        throw serverError("block not found: only blocks of this chain are traced");
      return traceOf(block, params);
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

/** Hash of the header of an encoded block. @throws RpcError -32602 for what is none. */
function hashOf(block: Uint8Array): Hex {
  try {
    return toHex(keccak256(encodeRlp(rlpList(decodeRlp(block))[0])));
  } catch {
    throw invalidArgument(0, "expected the RLP of a block");
  }
}
