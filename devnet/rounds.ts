import { Serial } from "../protocol/serial";

/** A round takes so long at least: L1's own clock goes a second in it. */
const ROUND_MS = 400;

/**
 * Moves a devnet that has a seed: one round after the other, each the same steps in the same order and each to its end, so that what
 * happens does not depend on how fast a machine is. What somebody does while they are held happens between the same two rounds in each run.
 */
export class Rounds {
  private readonly round: () => Promise<unknown>;
  private readonly fail: (error: Error) => void;
  private readonly serial = new Serial();
  private readonly watchers = new Set<() => Promise<void>>();
  private isHeld = true;
  private timer: NodeJS.Timeout | null = null;

  /** @param round - moves everything once. @param fail - told when a round throws; there is none after it. */
  constructor(round: () => Promise<unknown>, fail: (error: Error) => void) {
    this.round = round;
    this.fail = fail;
  }

  /** Has them go on; at first they are held. */
  go(): void {
    this.isHeld = false;
    if (this.timer === null) this.schedule(0);
  }

  /** Resolves when none is under way, and none comes before `go`. */
  hold(): Promise<void> {
    this.isHeld = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    return this.serial.idle();
  }

  /**
   * Asks after each round until the answer is not null.
   * @returns the answer; the rounds are held then, after the one that brought it. @throws what the probe throws; they are held then, too.
   */
  until<T>(probe: () => Promise<T | null>): Promise<T> {
    return new Promise((resolve, reject) => {
      const watch = async (): Promise<void> => {
        try {
          const answer = await probe();
          if (answer === null) return;
          resolve(answer);
        } catch (error) {
          reject(error as Error);
        }
        this.watchers.delete(watch);
        this.isHeld = true;
      };
      this.watchers.add(watch);
    });
  }

  private schedule(afterMs: number): void {
    this.timer = setTimeout(() => void this.serial.run(() => this.tick()), afterMs);
  }

  private async tick(): Promise<void> {
    this.timer = null;
    if (this.isHeld) return;
    const started = Date.now();
    try {
      await this.round();
      for (const watch of this.watchers) await watch();
    } catch (error) {
      this.isHeld = true;
      this.fail(error as Error);
    }
    // Who held them meanwhile may have let them go again.
    if (!this.isHeld && this.timer === null) this.schedule(Math.max(0, ROUND_MS - (Date.now() - started)));
  }
}
