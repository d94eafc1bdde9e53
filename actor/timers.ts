/** Tasks that a process runs again and again until it stops; none begins before its last run has ended. */
export class Timers {
  private readonly timers: NodeJS.Timeout[] = [];
  private isStopped = false;

  /** @param fail - is told what a task throws, which ends its repetition; not after `stop`. */
  constructor(private readonly fail: (error: Error) => void) {}

  /** Runs a task at once, and each time again so long after it ended. */
  every(intervalMs: number, task: () => Promise<void>): void {
    const place = this.timers.length;
    const next = (delayMs: number): void => {
      if (this.isStopped) return;
      this.timers[place] = setTimeout(() => {
        task().then(
          () => next(intervalMs),
          (error: unknown) => {
            if (!this.isStopped) this.fail(error instanceof Error ? error : new Error(String(error)));
          },
        );
      }, delayMs);
    };
    next(0);
  }

  /** Begins nothing more; a run that is under way ends by itself. */
  stop(): void {
    this.isStopped = true;
    for (const timer of this.timers) clearTimeout(timer);
  }
}
