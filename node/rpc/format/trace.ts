import { quantity } from "../../../protocol/quantity";
import { opcodeName } from "../../engine/opcodes";
import type { CallFrame, Trace, TraceStep } from "../../engine/types";
import { revertReason } from "../methods/execute";
import { bytesToHex } from "./hex";

/** Options of the struct logger, geth's names. `limit`: steps kept, 0 keeps all. */
export interface StructLogOptions {
  enableMemory: boolean;
  disableStack: boolean;
  disableStorage: boolean;
  enableReturnData: boolean;
  limit: number;
}

/** geth's result of the struct logger; hex with 0x prefix throughout, as the execution API specifies. */
export function formatStructLogs(trace: Trace): Record<string, unknown> {
  return {
    gas: Number(trace.gasUsed),
    failed: trace.failed,
    returnValue: bytesToHex(trace.returnData),
    structLogs: trace.steps.map(formatStep),
  };
}

function formatStep(step: TraceStep): Record<string, unknown> {
  const hasMemory = step.memory !== undefined && step.memory.length > 0;
  const hasReturnData = step.returnData !== undefined && step.returnData.length > 0;
  return {
    pc: step.pc,
    op: opcodeName(step.op),
    gas: Number(step.gas),
    gasCost: Number(step.gasCost),
    depth: step.depth,
    ...(step.error === undefined ? {} : { error: step.error }),
    ...(step.stack === undefined ? {} : { stack: step.stack.map((value) => quantity(value)) }),
    ...(hasMemory ? { memory: words(step.memory!) } : {}),
    ...(hasReturnData ? { returnData: bytesToHex(step.returnData!) } : {}),
    ...(step.storage === undefined ? {} : { storage: step.storage }),
  };
}

function words(memory: Uint8Array): string[] {
  const result: string[] = [];
  for (let i = 0; i < memory.length; i += 32) {
    const chunk = new Uint8Array(32);
    chunk.set(memory.subarray(i, i + 32));
    result.push(bytesToHex(chunk));
  }
  return result;
}

/** geth's callTracer. @param logNumbers - each log's number in its block. */
export function formatCallFrame(
  frame: CallFrame,
  onlyTopCall: boolean,
  logNumbers: ReadonlyMap<object, number>,
): Record<string, unknown> {
  const output = frame.output === undefined || frame.output.length === 0 ? undefined : bytesToHex(frame.output);
  const reason = frame.error === "execution reverted" && output !== undefined ? revertReason(output) : null;
  return {
    type: frame.type,
    from: frame.from,
    ...(frame.to === undefined ? {} : { to: frame.to }),
    ...(frame.value === undefined ? {} : { value: quantity(frame.value) }),
    gas: quantity(frame.gas),
    gasUsed: quantity(frame.gasUsed),
    input: bytesToHex(frame.input),
    ...(output === undefined ? {} : { output }),
    ...(frame.error === undefined ? {} : { error: frame.error }),
    ...(reason === null ? {} : { revertReason: reason }),
    ...(onlyTopCall || frame.calls.length === 0
      ? {}
      : { calls: frame.calls.map((call) => formatCallFrame(call, false, logNumbers)) }),
    ...(frame.logs === undefined || frame.logs.length === 0
      ? {}
      : {
          logs: frame.logs.map((log) => ({
            address: log.address,
            topics: log.topics,
            data: bytesToHex(log.data),
            position: quantity(log.position),
            index: quantity(logNumbers.get(log)!),
          })),
        }),
  };
}
