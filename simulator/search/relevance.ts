import type { Chart } from "./chart";
import { isConfirmedIn, isTold, type Part, type RightPlace } from "./parts";
import { STATUS, type Position, type PositionRules } from "./position";

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
  /** Edges that the search starts to write with, and by edge those to go on with. */
  private readonly tops: readonly number[];
  private readonly below: readonly (readonly number[])[];
  private bytes = Buffer.alloc(4096);
  private length = 0;

  constructor(
    private readonly rules: PositionRules,
    private readonly part: Part,
  ) {
    this.chart = rules.chart;
    this.life = new Uint8Array(this.chart.places.length);
    this.deepest = [...part.places].reverse();
    const inside = new Set(part.places.flatMap(({ edges }) => edges));
    const isWritten = (edge: number): boolean => inside.has(edge) && isTold(this.chart, part, edge);
    this.tops = this.chart.roots.filter(isWritten);
    this.below = this.chart.edges.map(({ halves, claims }, edge) => {
      return (halves ?? claims).filter((other) => isWritten(other) && (!this.isOnChain(edge) || this.isOnChain(other)));
    });
  }

  /** Whether what happens at the edge's place can still matter; true for the place of assertions to come. Of the position looked at. */
  isAlive(edge: number): boolean {
    return edge < 0 || this.isAliveAt(this.chart.edges[edge].place);
  }

  /** The same of a place. */
  isAliveAt(place: number): boolean {
    return this.life[place] !== DEAD;
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
    if (part.chain !== null) this.writePlaces(position);
    for (const edge of this.tops) this.write(position, edge, 0, false);
    return this.bytes.toString("latin1", 0, this.length);
  }

  private waits(position: Position, { place, above, isRoot, truth }: RightPlace): boolean {
    const { rules, part, life } = this;
    if (above >= 0 && life[above] === WANTED) return true;
    if (!isRoot || rules.isDecided(position, place)) return false;
    if (part.watched !== null && place !== part.watched) return false;
    // For itself it counts with an honest stake, and before there is one while one may come.
    if (part.watched !== null && rules.status(position, truth) === STATUS.none)
      return !part.places.some((other) => other.isRoot && rules.isDecided(position, other.place));
    return above < 0 || rules.isHonest(position, truth);
  }

  /** @param carried - Ticks earned on the way down from the last stake; they count if there is one. */
  private write(position: Position, edge: number, carried: number, isCounted: boolean): void {
    const { rules, life } = this;
    const { place, halves, isTrue } = this.chart.edges[edge];
    if (life[place] === DEAD) return;
    const status = rules.status(position, edge);
    const below = this.below[edge];
    // A left half may be another's, too, a right one is not. More claims may come to a leaf, so that what it has earned stays with it.
    const needed = halves === null ? below : halves.slice(1);
    const stays = needed.length === 0 || needed.some((other) => rules.status(position, other) === STATUS.none);
    // Says itself what follows, so that no two positions are written alike.
    const flags = (rules.isHonest(position, edge) ? 8 : 0) | (stays ? 64 : 0);
    this.put(status | flags | this.rivalry(position, place));
    // With a crowd, what is below one that does not stand may: others' edges reveal halves, too.
    if (status === STATUS.proven || (status === STATUS.none && this.part.chain === null)) return;
    let counts = isCounted;
    let carry = carried;
    if (status === STATUS.none) [counts, carry] = [false, 0];
    else {
      if ((this.isWaitedFor(position, edge) || this.isAbove(position, edge)) && !(counts && this.isOnChain(edge))) {
        if (counts) this.put(carry);
        [counts, carry] = [isTrue !== true || isConfirmedIn(this.part, place), 0];
        this.put(this.age(position, edge));
      }
      carry = Math.min(carry + rules.own(position, edge), rules.periodTicks);
      if (stays) {
        if (counts || this.isOnChain(edge)) this.put(carry);
        [counts, carry] = [counts && !this.isOnChain(edge), 0];
      }
    }
    // A chain may begin below a true leaf, whose time is none of its own.
    for (const other of below)
      if (this.isOnChain(other) && !this.isOnChain(edge)) this.write(position, other, 0, false);
      else this.write(position, other, carry, counts);
  }

  /** What a chain has earned counts from its first stake down to where it is not connected: each stake below has earned less. */
  private isOnChain(edge: number): boolean {
    return this.part.chain?.includes(edge) === true;
  }

  /** Whether anything stands at each place, and its rivalry: a crowd's edges are not on the chart. */
  private writePlaces(position: Position): void {
    for (const { place } of this.part.places)
      if (this.life[place] !== DEAD)
        this.put(128 | this.rivalry(position, place) | (this.rules.stands(position, place) ? 1 : 0));
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

  /** Whether the edge is a true one above the one place that is waited for, and may be confirmed. */
  private isAbove(position: Position, edge: number): boolean {
    const { place, isStaked, isTrue } = this.chart.edges[edge];
    if (this.part.watched === null || isTrue !== true || !isStaked || this.isWanted(place)) return false;
    return !this.rules.isDecided(position, place);
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
