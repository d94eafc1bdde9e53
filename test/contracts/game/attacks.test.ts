import { expect } from "chai";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";
import { chainBoard } from "../../../simulator/boards/contracts/board";
import { deployGame } from "../../../simulator/boards/contracts/chain";
import { hasConfirmed, honestMoves, isSettled, press } from "../../../simulator/strategies/greedy";
import { ToyTruth } from "../../../simulator/truths/toy/truth";
import { ANSWER_SECONDS, playScenario, SCENARIOS } from "../../support/game/smallSuite";

describe("game: attacks on the contracts", () => {
  for (const scenario of SCENARIOS)
    it(`V60 the truth wins by ${scenario.reason} against ${scenario.title}`, async () => {
      expect(await playScenario(scenario)).to.deep.equal([]);
    });

  it("loses with a challenge period shorter than (N + 3) answers, as the constructor must prevent", async () => {
    const answers = 6 * ANSWER_SECONDS;
    const lost = await playScenario({ ...SCENARIOS[0], challengePeriodSeconds: answers - 50 });
    expect(lost).to.include("a false edge of level 0 is confirmed");
  });

  it("is lost below by an honest party that leaves once its assertion is confirmed", async () => {
    const stalling = SCENARIOS.find(({ isStalling }) => isStalling === true)!;
    const lost = await playScenario({ ...stalling, stopsWhenConfirmed: true });
    expect(lost).to.include("a false edge of level 1 is confirmed");
  });

  it("gets a stake back from below a level that was never opened, because the assertion was confirmed first", async () => {
    const heights = [1, 1, 1] as const;
    const rules = { runSteps: 3 };
    const truth = new ToyTruth(rules, heights);
    const lies = [0, 1].map((machine) => new LyingTruth(truth, { run: 0, machine, step: 0, salt: machine + 1 }));
    const board = await chainBoard(await deployGame({ heights, rules, responseTimeSeconds: ANSWER_SECONDS }));
    const attack = { truth, packs: false };
    const [honest] = board.players;
    const answer = async (): Promise<number> => {
      const turns = honestMoves(await board.view(), board, attack).map((move) => ({ by: 0, move }));
      expect(await board.round(turns, board.now() + ANSWER_SECONDS)).to.not.include(false);
      return turns.length;
    };
    await answer();
    // The truth could be confirmed, and nobody did. Two liars go down to level 2 by the true half that one of them knows.
    await board.round([], board.now() + board.parameters.challengePeriodSeconds);
    const leaf = truth.machines(board.genesis, 0).tree.leaf(0);
    await press(board, { lies, isTime: (move) => move.kind !== "open" || move.leaf !== leaf }, 0);
    await answer();
    const view = await board.view();
    expect(hasConfirmed(view, board.genesis.id)).to.equal(true);
    const own = [...view.edges.values()].filter(({ staker, status }) => staker === honest && status === "open");
    expect(own.map(({ at }) => at.level)).to.deep.equal([2]);
    for (let tick = 0; tick < 30 && !isSettled(board, await board.view()); tick++) {
      await answer();
      await press(board, { lies }, tick);
    }
    expect(isSettled(board, await board.view())).to.equal(true);
  });
});
