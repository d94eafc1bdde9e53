import type { Hex } from "../../protocol/types";
import type { AssertionInfo, Origin } from "../types";

export type { AssertionInfo, InboxState, Origin, OutputPreimage } from "../types";

/** Levels of the game: output roots after each run, machines every 2^H2 steps, machines after every step. */
export type Level = 0 | 1 | 2;

/** Place of an edge; with its root this is the edge. Twin of `IDispute.At`. */
export interface At {
  readonly level: Level;
  /** Hash of the tree's `Origin`. */
  readonly origin: Hex;
  /** Levels of nodes below; 0 for a leaf. */
  readonly height: number;
  /** Number among the subtrees of this height, from the left. Below 2^40. */
  readonly index: number;
  /** Hash chain of the left siblings passed on the way down; zero at the tree's root. */
  readonly prefix: Hex;
  /** Id of the leaf edge above, for root edges below level 0; else zero. */
  readonly claim: Hex;
}

/** The agreed state before a leaf, with its proof. Twin of `IDispute.Before`. */
export interface Before {
  state: Hex;
  prefix: Hex;
  path: Hex[];
}

export type EdgeStatus = "open" | "proven" | "confirmed" | "slashed";

/** State of an edge, as L1 stores it. */
export interface EdgeState {
  /** L1 seconds. */
  created: number;
  /** Cached seconds; `INFINITE_TIME` once proven. */
  timer: number;
  status: EdgeStatus;
  /** Lower case; the zero address for the children of a bisection. */
  staker: Hex;
  /** Who staked it, proved it, or bisected the edge above first; lower case. */
  maker: Hex;
  /** Whether the stake goes on to a child when this assertion is confirmed. */
  stakeMoved: boolean;
  /** What is still to be paid for that move, in wei. */
  cost: bigint;
}

/** State of a mutual id that exists. */
export interface MutualState {
  /** L1 seconds at which the second edge appeared; null while there is one. */
  rivalledAt: number | null;
  /** L1 seconds at which one of its edges was confirmed; null before. */
  decidedAt: number | null;
}

/** A root edge: an assertion, or what was opened under a leaf. */
export interface StakedEdge {
  id: Hex;
  at: At;
  root: Hex;
  /** Preimage of `at.origin`. */
  origin: Origin;
}

/** What stays the same of a game: heights by level, the challenge period and stakes in wei by level. */
export interface GameParameters {
  heights: readonly [number, number, number];
  challengePeriodSeconds: number;
  stakes: readonly [bigint, bigint, bigint];
}

/**
 * The state of the game at one L1 block: all that decisions are made from. Synchronous and immutable while it is read.
 * Implemented by `GameReplica` from logs.
 */
export interface GameView {
  readonly parameters: GameParameters;
  /** Time of that L1 block. */
  readonly nowSeconds: number;
  /** Undefined where the edge does not exist. */
  edge(id: Hex): EdgeState | undefined;
  /** Undefined where no edge has this mutual id. */
  mutual(mutualId: Hex): MutualState | undefined;
  /** The root edges with this mutual id, oldest first. */
  stakedAt(mutualId: Hex): readonly StakedEdge[];
  /** What is left to pay for moves below that confirmed edge, in wei. */
  rewardOf(winner: Hex): bigint;
  /** Children of an assertion (or of genesis), oldest first. */
  childrenOf(assertion: Hex): readonly AssertionInfo[];
}
