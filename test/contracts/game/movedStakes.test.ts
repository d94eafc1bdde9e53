import { expect } from "chai";
import { assertMove, assertionEdge, bisectMove, halvesOf } from "../../../games/edges/truth";
import type { Move } from "../../../games/edges";
import { PLAYERS, tryMove } from "../../../simulator/boards/paper/board";
import { unbalanced } from "../../../simulator/invariants";
import { CORRECT, STAKE_MUTANTS, type Rules } from "../../../simulator/boards/paper/rules";
import { searchStakes, type StakesFound } from "../../../simulator/search/stakes";
import { arsenal, createToyGame } from "../../../simulator/strategies/arsenal";

const IS_FULL = process.env.SOLVENT_FULL === "1";

function search(rules: Rules, adversaries: number, generations: number): StakesFound {
  const toy = { runSteps: 3 };
  const game = createToyGame({ heights: [1, 1, 1], rules: toy, challengePeriodSeconds: 1000 });
  const lie = arsenal(game.truth, toy).get("lie 0/0/0")!;
  return searchStakes(game.model(rules), { truth: game.truth, lie, adversaries, generations });
}

/** One lie that came too late, halves on both sides, all claims made twice. @returns all that went wrong. */
function playRewards(rules: Rules): string[] {
  const [staker, liar, mover] = PLAYERS;
  const toy = { runSteps: 3 };
  const game = createToyGame({ heights: [1, 1, 1], rules: toy });
  const lie = arsenal(game.truth, toy).get("lie 0/0/0")!;
  const model = game.model(rules);
  const histories = [game.truth.runs(game.genesis), lie.runs(game.genesis)!];
  const [right, wrong] = histories.map((history) => assertionEdge(game.genesis, history));
  const found: string[] = [];
  const play = (move: Move, by: typeof staker, required: string | null = null): void => {
    const actual = tryMove(model, move, by);
    if (actual !== required) found.push(`${move.kind} is ${actual ?? "taken"}`);
  };
  play(assertMove(right, histories[0]), staker);
  model.nowSeconds += model.parameters.challengePeriodSeconds;
  play(assertMove(wrong, histories[1]), liar);
  play(bisectMove(right), mover);
  play(bisectMove(wrong), liar);
  play({ kind: "confirm", at: right.at, root: right.root }, liar);
  play({ kind: "slash", loser: wrong.at, loserRoot: wrong.root, winner: right.at, winnerRoot: right.root }, liar);
  const claim = (edge: typeof right): Move => {
    const [left, second] = halvesOf(edge).map(({ root }) => root);
    return { kind: "reward", at: right.at, root: right.root, way: [{ left, right: second, isRight: true }] };
  };
  for (let i = 0; i < 2; i++) play(claim(right), liar);
  play(claim(wrong), liar, "RootMismatch");
  const gains = [staker, liar, mover].map((player) => model.balances.get(player)! - 1000n * 10n ** 18n);
  const { assertState, bisect } = model.costs;
  const required = [assertState, -model.parameters.stakes[0], bisect];
  if (gains.join() !== required.join()) found.push(`gains are ${gains.join()}`);
  return [...found, ...unbalanced(model, 12_000n * 10n ** 18n)];
}

describe("game: rewards on the model", () => {
  it("pays each mover what it spent, once", () => {
    expect(playRewards(CORRECT)).to.deep.equal([]);
  });

  for (const name of ["the staker takes the whole reward", "a move is paid for twice", "moves elsewhere are paid for"])
    it(`kills: ${name}`, () => {
      expect(playRewards(STAKE_MUTANTS[name])).to.not.deep.equal([]);
    });
});

describe("game: every course of stakes that move", function () {
  this.timeout(1_200_000);
  const plans = [[1, 2], [2, 2], ...(IS_FULL ? [[1, 3]] : [])];
  for (const [adversaries, generations] of plans)
    it(`loses no honest stake and makes none from nothing, against ${adversaries}, in ${generations} generations`, function () {
      const { positions, violation } = search(CORRECT, adversaries, generations);
      expect(violation).to.equal(null);
      this.test!.title += ` (${positions} positions)`;
    });

  const rules = Object.entries(STAKE_MUTANTS).filter(([, { paysMovers, paysOnce, paysBelowWinnerOnly }]) => {
    return paysMovers && paysOnce && paysBelowWinnerOnly;
  });
  for (const [name, mutant] of rules)
    it(`kills: ${name}`, () => {
      expect(search(mutant, 1, 2).violation).to.not.equal(null);
    });
});
