import type { EngineRuntime } from "../runtime";
import { CallSession, toCallResult } from "../session";
import type { CallRequest, CallResult } from "../types";

/** Runs a message on the state of a block, as eth_call of geth does. Nothing of it stays. */
export function call(runtime: EngineRuntime, request: CallRequest): CallResult {
  return runtime.withoutStore((context) => {
    const session = new CallSession(runtime, context, request);
    return toCallResult(session.run(session.defaultGas()));
  });
}
