import { quantity } from "../../../protocol/quantity";
import type { CallFrame } from "../../engine/types";
import { isPrecompile } from "../../engine/movedPrecompiles";
import { bytesToHex } from "./hex";

/** Where the trace's transaction stands; absent of a call. */
export interface TracePlace {
  blockHash: string;
  blockNumber: number;
  transactionHash: string;
  transactionPosition: number;
}

export interface FlatOptions {
  /** Errors in OpenEthereum's words. */
  convertParityErrors: boolean;
  /** Calls of precompiles by code, which otherwise are left out. */
  includePrecompiles: boolean;
}

/** OpenEthereum's words for geth's errors. Source: geth's native flatCallTracer. */
const ERRORS: Readonly<Record<string, string>> = {
  "contract creation code storage out of gas": "Out of gas",
  "out of gas": "Out of gas",
  "max code size exceeded": "Out of gas",
  "invalid jump destination": "Bad jump destination",
  "execution reverted": "Reverted",
  "return data out of bounds": "Out of bounds",
  "stack limit reached 1024 (1023)": "Out of stack",
  "precompile failed": "Built-in failed",
};
const ERROR_STARTS: readonly [string, string][] = [
  ["invalid opcode:", "Bad instruction"],
  ["stack underflow", "Stack underflow"],
];

/** A tree of calls as geth's flatCallTracer and OpenEthereum's trace_ methods show it: one entry a call, parents first. */
export function flattenCalls(root: CallFrame, options: FlatOptions, place?: TracePlace): Record<string, unknown>[] {
  const result: Record<string, unknown>[] = [];
  const visit = (frame: CallFrame, traceAddress: number[]): void => {
    const calls = options.includePrecompiles ? frame.calls : frame.calls.filter((call) => !isPrecompileCall(call));
    result.push({ ...formatFlat(frame, options), ...place, subtraces: calls.length, traceAddress });
    calls.forEach((call, i) => visit(call, [...traceAddress, i]));
  };
  visit(root, []);
  return result;
}

function isPrecompileCall({ type, to }: CallFrame): boolean {
  return to !== undefined && type !== "SELFDESTRUCT" && isPrecompile(to);
}

function formatFlat(frame: CallFrame, options: FlatOptions): Record<string, unknown> {
  const { type, from, to, error } = frame;
  const value = frame.value === undefined ? {} : { value: quantity(frame.value) };
  const gas = quantity(frame.gas);
  const input = bytesToHex(frame.input);
  const output = bytesToHex(frame.output ?? new Uint8Array(0));
  const gasUsed = quantity(frame.gasUsed);
  const failure = error === undefined ? {} : { error: options.convertParityErrors ? parityError(error) : error };
  const hasResult = error === undefined || error === "execution reverted";
  switch (type) {
    case "SELFDESTRUCT":
      return { action: { address: from, balance: quantity(frame.value ?? 0n), refundAddress: to }, type: "suicide" };
    case "CREATE":
    case "CREATE2": {
      const result = { ...(to === undefined ? {} : { address: to }), code: output, gasUsed };
      const action = { creationMethod: type.toLowerCase(), from, gas, init: input, ...value };
      return { action, ...failure, ...(hasResult ? { result } : {}), type: "create" };
    }
    default: {
      const action = { callType: type.toLowerCase(), from, gas, input, to, ...value };
      return { action, ...failure, ...(hasResult ? { result: { gasUsed, output } } : {}), type: "call" };
    }
  }
}

function parityError(error: string): string {
  return ERRORS[error] ?? ERROR_STARTS.find(([start]) => error.startsWith(start))?.[1] ?? error;
}
