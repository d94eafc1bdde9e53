import type { Hex } from "../../protocol/types";
import type { Move } from "../../games/edges/moves";
import { INFINITE_TIME } from "../../games/edges/timers";
import { asParent, assertMove, assertionEdge, type Parent, type Truth } from "../../games/edges/truth";
import type { AssertionInfo } from "../../games/edges/types";
import { PLAYERS, tryMove } from "../boards/paper/board";
import type { GameModel } from "../boards/paper/model";

export interface StakeSearch {
  truth: Truth;
  /** Asserts something false, on true parents; what it says on false ones does not matter. */
  lie: Truth;
  /** Accounts that do anything at all. */
  adversaries: number;
  /** Assertions on one chain. */
  generations: number;
}

export interface StakesFound {
  /** Positions with different standing assertions, stakes and balances. */
  positions: number;
  violation: { what: string; course: string[] } | null;
}

const HONEST = 0;

/**
 * Plays every course of assertions, confirmations, slashes and moved stakes. Which edge of a place can win is granted, since what
 * decides it is played elsewhere (complete.ts, crowd.ts): at a right place the true one, at a false one any, each as soon as it stands.
 * The honest party asserts nothing but the truth; the others assert everything, and anyone makes all other calls, at any time.
 */
export function searchStakes(start: GameModel, search: StakeSearch): StakesFound {
  const seen = new Set<string>();
  const course: string[] = [];
  let violation: StakesFound["violation"] = null;
  const board = new StakeBoard(search);

  const visit = (model: GameModel): void => {
    if (violation !== null) return;
    const key = keyOf(model);
    if (seen.has(key)) return;
    seen.add(key);
    const what = board.whatIsWrong(model, start);
    if (what !== null) {
      violation = { what, course: [...course] };
      return;
    }
    for (const { by, move, name } of board.turns(model)) {
      const after = board.after(model, move, by);
      if (after === null) continue;
      course.push(name);
      visit(after);
      course.pop();
    }
  };
  visit(start);
  return { positions: seen.size, violation };
}

interface StakeTurn {
  by: number;
  move: Move;
  name: string;
}

class StakeBoard {
  constructor(private readonly search: StakeSearch) {}

  *turns(model: GameModel): Generator<StakeTurn> {
    const parents: [Parent, depth: number, isRight: boolean][] = [[model.genesis, 0, true]];
    for (const info of model.assertions.values())
      parents.push([asParent(info), this.depth(model, info), this.isRight(model, info)]);
    for (const [parent, depth, isRight] of parents) {
      if (depth < this.search.generations) yield* this.asserts(model, parent, isRight);
    }
    const all = [...model.assertions.values()];
    for (const { id } of all) {
      const { at, root } = model.edge(id)!;
      yield { by: 1, move: { kind: "confirm", at, root }, name: `confirm ${this.name(model, id)}` };
      for (const other of all) {
        if (other.id === id) continue;
        const [from, to] = [id, other.id];
        const names = `${this.name(model, from)} ${this.name(model, to)}`;
        yield { by: 1, move: { kind: "moveStake", from, to }, name: `moveStake ${names}` };
        if (other.parent !== model.assertions.get(id)!.parent) continue;
        const winner = model.edge(to)!;
        const move: Move = { kind: "slash", loser: at, loserRoot: root, winner: winner.at, winnerRoot: winner.root };
        yield { by: 1, move, name: `slash ${names}` };
      }
    }
  }

  /** The position after a move; null where it is refused or changes nothing that `keyOf` tells. */
  after(model: GameModel, move: Move, by: number): GameModel | null {
    const after = model.clone();
    if (tryMove(after, move, PLAYERS[by]) !== null) return null;
    for (const [id, info] of after.assertions) {
      const isTrue = this.isRight(after, info);
      if (isTrue || !this.isRightParent(after, info.parent)) after.edges.get(id)!.timer = INFINITE_TIME;
    }
    return after;
  }

  whatIsWrong(model: GameModel, start: GameModel): string | null {
    // Rationale: whoever withdraws first must not be paid with another's stake.
    let owed = model.burnt;
    for (const reward of model.rewards.values()) owed += reward;
    for (const balance of model.balances.values()) owed += balance;
    let had = 0n;
    for (const balance of start.balances.values()) had += balance;
    if (owed > had) return `${owed} wei are owed of ${had}`;
    const end = this.settled(model);
    // Rationale: an honest party risks time, never its stake.
    if (end.balances.get(PLAYERS[HONEST]) !== start.balances.get(PLAYERS[HONEST])) return "an honest stake is lost";
    // Rationale: a stake that stands for many assertions deters as much as one that stands for one: each lie that the truth meets costs one.
    const lost = [...end.assertions.values()].filter(({ id }) => end.edge(id)!.status === "slashed").length;
    let kept = 0n;
    for (const player of PLAYERS) kept += end.balances.get(player) ?? 0n;
    const paid = end.parameters.stakes[0] * BigInt(lost);
    return kept > had - paid ? `${lost} lies have cost less than ${paid} wei` : null;
  }

  /** The position after all that can be confirmed and slashed. */
  private settled(model: GameModel): GameModel {
    const end = model.clone();
    for (let before = -1; before !== countDone(end);) {
      before = countDone(end);
      for (const { move } of this.turns(end))
        if (move.kind === "confirm" || move.kind === "slash") tryMove(end, move, PLAYERS[1]);
    }
    return end;
  }

  private *asserts(model: GameModel, parent: Parent, isRight: boolean): Generator<StakeTurn> {
    const { truth, lie, adversaries } = this.search;
    // On what is false any history goes.
    const sources = isRight ? [truth, lie] : [truth];
    for (const source of sources) {
      const history = source.runs(isRight ? parent : model.genesis)!;
      const edge = assertionEdge(parent, history);
      if (model.edge(edge.id) !== undefined) continue;
      const move = assertMove(edge, history);
      const isHonest = isRight && source === truth;
      for (let by = isHonest ? HONEST : 1; by <= adversaries; by++) {
        const what = source === truth ? "right" : "wrong";
        yield { by, move, name: `${by} asserts ${what} on ${this.name(model, parent.id)}` };
      }
    }
  }

  private depth(model: GameModel, { parent }: AssertionInfo): number {
    const above = model.assertions.get(parent);
    return above === undefined ? 1 : 1 + this.depth(model, above);
  }

  /** Whether the assertion and all that it stands on are true. */
  private isRight(model: GameModel, info: AssertionInfo): boolean {
    if (!this.isRightParent(model, info.parent)) return false;
    const above = model.assertions.get(info.parent);
    const parent = above === undefined ? model.genesis : asParent(above);
    return assertionEdge(parent, this.search.truth.runs(parent)!).id === info.id;
  }

  private isRightParent(model: GameModel, id: Hex): boolean {
    const above = model.assertions.get(id);
    return above === undefined || this.isRight(model, above);
  }

  private name(model: GameModel, id: Hex): string {
    const info = model.assertions.get(id);
    if (info === undefined) return "genesis";
    return `${this.name(model, info.parent)}/${this.isRight(model, info) ? "right" : "wrong"}`;
  }
}

function countDone(model: GameModel): number {
  let done = 0;
  for (const { status } of model.edges.values()) if (status !== "open") done++;
  return done;
}

/** All that the future of stakes depends on. */
function keyOf(model: GameModel): string {
  const edges = [...model.edges].map(([id, { staker, status, stakeMoved }]) => `${id}${staker}${status}${stakeMoved}`);
  const balances = [...model.balances].map(([account, balance]) => `${account}${balance}`);
  return [...edges.sort(), ...balances.sort()].join();
}
