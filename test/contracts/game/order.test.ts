import { expect } from "chai";
import { HonestPlayer, type Move, type Plan } from "../../../games/edges";
import { PLAYERS, tryMove } from "../../../simulator/boards/paper/board";
import type { GameModel } from "../../../simulator/boards/paper/model";
import { CORRECT } from "../../../simulator/boards/paper/rules";
import { createToyGame } from "../../../simulator/strategies/arsenal";
import { LyingTruth } from "../../../simulator/truths/lyingTruth";

const STEP_SECONDS = 10;

/** A plan of a party that has not paid for anything but its assertion, and the game that it was made in. */
interface Scene {
  plan: Plan;
  model: GameModel;
}

describe("game: the order of a plan", () => {
  /** Lies about different runs, each told a while after the one before; the honest party answers with what is free. */
  function play(rounds: number): Scene[] {
    const { truth, model: create } = createToyGame({ heights: [2, 2, 1], rules: { runSteps: 3 } });
    const model = create(CORRECT);
    const from = model.genesis;
    const playerOf = (source: typeof truth | LyingTruth, account: number): HonestPlayer =>
      new HonestPlayer(source, { account: PLAYERS[account], from, propose: ({ id }) => id === from.id });
    const honest = playerOf(truth, 0);
    const liars = [1, 0].map((run, i) => playerOf(new LyingTruth(truth, { run, machine: i, step: 0, salt: i }), i + 1));
    const scenes: Scene[] = [];
    for (let round = 0; round < rounds; round++) {
      model.nowSeconds += STEP_SECONDS;
      liars.forEach((liar, i) => {
        if (round > 6 * i) for (const move of liar.decide(model).moves) tryMove(model, move, PLAYERS[i + 1]);
      });
      const plan = honest.decide(model);
      scenes.push({ plan, model: model.clone() });
      const isPaid = (move: Move): boolean => !plan.stakes.has(move) || move.kind === "assertState";
      const paid = plan.staked.flatMap(({ moves }) => (isPaid(moves[0]) ? moves : []));
      for (const move of [...plan.moves.slice(0, freeOf(plan).length), ...paid])
        expect(tryMove(model, move, PLAYERS[0]), move.kind).to.equal(null);
    }
    return scenes;
  }

  const freeOf = ({ moves, staked }: Plan): Move[] =>
    moves.slice(0, moves.length - staked.flatMap((part) => part.moves).length);

  it("C1 puts all that takes no stake before what does", () => {
    const scenes = play(24).filter(({ plan }) => plan.staked.length > 0);
    expect(scenes.filter(({ plan }) => freeOf(plan).length > 0)).to.not.deep.equal([]);
    for (const { plan } of scenes) {
      expect(freeOf(plan).filter((move) => plan.stakes.has(move))).to.deep.equal([]);
      expect(plan.moves).to.deep.equal([...freeOf(plan), ...plan.staked.flatMap(({ moves }) => moves)]);
      for (const { moves } of plan.staked) expect(plan.stakes.has(moves[0])).to.equal(true);
      expect([...plan.stakes.values()].reduce((sum, wei) => sum + wei, 0n)).to.equal(plan.stake);
    }
  });

  it("C1 makes parts that hold without one another, so that one which cannot be paid takes nothing else along", () => {
    let most = 0;
    for (const { plan, model } of play(24)) {
      most = Math.max(most, plan.staked.length);
      for (const part of [{ moves: [] }, ...plan.staked]) {
        const alone = model.clone();
        for (const move of [...freeOf(plan), ...part.moves])
          expect(tryMove(alone, move, PLAYERS[0]), move.kind).to.equal(null);
      }
    }
    expect(most, "stakes in one plan").to.be.greaterThan(1);
  });

  it("C1 puts the stake first whose rival has earned more time, and what nobody contests last", () => {
    let contests = 0;
    for (const { plan, model } of play(24)) {
      const slacks = plan.staked.map(({ slackSeconds }) => slackSeconds);
      expect(slacks).to.deep.equal([...slacks].sort((a, b) => a - b));
      const since = plan.staked.flatMap(({ moves: [move] }) => {
        if (move.kind !== "open") return [];
        const rivals = [...model.edges.values()].filter(({ at, staker }) => {
          return (
            at.level === move.at.level + 1 && staker !== PLAYERS[0] && model.edge(at.claim)?.at.index === move.at.index
          );
        });
        return rivals.length === 0 ? [] : [Math.min(...rivals.map(({ created }) => created))];
      });
      if (since.length > 1 && new Set(since).size > 1) contests++;
      expect(since).to.deep.equal([...since].sort((a, b) => a - b));
    }
    expect(contests, "plans with stakes of different urgency").to.be.greaterThan(0);
  });
});
