import type { ChartMove, Chart } from "./chart";
import type { Rules } from "../boards/paper/rules";

/** A position: one byte for the tick, three for each edge of the chart, one for each place. */
export type Position = Uint8Array;

/** What a proven edge has earned, in ticks; sums saturate here. */
export const FOREVER = 255;
export const STATUS = { none: 0, open: 1, proven: 2, confirmed: 3, slashed: 4 } as const;
/** Added to the status of an edge with the honest party's stake. */
const HONEST = 8;
/** Places: 0 while there is no edge, 1 with one, 2 + the tick of the first rival with more; this is added once decided. */
const DECIDED = 128;

/** What of a game is played. */
export interface Scope {
  /** Ticks that an edge counts as having earned, once it stands, without being played; null for those that are. */
  granted(edge: number): number | null;
  /** Whether stakes are confirmed as soon as they have earned it; else only by a call. */
  confirms: boolean;
}

const WHOLE: Scope = { granted: () => null, confirms: true };

/**
 * The rules of GameModel on bytes, time in ticks of one answer: some hundred times as fast, equal move by move
 * (test/contracts/game/model.test.ts). What hashes decide is in the chart.
 */
export class PositionRules {
  /** The challenge period in whole answers, rounded up. */
  readonly periodTicks: number;
  readonly confirms: boolean;
  private readonly rules: Rules;
  private readonly size: number;
  private readonly timerAt: number;
  private readonly statusAt: number;
  private readonly placeAt: number;
  private readonly placeOf: Uint16Array;
  private readonly granted: Int16Array;
  private readonly staked: readonly number[];
  private readonly upwards: readonly number[];

  constructor(
    readonly chart: Chart,
    answerSeconds: number,
    scope = WHOLE,
  ) {
    this.confirms = scope.confirms;
    this.rules = chart.rules;
    this.periodTicks = Math.ceil(chart.closed.parameters.challengePeriodSeconds / answerSeconds);
    const edges = chart.edges.length;
    [this.timerAt, this.statusAt, this.placeAt] = [1 + edges, 1 + 2 * edges, 1 + 3 * edges];
    this.size = this.placeAt + chart.places.length;
    this.placeOf = Uint16Array.from(chart.edges, ({ place }) => place);
    this.granted = Int16Array.from(chart.edges, (_, edge) => scope.granted(edge) ?? -1);
    this.upwards = chart.upwards.filter((edge) => this.granted[edge] < 0);
    this.staked = scope.confirms ? chart.all(({ isStaked }) => isStaked) : [];
  }

  start(): Position {
    return new Uint8Array(this.size);
  }

  /** All of a position in a string. */
  key(position: Position): string {
    return Buffer.from(position.buffer).toString("latin1");
  }

  /** What decides which answers the honest party has: all but times. */
  shape(position: Position, edges?: readonly number[]): string {
    let shape = "";
    const put = (edge: number): void => {
      const place = position[this.placeAt + this.placeOf[edge]];
      const rivalry = (place & DECIDED) + Math.min(2, place & ~DECIDED);
      shape += String.fromCharCode(position[this.statusAt + edge], rivalry);
    };
    if (edges !== undefined) edges.forEach(put);
    else for (let edge = 0; edge < this.placeOf.length; edge++) put(edge);
    return shape;
  }

  tick(position: Position): number {
    return position[0];
  }

  passTick(position: Position): void {
    if (++position[0] > 120) throw new Error("a game of more ticks than the byte of a place can tell");
  }

  status(position: Position, edge: number): number {
    return position[this.statusAt + edge] & 7;
  }

  isHonest(position: Position, edge: number): boolean {
    return position[this.statusAt + edge] >= HONEST;
  }

  /** Tick of its creation. */
  created(position: Position, edge: number): number {
    return position[1 + edge];
  }

  timer(position: Position, edge: number): number {
    return position[this.timerAt + edge];
  }

  /** Whether any edge has this place. */
  stands(position: Position, place: number): boolean {
    return position[this.placeAt + place] !== 0;
  }

  /** Tick of the first rival, or null. */
  rivalledAt(position: Position, place: number): number | null {
    const state = position[this.placeAt + place] & ~DECIDED;
    return state < 2 ? null : state - 2;
  }

  isDecided(position: Position, place: number): boolean {
    return position[this.placeAt + place] >= DECIDED;
  }

  /** Whether the rules let the move through, and it makes something. */
  canChange(position: Position, { kind, on, makes }: ChartMove): boolean {
    const { rules } = this;
    if (on >= 0 && this.status(position, on) === STATUS.none) return false;
    if (!rules.playsAfterDecision && kind !== "assertState" && this.isFrozen(position)) return false;
    if (kind === "proveStep") return this.status(position, on) !== STATUS.proven;
    if (this.status(position, makes[0]) !== STATUS.none) return false;
    if (kind === "bisect") return !rules.bisectNeedsRival || this.isRivalled(position, on);
    if (kind === "open" && rules.openNeedsRival && !this.isRivalled(position, on)) return false;
    return !this.isDecided(position, this.placeOf[makes[0]]);
  }

  /** @returns "same" where all it would make stands. */
  play(position: Position, move: ChartMove, isHonest: boolean): "changed" | "same" | "refused" {
    const { kind, on, makes } = move;
    if (!this.canChange(position, move)) return this.isRefused(position, move) ? "refused" : "same";
    if (kind === "proveStep") {
      position[this.statusAt + on] = STATUS.proven;
      position[this.timerAt + on] = FOREVER;
    } else for (const edge of makes) this.add(position, edge, isHonest && kind !== "bisect");
    return "changed";
  }

  /** The position after an adversary's move, with everything settled. */
  after(position: Position, move: ChartMove): Position {
    const next = position.slice();
    this.play(next, move, false);
    this.settle(next);
    return next;
  }

