import type { Move } from "../../../node/game";
import { hashNode } from "../../../node/game/history";
import { edgeId } from "../../../node/game/place";
import { ZERO_ADDRESS } from "../../../node/protocol";
import { PLAYERS, modelBoard, tryMove } from "./board";
import { hasConfirmed, honestMoves, isSettled, type Attack } from "./greedy";
import { falseWinners, unsettled } from "./invariants";
import type { GameModel } from "./model";
import { allUpdates, movesOf } from "./universe";

const HONEST = PLAYERS[0];
const ADVERSARY = PLAYERS[1];

export interface Search extends Omit<Attack, "isTime" | "deposited" | "reason"> {
  /** Ticks that the adversaries may let pass, all in all, while there is something that they could do. */
  stalls: number;
  /** Look at the courses with the longest silence first. */
  lateFirst?: boolean;
  /** Give up after so many schedules; the result says so. */
  most?: number;
}

export interface Found {
  /** Different courses of the game that were played to the end. */
  schedules: number;
  isComplete: boolean;
  /** The first course that broke an invariant: what is wrong, and the adversaries' moves by tick. */
  violation: { what: string[]; course: string[] } | null;
}

/**
 * Plays every course of a game: at each tick the adversaries make any set of the moves open to them, or none. Timers are updated and
 * confirmations tried after each move, since those only ever help the one who makes them.
 */
export function searchAll(start: GameModel, search: Search): Found {
  const found: Found = { schedules: 0, isComplete: true, violation: null };
  const { challengePeriodSeconds } = start.parameters;
  const end = start.nowSeconds + 5 * challengePeriodSeconds;
  // The truth must have won this long after its first answer was due.
  const due = start.nowSeconds + 2 * challengePeriodSeconds + search.answerSeconds;
  const seen = new Set<string>();
  const board = modelBoard(start);

  const fail = (what: string[], course: string[]): void => {
    found.violation ??= { what, course };
  };

  const tick = (model: GameModel, answers: readonly Move[], stalls: number, course: string[]): void => {
    if (found.violation !== null) return;
    if (found.schedules >= (search.most ?? Infinity)) return void (found.isComplete = false);
    model.nowSeconds += search.answerSeconds;
    for (const move of answers) {
      const refused = tryMove(model, move, HONEST);
      if (refused !== null) return fail([`the honest ${move.kind} is refused: ${refused}`], course);
    }
    settle(model);
    turn(model, new Set(), stalls, course);
  };

  /** @param skipped - Moves left out of this turn, so that each set is made once. */
  const turn = (model: GameModel, skipped: ReadonlySet<string>, stalls: number, course: string[]): void => {
    if (found.violation !== null) return;
    const wrong = falseWinners(model, { truth: search.truth, genesis: model.genesis });
    if (wrong.length > 0) return fail(wrong, course);
    const options = new Map<string, [Move, GameModel]>();
    for (const move of movesOf(model, search.lies, model.genesis)) {
      const next = model.clone();
      if (skipped.has(keyOf(move)) || tryMove(next, move, ADVERSARY) !== null || next.version === model.version)
        continue;
      settle(next);
      options.set(keyOf(move), [move, next]);
    }
    const isStall = options.size > 0 || skipped.size > 0;
    const wait = (): void => {
      if (!isStall || stalls > 0) pass(model, isStall ? stalls - 1 : stalls, course);
    };
    if (search.lateFirst === true) wait();
    const left = new Set(skipped);
    for (const [name, [move, next]] of options) {
      const tickNumber = (model.nowSeconds - start.nowSeconds) / search.answerSeconds;
      turn(next, left, stalls, [...course, `${tickNumber}: ${move.kind} of level ${levelOf(move)}`]);
      left.add(name);
      if (found.violation !== null) return;
    }
    if (search.lateFirst !== true) wait();
  };

  const pass = (model: GameModel, stalls: number, course: string[]): void => {
    const key = `${stalls}|${stateKey(model)}`;
    if (seen.has(key)) return;
    seen.add(key);
    const answers = honestMoves(model, board, search);
    const isOver = model.nowSeconds >= end || (answers.length === 0 && isSettled(board, model));
    if (!isOver && !isLate(model)) return tick(model.clone(), answers, stalls, course);
    found.schedules++;
    const wrong = unsettled(model, { truth: search.truth, genesis: model.genesis, honest: HONEST });
    if (wrong.length > 0) fail(wrong, course);
  };

  const isLate = (model: GameModel): boolean => model.nowSeconds > due && !hasConfirmed(model, model.genesis.id);

  // The adversaries have the first word: an answer may be due for each of the N + 3 links.
  turn(start.clone(), new Set(), search.stalls, []);
  return found;
}

/** Brings every timer up to date and confirms whatever lets itself be confirmed. */
export function settle(model: GameModel): void {
  for (const step of allUpdates(model, model)) tryMove(model, { kind: "update", steps: [step] }, ADVERSARY);
  for (const edge of model.edges.values())
    if (edge.staker !== ZERO_ADDRESS && edge.status === "open")
      tryMove(model, { kind: "confirm", at: edge.at, root: edge.root }, ADVERSARY);
}

function levelOf(move: Move): number {
  return "at" in move ? move.at.level : 0;
}

function keyOf(move: Move): string {
  switch (move.kind) {
    case "assertState":
      return `assert ${move.root}`;
    case "bisect":
      return `bisect ${edgeId(move.at, hashNode(move.left, move.right))}`;
    case "open":
      return `open ${edgeId(move.at, move.leaf)} ${move.root}`;
    case "proveStep":
      return `prove ${edgeId(move.at, move.root)} ${move.witness}`;
    default:
      return move.kind;
  }
}

/** Two courses with equal keys have equal futures. */
function stateKey(model: GameModel): string {
  const edges: string[] = [];
  for (const [id, { created, status, staker }] of model.edges)
    edges.push(`${id.slice(2, 14)}${created - model.nowSeconds}${status[0]}${staker === HONEST ? "h" : ""}`);
  const mutuals: string[] = [];
  for (const [id, { rivalledAt, decidedAt }] of model.mutuals)
    mutuals.push(
      `${id.slice(2, 14)}${rivalledAt === null ? "" : rivalledAt - model.nowSeconds}${decidedAt === null ? "" : "d"}`,
    );
  return `${model.nowSeconds}|${edges.sort().join()}|${mutuals.sort().join()}`;
}
