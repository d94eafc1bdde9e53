import type { Worker } from "node:worker_threads";
import type { Job } from "./job";
import { PlayingThread } from "./playingThread";
import type { Pool, Take } from "./pool";

/** Jobs that a thread has at once: the next one is there when the first ends, however long its result takes to be put away. */
const HELD = 2;

type NextJob = () => Job | undefined | Promise<Job | undefined>;

/** Plays jobs on threads of this process, which run until it is closed. A thread that dies is replaced, and its jobs played again. */
export class ThreadPool implements Pool {
  /** Those that run. */
  readonly threads = new Set<Worker>();
  private readonly players: readonly PlayingThread[];

  constructor(size: number) {
    this.players = Array.from({ length: size }, () => new PlayingThread(this.threads));
  }

  async play(jobs: readonly Job[], take: Take): Promise<void> {
    let next = 0;
    await this.serve(() => jobs[next++], take, jobs.length);
  }

  /**
   * Plays jobs for as long as there are any.
   * @param nextJob - Waits for a job; undefined ends whoever asked. @param most - Jobs at once that are of use.
   */
  async serve(nextJob: NextJob, take: Take, most = Infinity): Promise<void> {
    const seats = Array.from({ length: HELD }, () => this.players).flat();
    await Promise.all(
      seats.slice(0, most).map(async (player) => {
        for (let job = await nextJob(); job !== undefined; job = await nextJob()) await take(await player.play(job));
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.players.map((player) => player.close()));
  }
}
