import { parentPort } from "node:worker_threads";
import { playJob, type Job, type JobResult } from "./job";

/** What a thread of the pool answers. */
export type WorkerReply = { result: JobResult } | { error: string };

parentPort!.on("message", (job: Job) => {
  let reply: WorkerReply;
  try {
    reply = { result: playJob(job) };
  } catch (error) {
    reply = { error: (error as Error).stack ?? String(error) };
  }
  parentPort!.postMessage(reply);
});
