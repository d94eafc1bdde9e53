import type { Hex } from "../../protocol/types";
import type { InboxState, Origin, OutputPreimage } from "../types";
import { TOURNAMENT_ABI } from "./abi";
import type { Level } from "./types";

export interface AssertMove {
  kind: "assertState";
  origin: Origin;
  root: Hex;
  output: OutputPreimage;
  spine: Hex[];
}

/** A move about one match. `level`: of the tournament that it changes; L1 knows it. */
interface MatchMove {
  level: Level;
  matchId: Hex;
}

export interface JoinMove extends MatchMove {
  kind: "join";
  /** Contested leaf that the history ends in. */
  last: Hex;
  /** At level 1: register bytes of the history's last machine. Else `0x`. */
  machine: Hex;
  spine: Hex[];
}

export interface AdvanceMove extends MatchMove {
  kind: "advance";
  /** Children of the node to be opened, then of its first half that differs. */
  left: Hex;
  right: Hex;
  nextLeft: Hex;
  nextRight: Hex;
}

export interface SealMove extends MatchMove {
  kind: "sealMatch";
  left: Hex;
  right: Hex;
  /** State before the first leaf that differs, and its siblings, bottom first; none before leaf 0. */
  agreed: Hex;
  path: Hex[];
  inbox: InboxState;
}

export interface StepMove extends MatchMove {
  kind: "winByStep";
  inbox: InboxState;
  witness: Hex;
  /** Children of the winner's root. */
  left: Hex;
  right: Hex;
}

/** What ends a match for one side, with the children of its root. */
export interface WinMove extends MatchMove {
  kind: "winByTimeout" | "winByInner";
  left: Hex;
  right: Hex;
}

/** What ends a match for both. */
export interface EliminateMove extends MatchMove {
  kind: "eliminate" | "eliminateInner";
}

export interface ConfirmMove {
  kind: "confirm";
  assertion: Hex;
}

/** Everything that changes the game. All are open to anyone. */
export type TournamentMove =
  AssertMove | JoinMove | AdvanceMove | SealMove | StepMove | WinMove | EliminateMove | ConfirmMove;

/** Calldata of a move, for the queue. */
export function encodeMove(move: TournamentMove): Hex {
  return TOURNAMENT_ABI.encodeFunctionData(move.kind, moveArguments(move)) as Hex;
}

function moveArguments(move: TournamentMove): unknown[] {
  switch (move.kind) {
    case "assertState":
      return [move.origin, move.root, move.output, move.spine];
    case "join":
      return [move.matchId, move.last, move.machine, move.spine];
    case "advance":
      return [move.matchId, move.left, move.right, move.nextLeft, move.nextRight];
    case "sealMatch":
      return [move.matchId, move.left, move.right, move.agreed, move.path, move.inbox];
    case "winByStep":
      return [move.matchId, move.inbox, move.witness, move.left, move.right];
    case "winByTimeout":
    case "winByInner":
      return [move.matchId, move.left, move.right];
    case "eliminate":
    case "eliminateInner":
      return [move.matchId];
    case "confirm":
      return [move.assertion];
  }
}

/** Gas that a move needs inside a multicall, from above: test/snapshots/gas.tournament.json, and a spine of 40. */
export function moveGasBound({ kind }: TournamentMove, stepGas: number): number {
  return {
    ...{ assertState: 500_000, join: 350_000, advance: 90_000, sealMatch: 280_000, winByStep: stepGas },
    ...{ winByTimeout: 180_000, eliminate: 100_000, winByInner: 300_000, eliminateInner: 100_000, confirm: 150_000 },
  }[kind];
}
