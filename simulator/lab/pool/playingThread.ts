import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import { SolventError } from "../../../protocol/errors";
import type { Job, JobResult } from "./job";
import type { WorkerReply } from "./worker";

/** A job that has killed this many threads kills the sweep. */
const MOST_DEATHS = 3;
const WORKER = join(__dirname, `worker${extname(__filename)}`);

/** A job that is not answered yet, and who waits for it. */
interface Held {
  job: Job;
  deaths: number;
  resolve(result: JobResult): void;
  reject(error: SolventError): void;
}

/** A thread that plays jobs in the order in which it is given them. Where it dies, another one plays again what it has not answered. */
export class PlayingThread {
  private readonly held: Held[] = [];
  private thread: Worker | undefined;
  private isClosed = false;

  /** @param running - All threads that run; this one's is added. It loads what it needs at once. */
  constructor(private readonly running: Set<Worker>) {
    this.thread = this.spawn();
  }

  /** @throws SolventError `pool-failed` for a job that cannot be played, or that killed thread after thread. */
  play(job: Job): Promise<JobResult> {
    return new Promise((resolve, reject) => {
      this.held.push({ job, deaths: 0, resolve, reject });
      this.post(job);
    });
  }

  /** Who still waits for a job waits for ever. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.thread?.terminate();
  }

  private post(job: Job): void {
    (this.thread ??= this.spawn()).postMessage(job);
  }

  private spawn(): Worker {
    const thread = new Worker(join(__dirname, "worker.boot.cjs"), { workerData: { module: WORKER } });
    this.running.add(thread);
    thread.on("message", (reply: WorkerReply) => {
      const { job, resolve, reject } = this.held.shift()!;
      if ("error" in reply) reject(new SolventError("pool-failed", `job ${job.key} fails: ${reply.error}`));
      else resolve(reply.result);
    });
    thread.once("exit", () => this.died(thread));
    // What it died of is told by its job, which is played again.
    thread.on("error", () => undefined);
    return thread;
  }

  private died(thread: Worker): void {
    this.running.delete(thread);
    thread.removeAllListeners("message");
    this.thread = undefined;
    if (this.isClosed) return;
    const [first] = this.held;
    if (first !== undefined && ++first.deaths === MOST_DEATHS) {
      this.held.shift();
      const message = `job ${first.job.key} has killed ${MOST_DEATHS} threads; play it alone`;
      first.reject(new SolventError("pool-failed", message));
    }
    for (const { job } of this.held) this.post(job);
  }
}
