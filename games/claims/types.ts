import type { Hex } from "../../protocol/types";
import type { AssertionInfo } from "../types";

/** What stays the same of a game of claims. Times in seconds, amounts in wei. */
export interface ClaimsParameters {
  heights: readonly [number, number, number];
  /** Of each side on one path; also the least time until an assertion can be confirmed. */
  maxClockSeconds: number;
  /** Bond by depth, from 0 to the bottom. */
  bonds: readonly bigint[];
}

/** A claim as L1 stores it. Twin of `IClaims.Claim`. */
export interface ClaimState {
  readonly value: Hex;
  readonly position: number;
  /** Number of the claim that it answers; 0 for the root. */
  readonly parent: number;
  /** Lower case. */
  readonly claimant: Hex;
  /** When it was made, L1 seconds. */
  readonly stamp: number;
  /** Seconds that its side had used on this path by then. */
  readonly used: number;
  /** Numbers of its answers, oldest first. */
  readonly answers: number[];
  isResolved: boolean;
  /** Whether L1 disproved it by a step. */
  isStepped: boolean;
  /** Who got its bond, once resolved. */
  payee: Hex | null;
}

/** An assertion and the tree of claims under it. */
export interface ClaimTree {
  assertion: AssertionInfo;
  /** The root, claim 0, is the assertion. */
  claims: ClaimState[];
  isConfirmed: boolean;
}
