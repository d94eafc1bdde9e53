import { parentPort } from "node:worker_threads";
import { SolventError } from "../../../protocol/errors";
import type { ThreadReply } from "./jobs";

/** Serves jobs that come from StoreThreads, one after the other; what `answer` throws is thrown there, with its code. Call it when all is open. */
export function serveThread<Job>(answer: (job: Job) => unknown): void {
  const send = (reply: ThreadReply): void => parentPort!.postMessage(reply);
  parentPort!.on("message", (job: Job) => {
    try {
      send({ kind: "result", result: answer(job) });
    } catch (error) {
      const { code, retry } = error instanceof SolventError ? error : {};
      send({ kind: "error", message: error instanceof Error ? error.message : String(error), code, retry });
    }
  });
  send({ kind: "ready" });
}
