import { edgeId } from "../../games/edges/place";
import { PLAYERS } from "../boards/paper/board";
import type { ChartMove } from "./chart";
import { honestMoves, type Attack } from "../strategies/greedy";
import { STATUS, type Position, type PositionRules } from "./position";
import { PositionView } from "./positionView";

export type Answer = { kind: "move"; move: ChartMove } | { kind: "slash"; loser: number; winner: number };

/** The real honest player at a position. It is asked once for each shape: times decide none of its answers. */
export class HonestSide {
  private readonly plans = new Map<string, readonly Answer[] | string>();

  constructor(
    private readonly rules: PositionRules,
    private readonly attack: Pick<Attack, "truth" | "answerSeconds" | "packs">,
    /** Told each new plan. */
    private readonly onPlan?: (position: Position, answers: readonly Answer[]) => void,
    /** The edges that can stand in what is played; default: all. */
    private readonly edges?: readonly number[],
  ) {}

  /** @returns what it sends next, or the refusal of a move that never goes through. */
  answers(position: Position): readonly Answer[] | string {
    const shape = this.rules.shape(position, this.edges);
    let plan = this.plans.get(shape);
    if (plan === undefined) {
      this.plans.set(shape, (plan = this.plan(position)));
      if (typeof plan !== "string") this.onPlan?.(position, plan);
    }
    return plan;
  }

  /** Lets a tick pass and the answers land, first of all. @returns what was refused, or null. */
  tick(position: Position, answers: readonly Answer[]): string | null {
    this.rules.passTick(position);
    for (const answer of answers) {
      const isRefused =
        answer.kind === "move"
          ? this.rules.play(position, answer.move, true) === "refused"
          : !this.rules.slash(position, answer.loser, answer.winner);
      if (isRefused) return `the honest ${answer.kind === "move" ? answer.move.kind : "slash"} is refused`;
    }
    this.rules.settle(position);
    return null;
  }

  /** Whether it has an open stake. */
  hasStakes(position: Position): boolean {
    return this.rules.chart.edges.some((_, edge) => {
      return this.rules.isHonest(position, edge) && this.rules.status(position, edge) !== STATUS.confirmed;
    });
  }

  private plan(position: Position): Answer[] | string {
    const { chart } = this.rules;
    const view = new PositionView(this.rules, position, this.attack.answerSeconds);
    const answers: Answer[] = [];
    for (const move of honestMoves(view, { genesis: chart.closed.genesis, players: PLAYERS }, this.attack)) {
      const settles = move.kind === "update" || move.kind === "confirm" || move.kind === "slash";
      // Where confirmations are calls of anyone, at a time of their choice, this is nobody's turn.
      if (settles && !this.rules.confirms) continue;
      if (move.kind === "slash") {
        const [loser, winner] = [edgeId(move.loser, move.loserRoot), edgeId(move.winner, move.winnerRoot)];
        answers.push({ kind: "slash", loser: chart.edgeOf(loser)!, winner: chart.edgeOf(winner)! });
        continue;
      }
      // Else whatever could be confirmed is, after every move.
      if (move.kind === "update" || move.kind === "confirm") return `there is something left to ${move.kind}`;
      const charted = chart.honestMove(move);
      if (charted === undefined) return `the honest ${move.kind} is refused`;
      answers.push({ kind: "move", move: charted });
    }
    return answers;
  }
}
