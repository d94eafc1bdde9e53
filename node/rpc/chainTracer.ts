import type { ChainBlock, ChainReader } from "../chain/types";
import type { CallEngine } from "../engine/threads";
import type { CallFrame, TraceBlock } from "../engine/types";
import type { InboxView } from "../../protocol/types";
import { serverError } from "./errors";
import type { TracePlace } from "./format/flatTrace";
import { formatTrace, optionsOf, type Tracer } from "./tracers";

/** Traces of what stands in the chain. */
export interface ChainTracer {
  /** @throws RpcError -32000 for genesis. */
  transaction(block: ChainBlock, index: number, tracer: Tracer): Promise<unknown>;
  /** One result a transaction. @throws as `transaction`. */
  block(block: ChainBlock, tracer: Tracer): Promise<unknown[]>;
  /** The outermost call of one transaction, or of each. @throws as `transaction`. */
  call(block: ChainBlock, index: number): Promise<CallFrame>;
  calls(block: ChainBlock): Promise<CallFrame[]>;
}

/** @param inbox - where a block's deposits come from. */
export function createChainTracer(
  chain: ChainReader,
  engine: CallEngine,
  inbox: () => InboxView | undefined,
): ChainTracer {
  const traced = (block: ChainBlock): TraceBlock => {
    const parent = chain.blockByNumber(block.header.number - 1);
    if (parent === undefined) throw serverError("genesis is not traceable");
    const transactions = chain.blockTransactions(block).map((tx) => tx.raw);
    return { header: block.header, parent: parent.header, transactions, inbox: inbox() };
  };
  const placeOf = (block: ChainBlock, index: number): TracePlace => ({
    blockHash: block.hash,
    blockNumber: block.header.number,
    transactionHash: block.transactionHashes[index],
    transactionPosition: index,
  });
  const firstLogs = (block: ChainBlock, tracer: Tracer): number[] => {
    if (tracer.kind !== "callTracer" || !tracer.withLog) return [];
    let next = 0;
    return chain.blockReceipts(block).map(({ logs }) => (next += logs.length) - logs.length);
  };
  return {
    transaction: async (block, index, tracer) => {
      const trace = await engine.traceTransaction(traced(block), index, optionsOf(tracer));
      return formatTrace(trace, tracer, placeOf(block, index), firstLogs(block, tracer)[index]);
    },
    block: async (block, tracer) => {
      const traces = await engine.traceBlock(traced(block), optionsOf(tracer));
      const first = firstLogs(block, tracer);
      return traces.map((trace, i) => formatTrace(trace, tracer, placeOf(block, i), first[i]));
    },
    call: async (block, index) => (await engine.traceTransaction(traced(block), index, { calls: true })).call!,
    calls: async (block) => (await engine.traceBlock(traced(block), { calls: true })).map(({ call }) => call!),
  };
}