  /** Half of the loser's stake changes hands, on which nothing else depends. @returns whether the rules let it through. */
  slash(position: Position, loser: number, winner: number): boolean {
    if (this.placeOf[loser] !== this.placeOf[winner]) return false;
    if (this.status(position, winner) !== STATUS.confirmed) return false;
    const status = this.status(position, loser);
    if (status === STATUS.open) position[this.statusAt + loser] += STATUS.slashed - STATUS.open;
    return status === STATUS.open || status === STATUS.slashed;
  }

  /** Brings every timer up to date, bottom first, and confirms whatever lets itself be confirmed. */
  settle(position: Position): void {
    this.update(position);
    for (const edge of this.staked) if (this.isConfirmable(position, edge)) this.confirm(position, edge);
  }

  withConfirmed(position: Position, edge: number): Position {
    const next = position.slice();
    this.confirm(next, edge);
    return next;
  }

  /** The position after one more edge, which is not on the chart, stands at the place. */
  joined(position: Position, place: number): Position {
    const next = position.slice();
    this.join(next, place);
    return next;
  }

  /** Lets an edge stand that comes last to its place. */
  put(position: Position, edge: number): void {
    if (this.status(position, edge) !== STATUS.none) return;
    position[this.statusAt + edge] = STATUS.open;
    position[1 + edge] = position[0];
  }

  /** Takes an edge off the chart; its place keeps what it did there. */
  forget(position: Position, edge: number): void {
    for (const at of [1 + edge, this.timerAt + edge, this.statusAt + edge]) position[at] = 0;
  }

  /** The position after somebody revealed the edge. */
  added(position: Position, edge: number): Position {
    const next = position.slice();
    this.add(next, edge, false);
    return next;
  }

  private update(position: Position): void {
    for (const edge of this.upwards) {
      if (position[this.statusAt + edge] === STATUS.none) continue;
      const { halves, claims } = this.chart.edges[edge];
      // Both halves stand, or none does.
      if (halves !== null && position[this.statusAt + halves[1]] !== STATUS.none)
        this.raise(position, edge, this.own(position, edge), this.timeOfHalves(position, halves));
      for (const claim of claims) {
        if (position[this.statusAt + claim] === STATUS.none) continue;
        // The mutant adds up what several claims have earned, where the rule takes the best.
        const isSum = this.rules.claimTime === "sum";
        const base = isSum ? this.timer(position, edge) : this.own(position, edge);
        this.raise(position, edge, base, this.live(position, claim));
      }
    }
  }

  /** Whether a staked edge could be confirmed now. */
  isConfirmable(position: Position, edge: number): boolean {
    if (this.status(position, edge) !== STATUS.open || this.isDecided(position, this.placeOf[edge])) return false;
    return this.live(position, edge) >= this.periodTicks;
  }

  /** Confirms an edge that can be. */
  confirm(position: Position, edge: number): void {
    position[this.statusAt + edge] += STATUS.confirmed - STATUS.open;
    position[this.placeAt + this.placeOf[edge]] |= DECIDED;
  }

  /** Ticks from its creation until its place was rivalled. */
  own(position: Position, edge: number): number {
    const created = position[1 + edge];
    const rivalledAt = (position[this.placeAt + this.placeOf[edge]] & ~DECIDED) - 2;
    if (rivalledAt < 0) return position[0] - created;
    if (rivalledAt > created) return rivalledAt - created;
    return this.rules.lateRivalsEarn ? position[0] - created : 0;
  }

  private live(position: Position, edge: number): number {
    if (this.granted[edge] >= 0) return this.granted[edge];
    return Math.max(position[this.timerAt + edge], this.own(position, edge));
  }

  private timeOfHalves(position: Position, [left, right]: readonly [number, number]): number {
    const [a, b] = [this.live(position, left), this.live(position, right)];
    return this.rules.childTime === "min" ? Math.min(a, b) : Math.max(a, b);
  }

  private raise(position: Position, edge: number, base: number, below: number): void {
    const timer = Math.min(FOREVER, base + below);
    if (timer > position[this.timerAt + edge]) position[this.timerAt + edge] = timer;
  }

  private isRefused(position: Position, move: ChartMove): boolean {
    const { kind, on, makes } = move;
    if (on >= 0 && this.status(position, on) === STATUS.none) return true;
    if (!this.rules.playsAfterDecision && kind !== "assertState" && this.isFrozen(position)) return true;
    if (kind === "bisect" && this.rules.bisectNeedsRival && !this.isRivalled(position, on)) return true;
    if (kind === "open" && this.rules.openNeedsRival && !this.isRivalled(position, on)) return true;
    return kind !== "proveStep" && this.status(position, makes[0]) === STATUS.none;
  }

  private add(position: Position, edge: number, isHonest: boolean): void {
    if (position[this.statusAt + edge] !== STATUS.none) return;
    this.join(position, this.placeOf[edge]);
    position[1 + edge] = position[0];
    position[this.statusAt + edge] = STATUS.open + (isHonest ? HONEST : 0);
  }

  private join(position: Position, place: number): void {
    const at = this.placeAt + place;
    const state = position[at] & ~DECIDED;
    if (state === 0) position[at] = 1;
    else if (state === 1) position[at] += position[0] + 1;
  }

  private isRivalled(position: Position, edge: number): boolean {
    return (position[this.placeAt + this.placeOf[edge]] & ~DECIDED) >= 2;
  }

  /** Of the mutant: one genesis child decided stops all play but payments. */
  private isFrozen(position: Position): boolean {
    return this.chart.roots.some((edge) => this.status(position, edge) === STATUS.confirmed);
  }
}
