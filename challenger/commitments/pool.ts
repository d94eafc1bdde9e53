import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { SolventError } from "../../protocol/errors";
import { moduleFile } from "../../node/modules";
import type { AnyJob, Job, JobResult, WorkerReply, WorkerRequest } from "./jobs";

const HONEST_WORKER = join(__dirname, "honestWorker");

/** What is done first has the highest place: what ends a dispute before what begins one, words last of all. */
const URGENCY: readonly string[] = ["explain", "strides", "steps", "witness"];

type Waiting = { request: WorkerRequest; resolve(result: unknown): void; reject(error: Error): void };

/**
 * Worker threads that run machines, so that the actor's own loop never waits for hashing. A job goes to the worker that ran the
 * same machine last, where its checkpoints are.
 */
export class MachinePool {
  private readonly workers: { worker: Worker; busy: Waiting | null; queue: Waiting[]; machine: string | null }[] = [];
  private nextId = 1;
  private closed = false;

  /**
   * @param size - Threads; each holds the memory of the machines it ran last.
   * @param module - What a thread runs: path, without its ending, of a file that calls `serveJobs`. @param data - More of its `workerData`.
   */
  constructor(
    size = 1,
    private readonly module = HONEST_WORKER,
    private readonly data: object = {},
  ) {
    for (let i = 0; i < size; i++) this.workers.push({ worker: this.spawn(i), busy: null, queue: [], machine: null });
  }

  /** @throws SolventError `machine-failed` with the worker's message. */
  run<J extends Job>(job: J): Promise<JobResult<J>>;
  run(job: AnyJob): Promise<unknown>;
  run(job: AnyJob): Promise<unknown> {
    if (this.closed) return Promise.reject(new SolventError("machine-failed", "the machine pool is closed"));
    const load = ({ busy, queue }: { busy: unknown; queue: unknown[] }): number =>
      queue.length + (busy === null ? 0 : 1);
    const same = this.workers.find((entry) => entry.machine === job.machine.id);
    const entry = same ?? this.workers.reduce((best, other) => (load(other) < load(best) ? other : best));
    entry.machine = job.machine.id;
    return new Promise((resolve, reject) => {
      entry.queue.push({ request: { id: this.nextId++, job }, resolve, reject });
      this.next(this.workers.indexOf(entry));
    });
  }

  /** Whether anything is being computed or waits for it. */
  get isBusy(): boolean {
    return this.workers.some(({ busy, queue }) => busy !== null || queue.length > 0);
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const entry of this.workers) {
      const error = new SolventError("machine-failed", "the machine pool was closed");
      for (const waiting of [entry.busy, ...entry.queue.splice(0)]) waiting?.reject(error);
      entry.busy = null;
    }
    await Promise.all(this.workers.map(({ worker }) => worker.terminate()));
  }

  private spawn(index: number): Worker {
    const worker = new Worker(join(__dirname, "worker.boot.cjs"), {
      workerData: { ...this.data, module: moduleFile(this.module) },
    });
    worker.on("message", (reply: WorkerReply) => this.settle(index, reply));
    worker.on("error", (error) => this.replace(index, error));
    return worker;
  }

  private next(index: number): void {
    const entry = this.workers[index];
    if (entry.busy !== null) return;
    if (entry.queue.length === 0) return;
    const rank = ({ request }: Waiting): number => URGENCY.indexOf(request.job.kind);
    const next = entry.queue.reduce((first, other) => (rank(other) > rank(first) ? other : first));
    entry.queue.splice(entry.queue.indexOf(next), 1);
    entry.busy = next;
    entry.worker.postMessage(next.request);
  }

  private settle(index: number, reply: WorkerReply): void {
    const entry = this.workers[index];
    const waiting = entry.busy;
    if (waiting === null || waiting.request.id !== reply.id) return;
    entry.busy = null;
    if ("error" in reply)
      waiting.reject(new SolventError("machine-failed", reply.error.message, { cause: reply.error, retry: true }));
    else waiting.resolve(reply.result);
    this.next(index);
  }

  /** A worker that died takes its job with it; the others in its queue go on in a new one. */
  private replace(index: number, cause: Error): void {
    const entry = this.workers[index];
    entry.busy?.reject(
      new SolventError("machine-failed", `a machine worker died: ${cause.message}`, { cause, retry: true }),
    );
    entry.busy = null;
    if (this.closed) return;
    entry.worker = this.spawn(index);
    this.next(index);
  }
}
