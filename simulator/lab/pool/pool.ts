import { playJob, type Job, type JobResult } from "./job";

/** What becomes of a result; the pool waits for it before it hands out more. */
export type Take = (result: JobResult) => void | Promise<void>;

/** Who plays jobs: this thread, others, or other machines. */
export interface Pool {
  /**
   * Plays all jobs, in any order. A job whose player dies is played again elsewhere; `take` is called once for each.
   * @throws SolventError `pool-failed` if a job cannot be played by anybody.
   */
  play(jobs: readonly Job[], take: Take): Promise<void>;
  close(): Promise<void>;
}

/** Plays in this thread. */
export class InlinePool implements Pool {
  async play(jobs: readonly Job[], take: Take): Promise<void> {
    for (const job of jobs) {
      await take(playJob(job));
      // Signals and timers have their turn.
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  async close(): Promise<void> {}
}
