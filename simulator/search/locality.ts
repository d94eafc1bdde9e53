import type { Chart } from "./chart";
import type { Answer } from "./honestSide";
import { PositionRules, STATUS, type Position } from "./position";
import { waysDown } from "./parts";

/**
 * Watches that the honest party's answers on a way down from a stake that it still waits for follow from what stands on that way, and
 * from nothing else: then each way may be looked at by itself.
 */
export class Locality {
  private readonly rules: PositionRules;
  private readonly ways: { stake: number; edges: readonly number[]; answers: Map<string, string> }[];

  constructor(chart: Chart, answerSeconds: number) {
    this.rules = new PositionRules(chart, answerSeconds);
    this.ways = waysDown(chart).map(({ places, watched }) => {
      const below = places.slice(places.findIndex(({ place }) => place === watched));
      return { stake: below[0].truth, edges: below.flatMap(({ edges }) => edges), answers: new Map<string, string>() };
    });
  }

  /** @throws Error if other answers were given to the same way before. */
  watch(position: Position, answers: readonly Answer[]): void {
    for (const way of this.ways) {
      if (!this.isWaitedFor(position, way.stake)) continue;
      const inside = answers.flatMap((answer) => {
        return answer.kind === "move" && way.edges.includes(answer.move.on)
          ? [`${answer.move.kind} ${answer.move.on}`]
          : [];
      });
      const shape = this.rules.shape(position, way.edges) + this.bisected(position, way.edges);
      const before = way.answers.get(shape);
      const now = inside.sort().join();
      if (before !== undefined && before !== now) throw new Error(`one way, two answers: ${before} and ${now}`);
      way.answers.set(shape, now);
    }
  }

  /** Of an edge on the way: whether its halves stand, though one of them is on another way. */
  private bisected(position: Position, edges: readonly number[]): string {
    return edges
      .map((edge) => this.rules.chart.edges[edge].halves)
      .map((halves) => (halves === null ? "" : Number(this.rules.status(position, halves[1]) !== STATUS.none)))
      .join("");
  }

  private isWaitedFor(position: Position, stake: number): boolean {
    const { level, place } = this.rules.chart.edges[stake];
    if (level === 0) return true;
    const isOpen = this.rules.status(position, stake) === STATUS.open && !this.rules.isDecided(position, place);
    return isOpen && this.rules.isHonest(position, stake);
  }
}
