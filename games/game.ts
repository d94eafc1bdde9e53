import type { Hex, L1Block } from "../protocol/types";
import type { L1Chain } from "./follower";
import type { Parent, Truth, TruthKey } from "./truth";
import type { AssertionInfo } from "./types";

/** One call of a game's contract. `kind` is the name of its function; an assertion's is `assertState` in every game. */
export interface GameMove {
  readonly kind: string;
}

/** A stake and what hangs on it: moves of which the first takes a stake, each valid after those before it, and without the other parts. */
export interface StakedPart<M extends GameMove = GameMove> {
  moves: M[];
  /** Seconds until a rival could win if this were left out, from below as far as the own claims tell; Infinity without a rival. */
  slackSeconds: number;
}

/** What to do now. */
export interface Plan<M extends GameMove = GameMove> {
  /** In order; each is valid after those before it: all that is free, then `staked`. */
  moves: M[];
  /** What takes a stake, the most urgent first. */
  staked: StakedPart<M>[];
  /** Wei that these moves take out of the account's balance. */
  stake: bigint;
  /** The same by move; what is not in it is free. */
  stakes: Map<M, bigint>;
  /** Histories that are missing: with them there may be more to do. */
  missing: TruthKey[];
  /** The last assertion found to be right (the start, if none). */
  tip: Parent;
  /** Parents whose confirmed child is not the own one: the own truth, or the game, is wrong. */
  contradicted: Hex[];
}

export interface PlayerOptions {
  /** Whose stakes are defended to the end, lower case. */
  account: Hex;
  /** The assertion to start from: genesis, or any confirmed one. */
  from: Parent;
  /** Whether to assert the child of a right parent that has none; a wrong child is answered in any case. */
  propose?: (parent: Parent) => boolean;
}

/** Plays a party's own truth, by the game's honest rule. A liar is the same over another truth. */
export interface Player {
  /** Pure: a plan is a function of the game as it was followed and of the truth. */
  decide(): Plan;
}

/** An assertion and where it stands, in words that every game has. */
export interface AssertionStatus {
  info: AssertionInfo;
  /** The same for all that contradict each other. Twin of `Names.assertionPlace`. */
  place: Hex;
  /** Whose stake is behind it, lower case. */
  staker: Hex;
  /** `slashed`: its stake is lost. `proven`: a step of a game of edges says so, and the stake is not back yet. */
  status: "open" | "proven" | "confirmed" | "slashed";
  /** L1 seconds. */
  created: number;
  /** Seconds that count towards its confirmation. */
  timerSeconds: number;
  /** Whether anybody disagrees with it. */
  isRivalled: boolean;
}

/**
 * One way to settle a disagreement, at one L1 block. All that a challenger knows of it: it computes the truth, follows L1, sends the
 * moves, and counts its money; what a move means is the game's own affair. A variant is a folder; the registry is `registry.ts`.
 */
export interface DisputeGame {
  /** Heights of the three levels. */
  readonly heights: readonly [number, number, number];
  /** Wei that an assertion takes. */
  readonly assertionStake: bigint;
  /** Seconds after which an undisputed assertion can be confirmed. */
  readonly challengePeriodSeconds: number;
  /** Seconds in which a claim is answered, by the deployment's promise. */
  readonly responseSeconds: number;
  /** Time of the block that the game stands at. */
  readonly nowSeconds: number;
  /** Number of edges or claims that stand. */
  readonly size: number;
  /** Goes to the state after `head`. @throws SolventError `l1-*`; the game is then at a block that it was at before. */
  follow(head: L1Block, chain: L1Chain): Promise<void>;
  /** What an account can withdraw or stake, in wei, at an L1 block or at its tag. */
  balanceOf(account: Hex, block: number | string): Promise<bigint>;
  /** When an assertion was made, in L1 seconds, and the block that it ends with; undefined where it does not stand. */
  assertion(id: Hex): { created: number; l2BlockNumber: number } | undefined;
  /** All that L1 holds, oldest first. */
  assertions(): AssertionStatus[];
  isConfirmed(assertion: Hex): boolean;
  /**
   * Whether it is too late to contradict the children of an assertion that ends with this output root, over this inbox (its hash): one is
   * confirmed, or whoever came now would be short of time for the way down.
   */
  isTooLate(start: Hex, inbox: Hex): boolean;
  /** Whether a stake of the account is neither back nor lost. */
  hasOpenStake(account: Hex): boolean;
  player(truth: Truth, options: PlayerOptions): Player;
  /** Wei that a move takes out of the sender's balance, at most. */
  stakeOf(move: GameMove): bigint;
  /** Stakes of a proposer who asserts every `intervalSeconds` and is not disputed, in wei, at most; 0 for an interval of 0. */
  capitalInFlight(intervalSeconds: number): bigint;
  /** What one whole answer takes beside the assertion, down to the dearest step of `stepGas`, and its settlement. */
  answerCost(stepGas: number): { stake: bigint; gas: bigint };
  /** Calldata of several moves in one transaction, in order; a single move goes without the wrapper. */
  encode(moves: readonly GameMove[]): Hex;
  /** Cuts moves, in order, into transactions of at most `gasLimit`. */
  page(moves: readonly GameMove[], gasLimit: number, stepGas: number): GameMove[][];
  /** Gas that a move needs inside a multicall, from above. */
  gasBound(move: GameMove, stepGas: number): number;
  /** The contract's own error in words; null for data that is none. */
  explainRevert(data: Hex): string | null;
}
