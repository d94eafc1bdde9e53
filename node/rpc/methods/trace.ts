import type { InboxView } from "../../../protocol/types";
import type { ChainBlock, ChainReader } from "../../chain/types";
import type { CallEngine } from "../../engine/threads";
import { createChainTracer } from "../chainTracer";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "../errors";
import { findBlock, parseFixed, parseObject, type Params } from "../params";
import type { Tracer } from "../tracers";

const FLAT: Tracer = { kind: "flatCallTracer", options: { convertParityErrors: true, includePrecompiles: false } };
/** Blocks that one trace_filter looks through, and traces that it gives. */
const MAX_BLOCKS = 1_000;
const MAX_TRACES = 10_000;

type FlatTrace = Record<string, unknown> & { action: Record<string, unknown>; result?: Record<string, unknown> };

/** OpenEthereum's trace_ namespace: its traces; no state differences, no steps. */
export function traceMethods(chain: ChainReader, engine: CallEngine, inbox: () => InboxView | undefined): RpcMethods {
  const tracer = createChainTracer(chain, engine, inbox);
  const ofBlock = async (block: ChainBlock): Promise<FlatTrace[][]> =>
    block.header.number === 0 ? [] : ((await tracer.block(block, FLAT)) as FlatTrace[][]);
  const ofTransaction = async (params: Params): Promise<FlatTrace[] | null> => {
    const transaction = chain.transaction(params.hash(0));
    if (transaction === undefined) return null;
    const block = chain.blockByHash(transaction.blockHash)!;
    return (await tracer.transaction(block, transaction.index, FLAT)) as FlatTrace[];
  };
  return {
    trace_block: async (params) => (await ofBlock(params.block(0, chain))).flat(),
    trace_transaction: ofTransaction,
    trace_get: async (params) => {
      const path = params.required(1);
      if (!Array.isArray(path)) throw invalidArgument(1, "expected a list of positions");
      const wanted = path.map((position) => Number(position)).join();
      return (await ofTransaction(params))?.find(({ traceAddress }) => String(traceAddress) === wanted) ?? null;
    },
    trace_replayTransaction: async (params) => {
      requireTraceOnly(params);
      const traces = await ofTransaction(params);
      if (traces === null) throw serverError("transaction not found");
      return replayed(traces);
    },
    trace_replayBlockTransactions: async (params) => {
      requireTraceOnly(params);
      const block = params.block(0, chain);
      const traces = await ofBlock(block);
      return traces.map((one, i) => ({ ...replayed(one), transactionHash: block.transactionHashes[i] }));
    },
    trace_filter: async (params, _connection, work) => {
      const { first, last, isWanted, after, count } = parseFilter(chain, params);
      const found: FlatTrace[] = [];
      for (let number = first; number <= last; number++) {
        const block = chain.blockByNumber(number);
        if (block === undefined) break;
        if (block.transactionHashes.length > 0) found.push(...(await ofBlock(block)).flat().filter(isWanted));
        if (found.length >= after + count) break;
        if (found.length > after + MAX_TRACES) throw tooMuch(`more than ${MAX_TRACES} traces: ask for fewer blocks`);
        await work.breathe();
      }
      return found.slice(after, after + count);
    },
  };
}

/** The output of the outermost call, and the traces without their place. */
function replayed(traces: readonly FlatTrace[]): Record<string, unknown> {
  const [{ result = {} }] = traces;
  const trace = traces.map((one) =>
    Object.fromEntries(Object.entries(one).filter(([key]) => !/^(block|transaction)/.test(key))),
  );
  return { output: result.output ?? result.code ?? "0x", stateDiff: null, trace, vmTrace: null };
}

function requireTraceOnly(params: Params): void {
  const kinds = params.required(1);
  if (!Array.isArray(kinds)) throw invalidArgument(1, "expected a list of trace types");
  if (kinds.some((kind) => kind !== "trace"))
    throw new RpcError(
      RPC_CODES.invalidParams,
      "only trace is served: for stateDiff use prestateTracer with diffMode, for vmTrace the struct logs of debug_traceTransaction",
    );
}

function parseFilter(chain: ChainReader, params: Params) {
  const object = parseObject(params.required(0), 0);
  const numberOf = (id: unknown, absent: string): number => {
    const block = findBlock(id ?? absent, 0, chain);
    if (block === undefined) throw serverError("header not found");
    return block.header.number;
  };
  const [first, last] = [numberOf(object.fromBlock, "latest"), numberOf(object.toBlock, "latest")];
  if (last < first) throw new RpcError(RPC_CODES.invalidParams, "invalid block range params");
  if (last - first >= MAX_BLOCKS) throw tooMuch(`more than ${MAX_BLOCKS} blocks: ask for fewer`);
  const [from, to] = [addresses(object.fromAddress), addresses(object.toAddress)];
  const isWanted = ({ action, result }: FlatTrace): boolean => {
    const isFrom = from.size > 0 && from.has(action.from ?? action.address);
    const isTo = to.size > 0 && to.has(action.to ?? result?.address ?? action.refundAddress);
    // As OpenEthereum has it: where both are given, one suffices in its union mode, which is the one that clients know.
    return (from.size === 0 && to.size === 0) || isFrom || isTo;
  };
  return { first, last, isWanted, after: limit(object.after, 0), count: limit(object.count, MAX_TRACES) };
}

function addresses(value: unknown): ReadonlySet<unknown> {
  if (value === undefined || value === null) return new Set();
  if (!Array.isArray(value) || value.length > MAX_BLOCKS) throw invalidArgument(0, "expected a list of addresses");
  return new Set(value.map((address) => parseFixed(address, 20, 0, "address")));
}

function limit(value: unknown, absent: number): number {
  const number = typeof value === "string" && /^0x[0-9a-f]{1,12}$/i.test(value) ? Number(value) : (value ?? absent);
  if (typeof number !== "number" || !Number.isSafeInteger(number) || number < 0)
    throw invalidArgument(0, "after and count must be numbers");
  return Math.min(number, Number.MAX_SAFE_INTEGER - MAX_TRACES);
}

function tooMuch(reason: string): RpcError {
  return new RpcError(RPC_CODES.limitExceeded, reason);
}
