import type { Random } from "../random";

/** How the adversary spends what it can censor. What is spent is never regained. */
export const CENSORSHIP = ["none", "start", "even", "random", "worst moment"] as const;
export type CensorshipMode = (typeof CENSORSHIP)[number];

export interface Censorship {
  readonly mode: CensorshipMode;
  /** C: all seconds in which honest transactions are kept out, over the whole dispute. */
  readonly seconds: number;
  /** Of `even` and `random`: into how many pieces it is cut. */
  readonly pieces: number;
}

/**
 * Keeps every honest transaction out for some time. One ledger for the whole dispute: an interval is charged once, however many
 * transactions it holds back.
 */
export class Censor {
  spent = 0;
  private until = 0;
  private readonly delayed = new Set<object>();

  constructor(
    private readonly rules: Censorship,
    private readonly random: Random,
    private readonly blockSeconds: number,
  ) {
    if (rules.mode === "start") this.hold(0, rules.seconds);
  }

  /**
   * @param at - Block in which the transaction would be included.
   * @param deadline - When it would be too late for it.
   * @returns the block that it comes into; later than `at` if it is held back.
   */
  inclusion(transaction: object, at: number, deadline: number): number {
    if (at < this.until) return this.blockFrom(this.until);
    const { mode, seconds, pieces } = this.rules;
    const left = seconds - this.spent;
    if (left <= 0 || mode === "none" || mode === "start") return at;
    if (mode === "worst moment") {
      // Not before one stretch of censorship can make it too late for good.
      const needed = this.blockFrom(deadline) - at;
      if (needed <= 0 || needed > left) return at;
      this.hold(at, needed);
      return this.blockFrom(this.until);
    }
    if (this.delayed.has(transaction)) return at;
    this.delayed.add(transaction);
    if (mode === "random" && this.random.below(2) === 0) return at;
    this.hold(at, Math.min(left, Math.floor(seconds / pieces)));
    return this.blockFrom(this.until);
  }

  private hold(from: number, seconds: number): void {
    this.until = from + seconds;
    this.spent += seconds;
  }

  private blockFrom(seconds: number): number {
    return Math.ceil(seconds / this.blockSeconds) * this.blockSeconds;
  }
}
