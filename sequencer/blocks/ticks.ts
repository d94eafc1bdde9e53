/** Of an interval, the part by which a block is begun early at most. */
const MOST_LEAD = 0.25;
/** Fewer transactions say little about how long each takes. */
const TELLING_TRANSACTIONS = 50;
/** Shorter than this, in milliseconds, an early start is not worth it: what comes meanwhile waits for the next block. */
const LEAST_LEAD_MS = 20;

/**
 * Asks for a block at regular times. Where many transactions wait, it asks so much earlier as their block will take by what the last ones took,
 * so that it is there when it is due.
 */
export class Ticks {
  private timer: NodeJS.Timeout | null = null;
  private intervalMs = 0;
  /** When the next block is due, by `performance.now()`. */
  private dueAt = 0;
  /** What a block took for each of its transactions, in milliseconds. */
  private perTransactionMs = 0;

  /**
   * @param build - builds a block where one is due, and tells how many transactions it has; who builds reports what fails.
   * @param waiting - how many transactions could be in a block now.
   */
  constructor(
    private readonly build: () => Promise<number>,
    private readonly waiting: () => number,
  ) {}

  /** From now on a block is due each so often, instead of as often as before. */
  every(intervalMs: number): void {
    this.stop();
    this.intervalMs = intervalMs;
    this.dueAt = performance.now() + intervalMs;
    this.schedule();
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** Looks first how many wait, at the earliest time at which a block may be begun. */
  private schedule(): void {
    const until = (at: number, task: () => void): void => {
      this.timer = setTimeout(task, Math.max(0, at - performance.now()));
    };
    until(this.dueAt - MOST_LEAD * this.intervalMs, () => {
      const leadMs = this.waiting() * this.perTransactionMs;
      until(leadMs < LEAST_LEAD_MS ? this.dueAt : this.dueAt - leadMs, () => this.tick());
    });
  }

  private tick(): void {
    const started = performance.now();
    // Ticks that this process was too busy for are left out.
    do this.dueAt += this.intervalMs;
    while (this.dueAt - started <= MOST_LEAD * this.intervalMs);
    this.schedule();
    this.build().then(
      (transactions) => {
        if (transactions < TELLING_TRANSACTIONS) return;
        this.perTransactionMs = (performance.now() - started) / transactions;
      },
      () => undefined,
    );
  }
}
