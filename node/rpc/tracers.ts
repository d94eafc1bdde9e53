import type { CallFrame, Trace, TraceOptions } from "../engine/types";
import { isPrecompile } from "../engine/movedPrecompiles";
import { invalidArgument, RPC_CODES, RpcError } from "./errors";
import { flattenCalls, type FlatOptions, type TracePlace } from "./format/flatTrace";
import { bytesToHex } from "./format/hex";
import { formatPrestate, type PrestateOptions } from "./format/prestate";
import { formatCallFrame, formatStructLogs, type StructLogOptions } from "./format/trace";
import { parseObject } from "./params";

export type Tracer =
  | { kind: "structLogs"; options: StructLogOptions }
  | { kind: "callTracer"; onlyTopCall: boolean; withLog: boolean }
  | { kind: "flatCallTracer"; options: FlatOptions }
  | { kind: "prestateTracer"; options: PrestateOptions }
  | { kind: "4byteTracer" }
  | { kind: "noopTracer" };

const NAMES = "callTracer, flatCallTracer, prestateTracer, 4byteTracer, noopTracer, or none for struct logs";

/** What the engine has to record for a tracer. */
export function optionsOf(tracer: Tracer): TraceOptions {
  switch (tracer.kind) {
    case "callTracer":
      return { calls: true, logs: tracer.withLog };
    case "flatCallTracer":
    case "4byteTracer":
      return { calls: true };
    case "prestateTracer":
      return { accounts: true };
    case "noopTracer":
      return {};
    case "structLogs": {
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
  }
}

/**
 * The trace as geth shows it.
 * @param place - of its transaction. @param firstLog - number in the block of the transaction's first log.
 */
export function formatTrace(trace: Trace, tracer: Tracer, place?: TracePlace, firstLog = 0): unknown {
  switch (tracer.kind) {
    case "callTracer":
      return formatCallFrame(trace.call!, tracer.onlyTopCall, logNumbers(trace.call!, firstLog));
    case "flatCallTracer":
      return flattenCalls(trace.call!, tracer.options, place);
    case "4byteTracer":
      return countSelectors(trace.call!);
    case "prestateTracer":
      return formatPrestate(trace.accounts!, tracer.options);
    case "noopTracer":
      return {};
    case "structLogs":
      return formatStructLogs(trace);
  }
}

/** @throws RpcError -32602 for options of the wrong form and for tracers that there are not. */
export function parseTracer(value: unknown, index: number): Tracer {
  const object = value === undefined ? {} : parseObject(value, index);
  const flag = (source: Record<string, unknown>, key: string): boolean => {
    const entry = source[key] ?? false;
    if (typeof entry !== "boolean") throw invalidArgument(index, `${key} must be a boolean`);
    return entry;
  };
  if (object.tracer !== undefined && object.tracer !== "" && object.tracer !== null) {
    const config = parseObject(object.tracerConfig ?? {}, index);
    return namedTracer(object.tracer, (key) => flag(config, key));
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

function namedTracer(name: unknown, flag: (key: string) => boolean): Tracer {
  switch (name) {
    case "callTracer":
      return { kind: name, onlyTopCall: flag("onlyTopCall"), withLog: flag("withLog") };
    case "flatCallTracer": {
      const options = {
        convertParityErrors: flag("convertParityErrors"),
        includePrecompiles: flag("includePrecompiles"),
      };
      return { kind: name, options };
    }
    case "prestateTracer": {
      const options = {
        diffMode: flag("diffMode"),
        disableCode: flag("disableCode"),
        disableStorage: flag("disableStorage"),
        includeEmpty: flag("includeEmpty"),
      };
      if (options.diffMode && options.includeEmpty)
        throw new RpcError(RPC_CODES.invalidParams, "cannot use diffMode with includeEmpty");
      return { kind: name, options };
    }
    case "4byteTracer":
    case "noopTracer":
      return { kind: name };
    default:
      throw new RpcError(RPC_CODES.invalidParams, refusal(name));
  }
}

function refusal(name: unknown): string {
  if (typeof name === "string" && /[{(]/.test(name))
    return `JavaScript tracers are not supported, for this node runs no code of its callers: use ${NAMES}`;
  return `tracer not supported: use ${NAMES}`;
}

/** What geth's 4byteTracer counts: `selector-bytes` of the arguments, of all calls of code. */
function countSelectors(root: CallFrame): Record<string, number> {
  const counts = new Map<string, number>();
  const visit = ({ type, to, input, calls }: CallFrame): void => {
    const isCall = /^(CALL|CALLCODE|DELEGATECALL|STATICCALL)$/.test(type);
    if (isCall && input.length >= 4 && to !== undefined && !isPrecompile(to)) {
      const key = `${bytesToHex(input.subarray(0, 4))}-${input.length - 4}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    calls.forEach(visit);
  };
  visit(root);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Numbers of the logs in the order in which they were made, which is that of the receipt. */
function logNumbers(root: CallFrame, first: number): ReadonlyMap<object, number> {
  const numbers = new Map<object, number>();
  const visit = (frame: CallFrame): void => {
    const logs = frame.logs ?? [];
    let next = 0;
    for (let call = 0; call <= frame.calls.length; call++) {
      for (; next < logs.length && logs[next].position <= call; next++) numbers.set(logs[next], first + numbers.size);
      if (call < frame.calls.length) visit(frame.calls[call]);
    }
  };
  visit(root);
  return numbers;
}
