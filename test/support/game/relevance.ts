import type { Chart } from "./chart";
import { FOREVER, STATUS, type Position, type PositionRules, type Scope } from "./position";

/** A place whose past is true: it has one true edge. */
export interface RightPlace {
  place: number;
  /** The right place above it; -1 above an assertion. */
  above: number;
  /** Number of the true edge. */
  truth: number;
  /** Whether a tree starts here, so that edges have stakes. */
  isRoot: boolean;
  /** All edges that can stand here. */
  edges: readonly number[];
}

/** The places of the true tree of trees, each after the one above it. */
export function rightPlaces(chart: Chart): RightPlace[] {
  const found: RightPlace[] = [];
  const visit = (truth: number, above: number): void => {
    const { place, isStaked, halves, claims } = chart.edges[truth];
    found.push({ place, above, truth, isRoot: isStaked, edges: chart.all((edge) => edge.place === place) });
    for (const below of [...(halves ?? []), ...claims]) if (chart.edges[below].isTrue === true) visit(below, place);
  };
  visit(
    chart.roots.find((edge) => chart.edges[edge].isTrue === true)!,
    -1,
  );
  return found;
}

/** What of the game a complete search looks at. */
export interface Part {
  places: readonly RightPlace[];
  /** The one root place that is waited for, in a part that is one way down; null for all that stakes make worth it. */
  watched: number | null;
}

/** Every way down through every root place: what a stake has earned is the least over the ways below it. */
export function waysDown(chart: Chart): Part[] {
  const places = rightPlaces(chart);
  const byNumber = new Map(places.map((place) => [place.place, place]));
  const upwards = (from: RightPlace): RightPlace[] => {
    const above = byNumber.get(from.above);
    return [from, ...(above === undefined ? [] : upwards(above))];
  };
  const isLast = (place: RightPlace): boolean => !places.some(({ above }) => above === place.place);
  return places.filter(isLast).flatMap((leaf) => {
    const way = upwards(leaf).reverse();
    return way.filter(({ isRoot }) => isRoot).map(({ place }) => ({ places: way, watched: place }));
  });
}

/**
 * The part as a game of its own. What is not in it is granted: for ever where it is true, or has a false past; nothing where it is a
 * false edge on another way down, where it is looked at in its turn.
 */
export function scopeOf(chart: Chart, { places, watched }: Part): Scope {
  const inside = new Set(places.map(({ place }) => place));
  const granted = (edge: number): number | null => {
    const { place, isTrue } = chart.edges[edge];
    if (inside.has(place)) return null;
    return isTrue === false ? 0 : FOREVER;
  };
  return { granted, confirms: watched === null };
}

const [DEAD, ALIVE, WANTED] = [0, 1, 2];

/**
 * Which positions have one future. What can still matter is what some root place waits for that is undecided and either the
 * assertions' or one with an honest stake; of that, who stands where, and the sums of time on the ways down from each such stake.
 * Frozen times of what is above are carried down to where they are still growing, so that positions with equal sums are one.
 */
export class Relevance {
  /** By place: dead; alive, as a way down to a wanted one; or wanted, at or below a stake that is waited for. */
  private readonly life: Uint8Array;
  private readonly chart: Chart;
  private readonly deepest: readonly RightPlace[];
  private bytes = Buffer.alloc(4096);
  private length = 0;

  constructor(
    private readonly rules: PositionRules,
    private readonly part: Part,
  ) {
    this.chart = rules.chart;
    this.life = new Uint8Array(this.chart.places.length);
    this.deepest = [...part.places].reverse();
  }

  /** Whether what happens at the edge's place can still matter; true for the place of assertions to come. Of the position looked at. */
  isAlive(edge: number): boolean {
    return edge < 0 || this.life[this.chart.edges[edge].place] !== DEAD;
  }

  /** Whether a stake at or above the place is waited for. Of the position looked at. */
  isWanted(place: number): boolean {
    return this.life[place] === WANTED;
  }

  /** Whether nothing is left to wait for. */
  get isOver(): boolean {
    return this.length === 0;
  }

  /** @returns a key; positions with equal keys have equal futures. */
  look(position: Position): string {
    const { life, part } = this;
    life.fill(DEAD);
    for (const place of part.places) if (this.waits(position, place)) life[place.place] = WANTED;
    for (const { place, above } of this.deepest) if (above >= 0 && life[place] !== DEAD) life[above] ||= ALIVE;
    this.length = 0;
    for (const root of this.chart.roots) this.write(position, root, 0, false);
    return this.bytes.toString("latin1", 0, this.length);
  }

  private waits(position: Position, { place, above, isRoot, truth }: RightPlace): boolean {
    const { rules, part, life } = this;
    if (above >= 0 && life[above] === WANTED) return true;
    if (!isRoot || rules.isDecided(position, place)) return false;
    if (part.watched !== null) return place === part.watched;
    return above < 0 || rules.isHonest(position, truth);
  }

  /** @param carried - Ticks earned on the way down from the last stake; they count if there is one. */
  private write(position: Position, edge: number, carried: number, isCounted: boolean): void {
    const { rules, life } = this;
    const { place, halves, claims } = this.chart.edges[edge];
    if (life[place] === DEAD) return;
    const status = rules.status(position, edge);
    const below = halves ?? claims;
    // A left half may be another's, too, a right one is not. More claims may come to a leaf, so that what it has earned stays with it.
    const needed = halves === null ? claims : halves.slice(1);
    const stays = needed.length === 0 || needed.some((other) => rules.status(position, other) === STATUS.none);
    // Says itself what follows, so that no two positions are written alike.
    const flags = (rules.isHonest(position, edge) ? 8 : 0) | (stays ? 64 : 0);
    this.put(status | flags | this.rivalry(position, place));
    if (status === STATUS.none || status === STATUS.proven) return;
    let counts = isCounted;
    let carry = carried;
    if (this.isWaitedFor(position, edge)) {
      if (counts) this.put(carry);
      [counts, carry] = [true, 0];
      this.put(this.age(position, edge));
    }
    carry = Math.min(carry + rules.own(position, edge), rules.periodTicks);
    if (stays) {
      if (counts) this.put(carry);
      carry = 0;
    }
    for (const other of below) this.write(position, other, carry, counts);
  }

  private rivalry(position: Position, place: number): number {
    const rivalledAt = this.rules.rivalledAt(position, place);
    return (rivalledAt === null ? 0 : 16) | (this.rules.isDecided(position, place) ? 32 : 0);
  }

  /** Whether the edge could be confirmed, and that matters. */
  private isWaitedFor(position: Position, edge: number): boolean {
    const { place, isStaked } = this.chart.edges[edge];
    return isStaked && !this.rules.isDecided(position, place) && this.isWanted(place);
  }

  /** Ticks since its creation, where it has a term: the true edges that are waited for. */
  private age(position: Position, edge: number): number {
    return this.hasTerm(position, edge) ? this.rules.tick(position) - this.rules.created(position, edge) : 0;
  }

  /** Whether it must be confirmed within two challenge periods: the true assertion, and what the honest party has a stake in. */
  hasTerm(position: Position, edge: number): boolean {
    const { isTrue, level, place } = this.chart.edges[edge];
    const { watched } = this.part;
    if (isTrue !== true || !this.isWaitedFor(position, edge)) return false;
    return watched === null ? level === 0 || this.rules.isHonest(position, edge) : place === watched;
  }

  private put(byte: number): void {
    this.bytes[this.length++] = byte;
  }
}
