import type { Chart, ChartMove } from "./chart";
import { isTold, scopeOf, type Part } from "./parts";
import { PositionRules, STATUS, type Position } from "./position";

/** A position that one call leads to. */
export interface Successor {
  what: string;
  after: Position;
}

/**
 * Any number of adversaries beside the one whose chain is looked at, seen from one way down. All that their edges do to the true ones
 * and to the chain's is to rival them, and to reveal their halves: which they are, whose, and how many does not matter, only since when
 * a place is rivalled. So they are nowhere on the chart. Where a place is rivalled, one of them stands and can go on to the next.
 */
export class Crowd {
  private readonly steps: readonly {
    place: number;
    /** The place above on the way, or -1. */
    above: number;
    isRoot: boolean;
    /** The true edge, where false ones above may have it as their left half, too; a right one has its whole past in common. */
    left: number | null;
    /** The chain's edge. */
    chain?: number;
  }[];

  /** False edges on the way that are not the chain's. */
  private readonly untold: readonly number[];

  constructor(
    private readonly rules: PositionRules,
    private readonly part: Part,
  ) {
    const { edges } = rules.chart;
    this.untold = part.places.flatMap((place) => place.edges.filter((edge) => !isTold(rules.chart, part, edge)));
    this.steps = part.places.map(({ place, isRoot, truth, edges: all }, i) => {
      const above = i === 0 ? -1 : part.places[i - 1].place;
      const isLeft = i > 0 && edges[part.places[i - 1].truth].halves?.[0] === truth;
      return {
        place,
        above,
        isRoot,
        left: isLeft ? truth : null,
        chain: all.find((edge) => part.chain?.includes(edge)),
      };
    });
  }

  /** The moves of the one adversary, and of whoever plays the truth. */
  moves(): ChartMove[] {
    const inside = new Set(this.part.places.flatMap(({ edges }) => edges));
    const isPlayed = (edge: number): boolean => !inside.has(edge) || isTold(this.rules.chart, this.part, edge);
    return this.rules.chart.adversary.filter(({ on, makes }) => {
      return inside.has(on < 0 ? makes[0] : on) && [...(on < 0 ? [] : [on]), ...makes].every(isPlayed);
    });
  }

  /** The positions that a move of one of the crowd leads to. @param isAlive - Whether what happens at a place can matter. */
  *successors(position: Position, isAlive: (place: number) => boolean): Generator<Successor> {
    const { rules } = this;
    for (const { place, above, isRoot, left } of this.steps) {
      if (!isAlive(place) || (above >= 0 && rules.rivalledAt(position, above) === null)) continue;
      if (rules.rivalledAt(position, place) === null && !(isRoot && rules.isDecided(position, place)))
        yield { what: `an edge of others at place ${place}`, after: rules.joined(position, place) };
      if (left !== null && !stands(rules, position, left))
        yield { what: `the true half of others at place ${place}`, after: rules.added(position, left) };
    }
  }

  /**
   * Lets the chain's edge stand where there is rivalry, and the halves where one does. It has no time of its own then, and there is
   * always somebody who can make it in this tick: to have it takes nothing from the adversaries.
   */
  gather(position: Position): Position {
    const { rules } = this;
    let above: number | undefined;
    for (const { place, chain } of this.steps) {
      if (chain !== undefined && (rules.rivalledAt(position, place) !== null || stands(rules, position, chain))) {
        const halves = above === undefined ? null : rules.chart.edges[above].halves;
        for (const edge of halves ?? [chain]) rules.put(position, edge);
      }
      above = chain;
    }
    return position;
  }

  /** The position of a game with other false edges on the way, as it is seen here. */
  view(position: Position): Position {
    const view = position.slice();
    for (const edge of this.untold) this.rules.forget(view, edge);
    return this.gather(view);
  }

  /** The edges that ever stand. */
  edges(): number[] {
    const { chart } = this.rules;
    const told = this.part.places.flatMap(({ edges }) => edges.filter((edge) => isTold(chart, this.part, edge)));
    const below = told.flatMap((edge) => [...(chart.edges[edge].halves ?? chart.edges[edge].claims)]);
    return [...new Set([...told, ...below])];
  }

  /** All that is played, with edges by their places on the way. */
  description(): string {
    const { chart } = this.rules;
    const { places, chain, watched } = this.part;
    const lines = [...places.map(({ truth }) => truth), ...(chain ?? [])].map((edge) => {
      const { halves, claims } = chart.edges[edge];
      const told = claims.filter((other) => isTold(chart, this.part, other));
      return [edge, ...(halves ?? told)].map((other) => this.nameOf(other)).join(" ");
    });
    const moves = this.moves().map(({ kind, on, makes }) => {
      return [kind, ...[...(on < 0 ? [] : [on]), ...makes].map((edge) => this.nameOf(edge))].join(" ");
    });
    return [`waits for place ${places.findIndex(({ place }) => place === watched)}`, ...lines, ...moves.sort()].join(
      "\n",
    );
  }

  private nameOf(edge: number): string {
    const { isTrue, place } = this.rules.chart.edges[edge];
    const depth = this.part.places.findIndex((one) => one.place === place);
    if (depth < 0) return isTrue === false ? "elsewhere" : "granted";
    return `${isTrue === true ? "true" : "false"}${depth}`;
  }
}

function stands(rules: PositionRules, position: Position, edge: number): boolean {
  return rules.status(position, edge) !== STATUS.none;
}

/** All of what is played of a part; parts described alike have the same courses. */
export function describePart(chart: Chart, part: Part): string {
  return new Crowd(new PositionRules(chart, 1, scopeOf(chart, part)), part).description();
}
