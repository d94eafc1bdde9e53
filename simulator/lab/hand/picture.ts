import type { ClaimsGame } from "../games/claims/model";
import type { EdgesGame } from "../games/edges/model";
import { labelOf } from "../games/history";
import type { TournamentGame } from "../games/tournament/model";
import type { HandGame } from "./hand";
import { claimedStates, RUN_STEPS, toyState } from "./toy";
import { clock, leaves } from "./words";

/** One line of the paper board. @property depth - How far it is indented. */
export interface BoardLine {
  depth: number;
  text: string;
  /** Whose claim it is: yours, another's, or nobody's in particular. */
  side: "mine" | "other" | "both";
  isOver: boolean;
}

/** One of the sixteen steps in full. @property claimed - What you claim that it gives, where that is not so. */
export interface ToyStep {
  run: number;
  step: number;
  before: number;
  after: number;
  claimed: number;
}

/** The whole program and what the person claims of it. */
export function toySteps({ mine }: HandGame): ToyStep[] {
  return claimedStates(mine).map((claimed, at) => ({
    run: Math.floor(at / RUN_STEPS),
    step: at % RUN_STEPS,
    before: toyState(at),
    after: toyState(at + 1),
    claimed,
  }));
}

/** The board as it stands: what was claimed, by whom, and the clocks. */
export function picture(hand: HandGame): BoardLine[] {
  switch (hand.game.name) {
    case "edges":
      return edgesLines(hand, hand.game as EdgesGame);
    case "claims":
      return claimsLines(hand, hand.game as ClaimsGame);
    case "tournament":
      return tournamentLines(hand, hand.game as TournamentGame);
  }
}

function edgesLines({ mine }: HandGame, game: EdgesGame): BoardLine[] {
  const { edges } = game;
  const lines: BoardLine[] = [];
  const seen = new Set<number>();
  const visit = (id: number, depth: number): void => {
    if (id < 0 || seen.has(id)) return;
    seen.add(id);
    const { level, start, size, label, status, left, right, roots, place } = edges[id];
    const isContested = edges.some((other, at) => at !== id && other.place === place);
    const own =
      label === labelOf(mine.wrong[level], start, size) ||
      (level > 0 && label === labelOf(mine.detour[level], start, size));
    // Where nobody else is, what is below both sides is the same.
    const side = isContested ? (own ? "mine" : "other") : own ? "both" : "other";
    const earned = game.earned(id);
    const state =
      status === "open" ? `has earned ${clock(earned)} of ${clock(game.parameters.challengePeriodSeconds)}` : status;
    lines.push({
      depth,
      text: `${leaves(level, start, size)}: ${isContested ? "contested" : "nobody contests it"}, ${state}`,
      side,
      isOver: status === "slashed",
    });
    for (const below of [left, right, ...roots]) visit(below, depth + 1);
  };
  edges.forEach(({ level, staker }, id) => {
    if (level === 0 && staker >= 0) visit(id, 0);
  });
  return lines;
}

function claimsLines({ game: { now } }: HandGame, { claims, parameters }: ClaimsGame): BoardLine[] {
  const [split] = parameters.heights;
  const lines: BoardLine[] = [];
  const visit = (id: number, indent: number): void => {
    const { depth, index, by, clock: used, deadline, counteredBy, resolved, children } = claims[id];
    const isBelow = depth > split;
    const height = (isBelow ? split + 1 + parameters.heights[1] : split) - depth;
    const place = leaves(isBelow ? 1 : 0, (index + 1) * 2 ** height - 1, 1);
    const left = clock(Math.max(0, deadline - now));
    const state = resolved
      ? counteredBy < 0
        ? "stands"
        : "countered"
      : counteredBy >= 0
        ? "countered by a step"
        : `can be answered for ${left}; its side has used ${clock(used)}`;
    lines.push({
      depth: indent,
      text: `claim ${id}, what holds after ${place}${depth === 0 ? ", the root" : ""}: ${state}`,
      side: by === 0 ? "mine" : "other",
      isOver: counteredBy >= 0,
    });
    for (const child of children) visit(child, indent + 1);
  };
  if (claims.length > 0) visit(0, 0);
  return lines;
}

function tournamentLines(_: HandGame, game: TournamentGame): BoardLine[] {
  const { tournaments, entries, matches } = game;
  const lines: BoardLine[] = [];
  const visit = (id: number, depth: number): void => {
    const { level, start, allowance, entries: own } = tournaments[id];
    const closes = start + allowance - game.now;
    const what = level === 0 ? "about the four runs" : `about the steps of run ${matches[tournaments[id].above].leaf}`;
    const state = closes > 0 ? `open to joins for ${clock(closes)}` : "closed to joins";
    lines.push({ depth, text: `tournament ${id}, ${what}: ${state}`, side: "both", isOver: false });
    for (const entry of own) {
      const { by, alive, match } = entries[entry];
      const where = !alive ? "out" : match < 0 ? "waits for an opponent" : `in match ${match}`;
      lines.push({
        depth: depth + 1,
        text: `entry ${entry}: ${where}, ${clock(game.clockOf(entry))} on its clock`,
        side: by === 0 ? "mine" : "other",
        isOver: !alive,
      });
    }
    matches.forEach(({ tournament, one, two, answers, turn, phase, leaf, inner }, match) => {
      if (tournament !== id) return;
      const words = {
        bisect: `entry ${turn === 0 ? one : two} is to answer, ${answers} to go`,
        leaf: `sealed at ${leaves(level, leaf, 1)}: L1 waits for the step`,
        inner: `sealed at ${leaves(level, leaf, 1)}: decided below`,
        over: "over",
      }[phase];
      lines.push({
        depth: depth + 1,
        text: `match ${match}, entry ${one} against entry ${two}: ${words}`,
        side: "both",
        isOver: phase === "over",
      });
      if (inner >= 0) visit(inner, depth + 2);
    });
  };
  visit(0, 0);
  return lines;
}
