import type { Hex } from "../../protocol/types";
import { hashNode } from "../../games/history/history";
import type { Move } from "../../games/edges/moves";
import { edgeId, leftOf, mutualId, rightOf, rootPlace } from "../../games/edges/place";
import type { Truth } from "../../games/edges/truth";
import type { At, Level } from "../../games/edges/types";
import { ZERO_ADDRESS } from "../../protocol";
import { PLAYERS, tryMove } from "../boards/paper/board";
import { rightPlaces } from "../invariants";
import { GameModel } from "../boards/paper/model";
import type { Rules } from "../boards/paper/rules";
import { movesEver } from "../strategies/universe";

/** An edge of a chart; edges, places and moves are numbers of its lists. */
export interface ChartEdge {
  id: Hex;
  at: At;
  root: Hex;
  place: number;
  level: Level;
  isStaked: boolean;
  /** Both halves, where some move reveals them. */
  halves: readonly [left: number, right: number] | null;
  /** Root edges that claim this leaf. */
  claims: readonly number[];
  /** Whether it is the true edge, where all to its left is true; null where that past is false. */
  isTrue: boolean | null;
}

/** A move that proves something; whether it can be made now, the position decides. */
export interface ChartMove {
  kind: "assertState" | "bisect" | "open" | "proveStep";
  /** The edge that is bisected, opened or proven; -1 for an assertion. */
  on: number;
  /** What then stands; the right half first. */
  makes: readonly number[];
  move: Move;
}

/**
 * Everything that can ever stand in a game of these histories, and all that the adversaries can try, each by its number. All
 * that hashes decide is decided here, once, by the model: who is whose rival, half or claim, and which proofs hold. What is
 * left to a position is times and statuses, in bytes.
 */
export class Chart {
  readonly edges: ChartEdge[] = [];
  readonly places: Hex[] = [];
  /** Assertions. */
  readonly roots: number[];
  /** Edges with something below them, bottom first: the order of updates. */
  readonly upwards: number[];
  /** All that the adversaries can try, but what is refused in every position. */
  readonly adversary: ChartMove[];
  readonly rules: Rules;
  private readonly honest = new Map<string, ChartMove>();
  private readonly edgeNumbers = new Map<object, number>();
  private readonly placeNumbers = new Map<object, number>();
  /** A game in which everything stands. */
  readonly closed: GameModel;

  constructor(start: GameModel, truth: Truth, lies: readonly Truth[]) {
    this.rules = start.rules;
    const rules = { ...start.rules, openNeedsRival: false, bisectNeedsRival: false, playsAfterDecision: true };
    this.closed = new GameModel(start.parameters, start.genesis, start.judge, rules);
    this.closed.deposit(PLAYERS[1], 1n << 128n);
    const own = movesEver([truth], start.genesis);
    const others = movesEver(lies, start.genesis);
    const legal = new Set(this.close([...own, ...others]));
    this.number(rightPlaces(this.closed, truth, start.genesis));
    this.roots = this.all(({ level, isStaked }) => level === 0 && isStaked);
    const isAbove = this.all(({ halves, claims }) => halves !== null || claims.length > 0);
    this.upwards = isAbove.sort((a, b) => this.depth(b) - this.depth(a));
    for (const move of own) if (legal.has(move)) this.honest.set(...this.charted(move));
    this.adversary = [...new Map(others.filter((move) => legal.has(move)).map((move) => this.charted(move))).values()];
  }

  /** The numbers of all edges of that kind. */
  all(isIt: (edge: ChartEdge) => boolean): number[] {
    return this.edges.flatMap((edge, number) => (isIt(edge) ? [number] : []));
  }

  /** Number of the edge with that id; undefined if no move ever makes it. */
  edgeOf(id: Hex): number | undefined {
    const edge = this.closed.edge(id);
    return edge && this.edgeNumbers.get(edge);
  }

  placeOf(id: Hex): number | undefined {
    const mutual = this.closed.mutual(id);
    return mutual && this.placeNumbers.get(mutual);
  }

  /** The honest party's move; undefined if its proof does not hold. */
  honestMove(move: Move): ChartMove | undefined {
    return this.honest.get(this.charted(move)[0]);
  }

  /** Makes whatever the rules ever let through. @returns those moves. */
  private close(moves: readonly Move[]): Move[] {
    const made: Move[] = [];
    let left = [...moves];
    for (let before = -1; before !== made.length;) {
      before = made.length;
      left = left.filter((move) => {
        const isMade = tryMove(this.closed, move, PLAYERS[1]) === null;
        if (isMade) made.push(move);
        return !isMade;
      });
    }
    return made;
  }

  private number(right: ReturnType<typeof rightPlaces>): void {
    const { closed } = this;
    for (const [id, mutual] of closed.mutuals) this.placeNumbers.set(mutual, this.places.push(id) - 1);
    for (const edge of closed.edges.values()) this.edgeNumbers.set(edge, this.edgeNumbers.size);
    for (const [id, edge] of closed.edges) {
      const { at, root, staker } = edge;
      const truth = right.get(mutualId(at));
      const halves = closed.halvesOf(id);
      this.edges.push({
        id,
        at,
        root,
        level: at.level,
        place: this.placeNumbers.get(closed.mutuals.get(edge.place)!)!,
        isStaked: staker !== ZERO_ADDRESS,
        halves: halves === undefined ? null : this.halves(at, halves),
        claims: at.height === 0 ? this.claims(id) : [],
        isTrue: truth === undefined ? null : truth.id === id,
      });
    }
  }

  private halves(at: At, [left, right]: readonly [Hex, Hex]): [number, number] {
    return [this.edgeOf(edgeId(leftOf(at), left))!, this.edgeOf(edgeId(rightOf(at, left), right))!];
  }

  private claims(leaf: Hex): number[] {
    return this.closed.rootsUnder(leaf).flatMap(({ at, root }) => {
      const number = this.edgeOf(this.closed.idOf({ ...at, claim: leaf }, root));
      return number === undefined ? [] : [number];
    });
  }

  private charted(move: Move): [key: string, charted: ChartMove] {
    const [on, makes] = this.effect(move).map((ids) => ids.map((id) => this.edgeOf(id) ?? -1));
    const { kind } = move as { kind: ChartMove["kind"] };
    return [`${kind} ${on.join()} ${makes.join()}`, { kind, on: on[0] ?? -1, makes, move }];
  }

  /** Ids of the edge that a move is made on, and of those that it makes. */
  private effect(move: Move): [on: Hex[], makes: Hex[]] {
    const { closed } = this;
    const { heights } = closed.parameters;
    switch (move.kind) {
      case "assertState":
        return [[], [closed.idOf(rootPlace(0, move.origin, heights[0]), move.root)]];
      case "bisect": {
        const halves = [closed.idOf(rightOf(move.at, move.left), move.right), closed.idOf(leftOf(move.at), move.left)];
        return [[closed.idOf(move.at, hashNode(move.left, move.right))], halves];
      }
      case "open": {
        const on = closed.idOf(move.at, move.leaf);
        const level = (move.at.level + 1) as Level;
        return [[on], [closed.idOf(rootPlace(level, closed.originBelow(move), heights[level], on), move.root)]];
      }
      case "proveStep":
        return [[closed.idOf(move.at, move.root)], []];
      default:
        throw new Error(`${move.kind} proves nothing`);
    }
  }

  private depth(edge: number): number {
    const { at } = this.edges[edge];
    return at.level * 100 - at.height;
  }
}
