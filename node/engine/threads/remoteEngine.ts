import { decodeCursor, DEPOSIT_TYPE } from "../../../protocol";
import type { Engine, TraceBlock } from "../types";
import { sliceInbox } from "./inboxSlice";
import type { Door, Job, SentBlock } from "./jobs";
import type { EngineThreads } from "./threads";

/** The engine's doors for calls and traces, answered now or later. */
export type CallEngine = {
  [D in Door]: (...values: Parameters<Engine[D]>) => ReturnType<Engine[D]> | Promise<ReturnType<Engine[D]>>;
};

/**
 * Calls and traces in threads of their own.
 * @param limitMs - how long one may run. @throws each door as `EngineThreads.run`.
 */
export function remoteEngine(threads: EngineThreads, limitMs: number): CallEngine {
  const run = <T>(job: Job): Promise<T> => threads.run<T>(job, limitMs);
  return {
    call: (...values) => run({ door: "call", values }),
    simulate: (...values) => run({ door: "simulate", values }),
    estimateGas: (...values) => run({ door: "estimateGas", values }),
    createAccessList: (...values) => run({ door: "createAccessList", values }),
    traceCall: (...values) => run({ door: "traceCall", values }),
    traceTransaction: (block, ...rest) => run({ door: "traceTransaction", values: [sendable(block), ...rest] }),
    traceBlock: (block, ...rest) => run({ door: "traceBlock", values: [sendable(block), ...rest] }),
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
