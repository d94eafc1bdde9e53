import { expect } from "chai";
import { modelBoard } from "../../../simulator/boards/paper/board";
import { arsenal, createToyGame } from "../../../simulator/strategies/arsenal";
import { Chart } from "../../../simulator/search/chart";
import { playAttack } from "../../../simulator/strategies/greedy";
import { CORRECT, MUTANTS } from "../../../simulator/boards/paper/rules";
import { searchAll } from "../../../simulator/search/systematic";
import { keepStakesWaiting } from "../../../simulator/strategies/keepStakesWaiting";

const rules = { runSteps: 3 };
const heights = [1, 1, 1] as const;
const answerSeconds = 100;
const N = 3;

/** Adversaries that find a mutant, each on its own against a careful honest party. */
const TEAMS = [["lie 0/0/0"], ["lie 0/0/1"], ["lie 1/1/1"], ["detour 0"], ["lie 0/0/0", "the truth"]];

describe("game: mutants, each with one rule off", () => {
  const findViolation = (mutant: typeof CORRECT, challengePeriodSeconds?: number) => {
    const game = createToyGame({ heights, rules, challengePeriodSeconds });
    const all = arsenal(game.truth, rules);
    for (const team of TEAMS)
      for (const packs of [false, true]) {
        const lies = team.map((name) => all.get(name)!);
        const { truth } = game;
        const chart = new Chart(game.model(mutant), truth, lies);
        const { violation } = searchAll(chart, { truth, answerSeconds, packs, stalls: 1, most: 100 });
        if (violation !== null) return violation;
      }
    return null;
  };

  it("finds nothing in the game as it is", () => {
    expect(findViolation(CORRECT)).to.equal(null);
  });

  for (const [name, mutant] of Object.entries(MUTANTS).filter(([, { playsAfterDecision }]) => playsAfterDecision))
    it(`kills: ${name}`, () => {
      expect(findViolation(mutant)).to.not.equal(null);
    });

  it("kills: a challenge period of (N + 3) answers; one second more holds", () => {
    expect(findViolation(CORRECT, (N + 3) * answerSeconds)?.what).to.include("a false edge of level 0 is confirmed");
    expect(findViolation(CORRECT, (N + 3) * answerSeconds + 1)).to.equal(null);
  });

  describe("once the assertion is confirmed", () => {
    const play = (mutant: typeof CORRECT, stopsWhenConfirmed: boolean) => {
      const game = createToyGame({ heights, rules });
      const lies = [arsenal(game.truth, rules).get("lie 0/0/0")!];
      const isTime = keepStakesWaiting(game.parameters, answerSeconds);
      const attack = { truth: game.truth, lies, answerSeconds, packs: true, isTime, stopsWhenConfirmed };
      return playAttack(modelBoard(game.model(mutant)), attack);
    };

    it("returns every stake to a party that plays on", async () => {
      expect(await play(CORRECT, false)).to.deep.equal([]);
    });

    it("kills: moves frozen", async () => {
      expect(await play(MUTANTS["moves frozen once an assertion is confirmed"], false)).to.not.deep.equal([]);
    });

    it("kills: an honest party that stops", async () => {
      expect(await play(CORRECT, true)).to.not.deep.equal([]);
    });
  });
});
