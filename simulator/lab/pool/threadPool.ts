import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { SolventError } from "../../../protocol/errors";
import type { Job } from "./job";
import type { Pool, Take } from "./pool";
import type { WorkerReply } from "./worker";

/** A job that has killed this many threads kills the sweep. */
const MOST_DEATHS = 3;
const WORKER = join(__dirname, `worker${extname(__filename)}`);

type NextJob = () => Job | undefined | Promise<Job | undefined>;

/** Plays jobs on threads of this process. A thread that dies is replaced, and its job played again. */
export class ThreadPool implements Pool {
  /** Those that run. */
  readonly threads = new Set<Worker>();

  constructor(private readonly size: number) {}

  async play(jobs: readonly Job[], take: Take): Promise<void> {
    let next = 0;
    await this.serve(() => jobs[next++], take, jobs.length);
  }

  /**
   * Plays jobs for as long as there are any.
   * @param nextJob - Waits for a job; undefined ends one thread. @param most - Threads that are of use.
   */
  async serve(nextJob: NextJob, take: Take, most = Infinity): Promise<void> {
    const lanes = Math.min(this.size, most);
    await Promise.all(Array.from({ length: lanes }, () => this.lane(nextJob, take)));
  }

  async close(): Promise<void> {
    await Promise.all([...this.threads].map((thread) => thread.terminate()));
  }

  /** One thread after another, and jobs for as long as there are any. */
  private async lane(nextJob: NextJob, take: Take): Promise<void> {
    let thread = this.spawn();
    for (let job = await nextJob(); job !== undefined; job = await nextJob()) {
      for (let deaths = 0; ;) {
        const reply = await replyOf(thread, job);
        if (reply === null) {
          if (++deaths === MOST_DEATHS)
            throw new SolventError("pool-failed", `job ${job.key} has killed ${MOST_DEATHS} threads; play it alone`);
          thread = this.spawn();
          continue;
        }
        if ("error" in reply) throw new SolventError("pool-failed", `job ${job.key} fails: ${reply.error}`);
        await take(reply.result);
        break;
      }
    }
    await thread.terminate();
  }

  private spawn(): Worker {
    const thread = new Worker(join(__dirname, "worker.boot.cjs"), { workerData: { module: WORKER } });
    this.threads.add(thread);
    thread.once("exit", () => this.threads.delete(thread));
    // What it died of is told by its job, which is played again.
    thread.on("error", () => undefined);
    return thread;
  }
}

/** @returns null if the thread died before it answered. */
function replyOf(thread: Worker, job: Job): Promise<WorkerReply | null> {
  return new Promise((resolve) => {
    const done = (reply: WorkerReply | null): void => {
      thread.off("message", done);
      thread.off("exit", died);
      resolve(reply);
    };
    const died = (): void => done(null);
    thread.on("message", done);
    thread.on("exit", died);
    // A thread that had died before is told by its number.
    if (thread.threadId < 0) return died();
    thread.postMessage(job);
  });
}
