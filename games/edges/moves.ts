import type { Hex } from "../../protocol/types";
import { pagesOf } from "../money";
import { QUEUE_ABI } from "./abi";
import type { At, Before, InboxState, Origin, OutputPreimage } from "./types";

/** One timer update. Twin of `IDispute.Step`. */
export interface Step {
  place: At;
  /** Left root, or the leaf. */
  first: Hex;
  /** Right root, or the root of the edge that claims the leaf. */
  second: Hex;
  /** Zero, or the origin of the claiming edge. */
  origin: Hex;
}

export interface AssertMove {
  kind: "assertState";
  origin: Origin;
  root: Hex;
  output: OutputPreimage;
  spine: Hex[];
}

export interface BisectMove {
  kind: "bisect";
  at: At;
  left: Hex;
  right: Hex;
}

export interface OpenMove {
  kind: "open";
  at: At;
  leaf: Hex;
  origin: Origin;
  before: Before;
  inbox: InboxState;
  root: Hex;
  /** Level 0: register bytes of the new tree's last machine. Level 1: `0x`. */
  last: Hex;
  spine: Hex[];
}

export interface ProveStepMove {
  kind: "proveStep";
  at: At;
  root: Hex;
  origin: Origin;
  before: Before;
  inbox: InboxState;
  witness: Hex;
}

export interface UpdateMove {
  kind: "update";
  /** Bottom first. */
  steps: Step[];
}

export interface ConfirmMove {
  kind: "confirm";
  at: At;
  root: Hex;
}

export interface SlashMove {
  kind: "slash";
  loser: At;
  loserRoot: Hex;
  winner: At;
  winnerRoot: Hex;
}

/** One step down from a winner. Twin of `IDispute.Link`. */
export interface Link {
  /** Left root, or the origin of the root edge below a leaf. */
  left: Hex;
  /** Right root, or the root of that edge. */
  right: Hex;
  isRight: boolean;
}

export interface RewardMove {
  kind: "reward";
  /** Place and root of the winner. */
  at: At;
  root: Hex;
  /** From the winner down, to the last edge whose maker is to be paid. */
  way: Link[];
}

export interface MoveStakeMove {
  kind: "moveStake";
  from: Hex;
  to: Hex;
}

/** Everything that changes the game. All are open to anyone; one that changes nothing does not revert. */
export type Move =
  | AssertMove
  | BisectMove
  | OpenMove
  | ProveStepMove
  | UpdateMove
  | ConfirmMove
  | SlashMove
  | RewardMove
  | MoveStakeMove;

/** Calldata of a move, for the StateRootQueue. */
export function encodeMove(move: Move): Hex {
  return QUEUE_ABI.encodeFunctionData(move.kind, moveArguments(move)) as Hex;
}

/** Calldata of several moves in one transaction, in order; a single move goes without the wrapper. */
export function encodeMoves(moves: readonly Move[]): Hex {
  if (moves.length === 1) return encodeMove(moves[0]);
  return QUEUE_ABI.encodeFunctionData("multicall", [moves.map(encodeMove)]) as Hex;
}

/** Arguments of the contract's function named like the move. */
export function moveArguments(move: Move): unknown[] {
  switch (move.kind) {
    case "assertState":
      return [move.origin, move.root, move.output, move.spine];
    case "bisect":
      return [move.at, move.left, move.right];
    case "open": {
      const { at, leaf, origin, before, inbox, root, last, spine } = move;
      return [at, leaf, origin, before, inbox, root, last, spine];
    }
    case "proveStep":
      return [move.at, move.root, move.origin, move.before, move.inbox, move.witness];
    case "update":
      return [move.steps];
    case "confirm":
      return [move.at, move.root];
    case "slash":
      return [move.loser, move.loserRoot, move.winner, move.winnerRoot];
    case "reward":
      return [move.at, move.root, move.way];
    case "moveStake":
      return [move.from, move.to];
  }
}

/** Gas that a move needs inside a multicall, from above: pages are cut by it, limits are still estimated. */
export function moveGasBound(move: Move, stepGas: number): number {
  if (move.kind === "update") return 25_000 * move.steps.length;
  if (move.kind === "proveStep") return stepGas;
  if (move.kind === "reward") return 60_000 + 40_000 * move.way.length;
  return { assertState: 300_000, bisect: 125_000, open: 200_000, confirm: 80_000, slash: 100_000, moveStake: 300_000 }[
    move.kind
  ];
}

/**
 * Cuts a list of moves, in order, into transactions of at most `gasLimit`; long updates are cut, too.
 * @param stepGas - Bound for one `proveStep`; it always goes alone when it is more than half of the limit.
 */
export function pageMoves(moves: readonly Move[], gasLimit = 12_000_000, stepGas = 8_000_000): Move[][] {
  const cut = moves.flatMap((whole) => cutUpdate(whole, Math.floor(gasLimit / 25_000)));
  return pagesOf(cut, gasLimit, (move) => moveGasBound(move, stepGas));
}

function cutUpdate(move: Move, most: number): Move[] {
  if (move.kind !== "update" || move.steps.length <= most) return [move];
  const parts: Move[] = [];
  for (let at = 0; at < move.steps.length; at += most)
    parts.push({ kind: "update", steps: move.steps.slice(at, at + most) });
  return parts;
}
