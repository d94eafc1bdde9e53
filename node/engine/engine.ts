import { buildBlock } from "./operations/buildBlock";
import { executeBlock } from "./operations/executeBlock";
import { call } from "./operations/call";
import { createAccessList } from "./operations/createAccessList";
import { estimateGas } from "./operations/estimateGas";
import { simulate } from "./operations/simulate";
import { traceCall } from "./operations/traceCall";
import { traceBlock, traceTransaction } from "./operations/traceTransaction";
import { EngineRuntime } from "./runtime";
import type { Engine, EngineOptions } from "./types";

/** Opens `engine.wasm` over a store: each operation is a file of `operations/`. @throws SolventError `build-missing` where it was not built. */
export function openEngine(options: EngineOptions): Engine {
  const runtime = new EngineRuntime(options);
  return {
    buildBlock: (request) => buildBlock(runtime, request),
    call: (request) => call(runtime, request),
    estimateGas: (request, tolerance = 0) => estimateGas(runtime, request, tolerance),
    createAccessList: (request) => createAccessList(runtime, request),
    simulate: (request) => simulate(runtime, request),
    traceCall: (request, traceOptions) => traceCall(runtime, request, traceOptions),
    traceTransaction: (block, index, traceOptions) => traceTransaction(runtime, block, index, traceOptions),
    traceBlock: (block, traceOptions) => traceBlock(runtime, block, traceOptions),
    executeBlock: (environment, transactions) => executeBlock(runtime, environment, transactions),
  };
}
