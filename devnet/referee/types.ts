import type { Hex } from "../../protocol/types";

/** What one account has spent on the game so far. */
export interface Spending {
  transactions: number;
  gas: bigint;
  moves: Record<string, number>;
}

/** Where a step stands in the whole dispute: block of the assertion, stretch of steps, step in it. */
export interface StepPlace {
  parent: Hex;
  run: number;
  segment: number;
  step: number;
}

/** How one dispute ended. */
export interface Verdict {
  /** Staker and id of the assertion that won, and of the one that lost. */
  winner: { account: Hex; assertion: Hex };
  loser: { account: Hex; assertion: Hex };
  /** A step that L1 executed itself, or time that nobody contested. */
  by: "proof" | "time";
  /** The step that L1 executed, where it did. */
  proven: StepPlace | null;
  /** Milliseconds from the lie to the step on L1 (null without one), and to the end of its assertion. */
  provenAfterMs: number | null;
  settledAfterMs: number;
  /** How many of the loser's stakes or bonds were lost, and what of them pays for the moves against it and was burnt, in wei. */
  stakes: number;
  reward: bigint;
  burnt: bigint;
}
