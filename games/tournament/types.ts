import type { Hex } from "../../protocol/types";

/** 0: output roots; 1: machines of one run; 2: machines of one stretch of it. */
export type Level = 0 | 1 | 2;

/** What stays the same of a tournament. Times in seconds, amounts in wei. */
export interface TournamentParameters {
  heights: readonly [number, number, number];
  /** Bond by level. */
  bonds: readonly [bigint, bigint, bigint];
  /** How long a tournament of level 0 is open to joins; also the least time until an assertion can be confirmed. */
  allowanceSeconds: number;
}

/** A history that joined a tournament. Twin of `ITournament.Commitment`. */
export interface CommitmentState {
  readonly root: Hex;
  /** Who joined it first, lower case. */
  readonly claimer: Hex;
  /** When, L1 seconds. */
  readonly stamp: number;
  /** Contested leaf above that it ends in; at level 0 its last output root. */
  readonly last: Hex;
  /** Children of its root. */
  readonly left: Hex;
  readonly right: Hex;
  /** Seconds left on its clock, as of its last change; of one that is out: when it went. */
  clock: number;
  standing: "waiting" | "playing" | "out";
}

/** Two commitments that bisect in turns. Twin of `ITournament.Match`. */
export interface MatchState {
  readonly id: Hex;
  readonly tournament: Hex;
  /** Root that waited: it answers first. */
  readonly one: Hex;
  /** Root that came. */
  readonly two: Hex;
  /** Node that whoever is to answer must open; once sealed, the agreed state. */
  other: Hex;
  /** Children of the other side's node at the same place; once sealed, the leaves of `one` and of `two`. */
  left: Hex;
  right: Hex;
  /** When a clock began to run, or it was sealed. */
  since: number;
  /** Of the nodes `left` and `right` plus one. */
  height: number;
  /** First leaf of `other`; once sealed, the leaf. */
  position: number;
  phase: "bisect" | "leaf" | "inner" | "over";
  isTurnOfTwo: boolean;
  /** What ended it: a step that L1 executed, a clock, the tournament below; null while it runs. */
  end: "step" | "time" | "inner" | null;
}

/** Twin of `ITournament.Tournament`, but for money. */
export interface TournamentState {
  readonly id: Hex;
  readonly level: Level;
  /** Match that it decides; zero at level 0. */
  readonly above: Hex;
  /** L1 seconds. */
  readonly start: number;
  /** Seconds in which it is open to joins. */
  readonly allowance: number;
  /** State before the first leaf: output root at level 0, machine hash below. */
  readonly initial: Hex;
  /** When its last match ended, or its start. */
  lastEnd: number;
  /** By root, oldest first. */
  readonly commitments: Map<Hex, CommitmentState>;
  /** Matches that are not over, oldest first. */
  readonly open: Set<Hex>;
  /** Root that is unpaired. */
  waiting: Hex | null;
  isSettled: boolean;
}
