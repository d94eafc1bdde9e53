import type { Commitment } from "./history";
import type { Ledger } from "./ledger";

export const GAMES = ["edges", "claims", "tournament"] as const;
export type GameName = (typeof GAMES)[number];

/** Gas of one transaction, under today's fork and under the next repricing. */
export interface GasPair {
  readonly osaka: number;
  readonly glamsterdam: number;
}

/**
 * One transaction. `key` names it: two parties that would send the same thing send the same key. `kind` is the game's own word, and
 * what its gas is listed under.
 */
export interface Move {
  readonly kind: string;
  readonly key: string;
  /** What the game's own code needs; nobody else looks at it. */
  readonly on: readonly number[];
  /** Whether it settles something in favour of a lie: anybody may send it, an honest party does not. */
  readonly forLie?: boolean;
  /** Whether a history of a lower level has to be built first. */
  readonly builds?: boolean;
  /** The history that the payload is taken from; undefined where none is needed. */
  readonly with?: Commitment;
}

/** `none`: ended without a winner, nobody's claim stands. `frozen`: ended so that nobody's funds move. */
export type Outcome = "open" | "true" | "false" | "none" | "frozen";

export interface Verdict {
  readonly outcome: Outcome;
  /** Seconds since the start at which it was reached. */
  readonly at: number;
  /** Whether a proven step, or time alone, has decided what the truth had to win. */
  readonly reason: "time" | "proof";
}

/** What all games share: who may join with what, for how long, at which price. Times are seconds. */
export interface CommonParameters {
  readonly heights: readonly number[];
  /** From the verdict until a withdrawal can be made. */
  readonly airGapSeconds: number;
}

/**
 * A dispute game as its arena sees it: params, join, moves, play, due, verdict. Nothing outside knows which game runs. A model is
 * deterministic: the same moves at the same times give the same state.
 */
export interface Game {
  readonly name: GameName;
  readonly parameters: CommonParameters;
  readonly ledger: Ledger;
  /** Seconds since the start. */
  readonly now: number;
  /** Grows with every change. */
  readonly version: number;

  /** Lets time pass; never back. */
  advance(to: number): void;
  /**
   * What a claimant of this history does now by the book: the game's honest rule, over any history.
   * @param isSpared - Answers that it never gives; the same for the same history each time. Asked where claims are one party's.
   */
  answers(by: number, mine: Commitment, isSpared?: (move: Move) => boolean): Move[];
  /** All that the rules would let this claimant do now, sensible or not. */
  moves(by: number, mine: Commitment): Move[];
  /** What anybody may do now, without a history: timeouts, confirmations, resolutions, payments. */
  due(): Move[];
  /** Earliest time after now at which `due` grows although nobody moves; infinite if it never does. */
  nextDue(): number;
  /** Seconds at which it will be too late for that move, or for it to be of use; infinite if there is no such time. */
  deadline(move: Move): number;
  /** Ether that the move locks. */
  bond(move: Move): number;
  /** @throws Refused where the rules do not allow it; then nothing has changed. */
  play(move: Move, by: number): void;
  /** Party whose claim the move answers; absent where it answers none, or where claims are not one party's. */
  answered?(move: Move): number | undefined;
  /** Gas of the move beyond what its kind always takes; none if absent. */
  extraGas?(move: Move): GasPair;
  /** Lets the game pay for the gas of a move that was played. */
  refund?(move: Move, by: number, gas: number, etherPerGas: number): void;
  verdict(): Verdict;
  /** Whether nothing is left to do or to be paid. */
  isOver(): boolean;
  /** Size of the game: what was committed to, and what stands. */
  readonly commitments: number;
}
