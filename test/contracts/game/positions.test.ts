import { expect } from "chai";
import { PLAYERS, tryMove } from "../../../simulator/boards/paper/board";
import { arsenal, createToyGame } from "../../../simulator/strategies/arsenal";
import { Chart } from "../../../simulator/search/chart";
import type { GameModel } from "../../../simulator/boards/paper/model";
import { FOREVER, PositionRules, STATUS, type Position } from "../../../simulator/search/position";
import { allUpdates } from "../../../simulator/strategies/universe";
import { ZERO_ADDRESS } from "../../../protocol";
import { Random, seedOfRun } from "../../../simulator/random";

const COURSES = process.env.SOLVENT_FULL ? 100 : 2;
const ANSWER_SECONDS = 100;
const NAMES = ["none", "open", "proven", "confirmed", "slashed"];

describe("game: positions are the model, in bytes", function () {
  this.timeout(600_000);

  for (const heights of [
    [1, 1, 1],
    [2, 1, 2],
  ] as const) {
    const seed = seedOfRun();
    it(`does and refuses the same in ${COURSES} random courses at H = ${heights.join()} (SOLVENT_SEED=${seed})`, () => {
      const random = new Random(seed);
      const game = createToyGame({ heights, rules: { runSteps: 3 }, responseTimeSeconds: ANSWER_SECONDS });
      const lies = [...arsenal(game.truth, { runSteps: 3 }).values()];
      for (let course = 0; course < COURSES; course++) {
        const team = [random.pick(lies), random.pick(lies), game.truth];
        const model = game.model();
        playBoth(model, new Chart(model, game.truth, team), random);
      }
    });
  }
});

/** One random course on both; what happens is compared move by move. */
function playBoth(model: GameModel, chart: Chart, random: Random): void {
  const rules = new PositionRules(chart, ANSWER_SECONDS);
  const position = rules.start();
  const start = model.nowSeconds;
  for (let i = 0; i < 150; i++) {
    if (random.below(6) === 0) {
      model.nowSeconds += ANSWER_SECONDS;
      rules.passTick(position);
    } else {
      // Mostly one that is open now; often any other.
      const open = chart.adversary.filter((move) => rules.canChange(position, move));
      const charted = random.pick(open.length > 0 && random.below(3) > 0 ? open : chart.adversary);
      const isHonest = random.below(2) === 0;
      const before = model.version;
      const refused = tryMove(model, charted.move, PLAYERS[isHonest ? 0 : 1]) !== null;
      const required = refused ? "refused" : model.version === before ? "same" : "changed";
      expect(rules.play(position, charted, isHonest), charted.kind).to.equal(required);
    }
    settleModel(model, chart);
    rules.settle(position);
    // As text: far quicker to compare.
    expect(JSON.stringify(read(rules, position))).to.equal(JSON.stringify(readModel(model, chart, start)));
  }
}

/** Of two rivals that could both be confirmed, which random play comes to, the first of the chart is. */
function settleModel(model: GameModel, chart: Chart): void {
  for (const step of allUpdates(model, model)) tryMove(model, { kind: "update", steps: [step] }, PLAYERS[1]);
  for (const { id } of chart.edges) {
    const edge = model.edge(id);
    if (edge === undefined || edge.staker === ZERO_ADDRESS || edge.status !== "open") continue;
    tryMove(model, { kind: "confirm", at: edge.at, root: edge.root }, PLAYERS[1]);
  }
}

function read(rules: PositionRules, position: Position): unknown[] {
  return rules.chart.edges.map(({ place }, edge) => {
    const status = rules.status(position, edge);
    if (status === STATUS.none) return null;
    const rivalledAt = rules.rivalledAt(position, place);
    const isDecided = rules.isDecided(position, place);
    const isHonest = rules.isHonest(position, edge);
    const [created, timer] = [rules.created(position, edge), rules.timer(position, edge)];
    return { status: NAMES[status], created, timer, rivalledAt, isDecided, isHonest };
  });
}

function readModel(model: GameModel, { edges }: Chart, start: number): unknown[] {
  const ticks = (seconds: number): number => Math.min(FOREVER, (seconds - start) / ANSWER_SECONDS);
  return edges.map(({ id }) => {
    const edge = model.edge(id);
    if (edge === undefined) return null;
    const { rivalledAt, decidedAt } = model.mutuals.get(edge.place)!;
    const { status, created, timer, staker } = edge;
    return {
      status,
      created: ticks(created),
      timer: ticks(start + timer),
      rivalledAt: rivalledAt === null ? null : ticks(rivalledAt),
      isDecided: decidedAt !== null,
      isHonest: staker === PLAYERS[0],
    };
  });
}
