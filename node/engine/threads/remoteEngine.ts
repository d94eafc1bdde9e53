import { decodeCursor, DEPOSIT_TYPE } from "../../../protocol";
import type { Engine, TraceBlock } from "../types";
import { sliceInbox } from "./inboxSlice";
import type { Operation, Job, SentBlock } from "./jobs";
import type { EngineThreads } from "./threads";

/** The engine's operations for calls and traces, answered now or later. */
export type CallEngine = {
  [O in Operation]: (...values: Parameters<Engine[O]>) => ReturnType<Engine[O]> | Promise<ReturnType<Engine[O]>>;
};

/**
 * Calls and traces in threads of their own.
 * @param limitMs - how long one may run. @throws each operation as `EngineThreads.run`.
 */
export function remoteEngine(threads: EngineThreads, limitMs: number): CallEngine {
  const run = <T>(job: Job): Promise<T> => threads.run<T>(job, limitMs);
  return {
    call: (...values) => run({ operation: "call", values }),
    simulate: (...values) => run({ operation: "simulate", values }),
    estimateGas: (...values) => run({ operation: "estimateGas", values }),
    createAccessList: (...values) => run({ operation: "createAccessList", values }),
    traceCall: (...values) => run({ operation: "traceCall", values }),
    traceTransaction: (block, ...rest) => run({ operation: "traceTransaction", values: [sendable(block), ...rest] }),
    traceBlock: (block, ...rest) => run({ operation: "traceBlock", values: [sendable(block), ...rest] }),
  };
}

/** The block with those messages of the inbox that its deposits come from. */
function sendable({ inbox, ...block }: TraceBlock): SentBlock {
  const deposits = block.transactions.filter((raw) => raw[0] === DEPOSIT_TYPE).length;
  if (inbox === undefined || deposits === 0) return block;
  const firstMessage = decodeCursor(block.parent.extraData).delayed;
  const messageEnd = firstMessage + BigInt(deposits);
  return { ...block, inbox: sliceInbox(inbox, { firstBatch: inbox.batchCount, firstMessage, messageEnd }) };
}
