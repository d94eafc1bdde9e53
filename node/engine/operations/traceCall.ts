import { SolventError } from "../../../protocol/errors";
import type { EngineRuntime } from "../runtime";
import { CallSession } from "../session";
import { Recording } from "../trace/recording";
import { readTouched } from "../trace/touched";
import type { CallRequest, Trace, TraceOptions } from "../types";

/** Runs a message as `call` does and records it. @throws SolventError `call-refused` where it is no valid transaction. */
export function traceCall(runtime: EngineRuntime, request: CallRequest, options: TraceOptions): Trace {
  return runtime.withoutStore((context) => {
    const session = new CallSession(runtime, context, request);
    const recording = new Recording(options, undefined, [request.blockOverrides?.coinbase ?? request.header.miner]);
    const gas = session.defaultGas();
    const result = context.tracer.during(recording, () => session.run(gas, request.accessList, true));
    if (result.status === "refused") throw new SolventError("call-refused", result.message);
    const trace = recording.finish({ gas, gasUsed: result.gasUsed }, result.status !== "success", () => {
      throw new Error("bug: a call that ran has a frame");
    });
    const { touched, budget } = recording;
    if (touched === undefined) return trace;
    const accounts = readTouched(context.instance, touched, budget, () => session.keep(gas));
    return { ...trace, accounts };
  });
}
