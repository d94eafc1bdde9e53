import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SolventError } from "../../../protocol/errors";
import { moduleFile } from "../../modules";
import type { ThreadData, ThreadReply } from "./jobs";

interface Waiting {
  job: unknown;
  limitMs: number;
  resolve(result: never): void;
  reject(error: Error): void;
}

interface Thread {
  worker: Worker;
  isReady: boolean;
  job: Waiting | null;
  timer?: NodeJS.Timeout;
}

/** What threads are for. */
interface ThreadUse {
  /** Path, without its ending, of a file that calls `serveThread`: what each of them runs. */
  module: string;
  /** Jobs that may wait for a thread. */
  mostWaiting: number;
}

/**
 * Threads that work over the store of this process, so that its own loop never waits for them. A thread is started
 * when there is more to do than the others can take, and kept; one whose job exceeds its limit is ended and replaced.
 */
export class StoreThreads<Job> {
  private readonly threads: Thread[] = [];
  private readonly queue: Waiting[] = [];
  private isClosed = false;

  /** @param size - threads at most. */
  constructor(
    private readonly data: ThreadData,
    private readonly size: number,
    private readonly use: ThreadUse,
  ) {}

  /** Starts the first thread where there is none, so that the first job need not wait for it. */
  warm(): void {
    if (this.threads.length === 0 && !this.isClosed) this.threads.push(this.spawn());
  }

  /**
   * Runs a job when a thread is free.
   * @param limitMs - how long it may run, from when it begins; Infinity for no limit.
   * @throws SolventError of the job itself, `engine-timeout`, `engine-busy` or `engine-closed`.
   */
  run<T>(job: Job, limitMs: number): Promise<T> {
    if (this.isClosed) return Promise.reject(closed());
    if (this.queue.length >= this.use.mostWaiting)
      return Promise.reject(
        new SolventError("engine-busy", "too many calls at once: wait for the answers of earlier ones", {
          retry: true,
        }),
      );
    return new Promise<T>((resolve, reject) => {
      this.queue.push({ job, limitMs, resolve: resolve as (result: never) => void, reject });
      this.next();
    });
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const waiting of this.queue.splice(0)) waiting.reject(closed());
    for (const thread of this.threads) this.end(thread)?.reject(closed());
    await Promise.all(this.threads.map(({ worker }) => worker.terminate()));
  }

  private next(): void {
    if (this.isClosed || this.queue.length === 0) return;
    const idle = this.threads.find(({ isReady, job }) => isReady && job === null);
    if (idle !== undefined) return this.begin(idle, this.queue.shift()!);
    const starting = this.threads.filter(({ isReady }) => !isReady).length;
    if (this.threads.length < this.size && starting < this.queue.length) this.threads.push(this.spawn());
  }

  private begin(thread: Thread, waiting: Waiting): void {
    thread.job = waiting;
    const { job, limitMs } = waiting;
    thread.worker.postMessage(job);
    if (limitMs !== Infinity) thread.timer = setTimeout(() => this.expire(thread, limitMs), limitMs);
  }

  private spawn(): Thread {
    const worker = new Worker(join(__dirname, "worker.boot.cjs"), {
      workerData: { ...this.data, module: moduleFile(this.use.module) },
    });
    const thread: Thread = { worker, isReady: false, job: null };
    worker.on("message", (reply: ThreadReply) => {
      if (reply.kind === "ready") thread.isReady = true;
      else this.settle(thread, reply);
      this.next();
    });
    worker.on("error", (cause) => {
      const error = new SolventError("engine-failed", `a thread died: ${cause.message}`, { cause });
      // One that cannot start takes what waits for it along: the next would not start either.
      if (!thread.isReady) for (const waiting of this.queue.splice(0)) waiting.reject(error);
      this.replace(thread, error);
    });
    return thread;
  }

  private settle(thread: Thread, reply: Exclude<ThreadReply, { kind: "ready" }>): void {
    const waiting = this.end(thread);
    if (reply.kind === "result") waiting?.resolve(reply.result as never);
    else if (reply.code === undefined) waiting?.reject(new Error(reply.message));
    else waiting?.reject(new SolventError(reply.code, reply.message, { retry: reply.retry }));
  }

  private expire(thread: Thread, limitMs: number): void {
    void thread.worker.terminate();
    this.replace(
      thread,
      new SolventError("engine-timeout", `execution aborted (timeout = ${limitMs / 1000}s): ask for less in one call`),
    );
  }

  private replace(thread: Thread, error: Error): void {
    this.end(thread)?.reject(error);
    const place = this.threads.indexOf(thread);
    if (place >= 0) this.threads.splice(place, 1);
    this.next();
  }

  /** @returns the job that the thread had. */
  private end(thread: Thread): Waiting | null {
    clearTimeout(thread.timer);
    const { job } = thread;
    thread.job = null;
    return job;
  }
}

function closed(): SolventError {
  return new SolventError("engine-closed", "the node is stopping");
}
