import { buildBlock } from "./doors/buildBlock";
import { executeBlock } from "./doors/executeBlock";
import { call } from "./doors/call";
import { createAccessList } from "./doors/createAccessList";
import { estimateGas } from "./doors/estimateGas";
import { traceCall } from "./doors/traceCall";
import { traceBlock, traceTransaction } from "./doors/traceTransaction";
import { EngineRuntime } from "./runtime";
import type {
  AccessListItem,
  BlockEnvironment,
  BuildRequest,
  BuiltBlock,
  CallRequest,
  CallResult,
  Engine,
  EngineOptions,
  ExecuteResult,
  Trace,
  TraceBlock,
  TraceOptions,
} from "./types";

/** Opens `engine.wasm` over a store. @throws SolventError `build-missing` where it was not built. */
export function openEngine(options: EngineOptions): Engine {
  return new WasmEngine(new EngineRuntime(options));
}

class WasmEngine implements Engine {
  constructor(private readonly runtime: EngineRuntime) {}

  buildBlock(request: BuildRequest): BuiltBlock {
    return buildBlock(this.runtime, request);
  }

  call(request: CallRequest): CallResult {
    return call(this.runtime, request);
  }

  estimateGas(request: CallRequest, tolerance = 0): { gas: bigint } | { failed: CallResult } {
    return estimateGas(this.runtime, request, tolerance);
  }

  createAccessList(request: CallRequest): { accessList: AccessListItem[]; result: CallResult } {
    return createAccessList(this.runtime, request);
  }

  traceCall(request: CallRequest, options: TraceOptions): Trace {
    return traceCall(this.runtime, request, options);
  }

  traceTransaction(block: TraceBlock, index: number, options: TraceOptions): Trace {
    return traceTransaction(this.runtime, block, index, options);
  }

  traceBlock(block: TraceBlock, options: TraceOptions): Trace[] {
    return traceBlock(this.runtime, block, options);
  }

  executeBlock(environment: BlockEnvironment, transactions: readonly Uint8Array[]): ExecuteResult {
    return executeBlock(this.runtime, environment, transactions);
  }
}
