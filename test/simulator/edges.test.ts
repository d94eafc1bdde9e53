import { expect } from "chai";
import {
  assertMove,
  assertionEdge,
  bisectMove,
  edgeBelow,
  halvesOf,
  openMove,
  proveStepMove,
  type OwnEdge,
} from "../../games/edges/truth";
import { mutualId } from "../../games/edges/place";
import type { Move as EdgeMove } from "../../games/edges";
import { PLAYERS, tryMove } from "../../simulator/boards/paper/board";
import { Structure, earned } from "../../simulator/boards/structure";
import { EdgesGame } from "../../simulator/lab/games/edges/model";
import type { Move } from "../../simulator/lab/games/game";
import { Refused } from "../../simulator/refused";
import { lieAt, truthAt, type Commitment } from "../../simulator/lab/games/history";
import { playGame } from "../../simulator/lab/play";
import { Random, seedOfRun } from "../../simulator/random";
import { createToyGame } from "../../simulator/strategies/arsenal";
import { LyingTruth } from "../../simulator/truths/lyingTruth";
import type { Truth } from "../../games/edges/truth";
import { gameOf, partyOf, setupOf } from "./support/setups";

describe("edges on the board without hashes", () => {
  it("is equal to the model with hashes, move by move, in what is taken, what is earned and what is proven", function () {
    this.timeout(120_000);
    const seed = seedOfRun();
    console.log(`      SOLVENT_SEED=${seed}`);
    const random = new Random(seed);
    for (let game = 0; game < 12; game++) playBoth(random);
  });

  for (const heights of [
    [1, 1, 1],
    [2, 1, 1],
    [3, 2, 2],
  ]) {
    const answers = heights.reduce((sum, height) => sum + height, heights.length);
    const endWith = (spare: number): string => {
      const setup = gameOf("edges", heights, { answerSeconds: 60, censorshipSeconds: 0 });
      if (setup.game !== "edges") throw new Error("not this game");
      const game = { ...setup, parameters: { ...setup.parameters, challengePeriodSeconds: answers * 60 + spare } };
      const outcomes = [1, 2, 3, 4, 5, 6].map((seed) => {
        const adversaries = [partyOf("adversary", "liar"), partyOf("adversary", "settler")];
        return playGame(setupOf(game, adversaries, { seed, order: "adversary first" })).outcome;
      });
      return outcomes.includes("false") ? "a lie" : "the truth";
    };

    it(`is won by a lie with a challenge period of (N + 3)d, and by the truth with a second more, at heights ${heights.join()}`, () => {
      expect(endWith(0)).to.equal("a lie");
      expect(endWith(1)).to.equal("the truth");
    });
  }

  it("lets the second of two who claim the same payment pay for its transaction", () => {
    const adversaries = [partyOf("adversary", "liar"), partyOf("adversary", "settler", { latencySeconds: [60, 60] })];
    const { parties, kinds } = playGame(setupOf(gameOf("edges"), adversaries, { order: "honest first" }));
    const settler = parties[2];
    // Both claim the confirmation in the same block; it is played once.
    expect(kinds.get("confirm")).to.be.above(0);
    expect(settler.refused).to.be.above(0);
    expect(settler.osakaGas).to.be.at.least(40_000 * settler.refused);
    expect(settler.transactions).to.be.at.least(settler.refused);
  });

  it("gives all honest stakes back against any strategy, and burns what a lie loses but half", () => {
    for (const strategy of ["liar", "sybils", "copycat", "copied history", "both orientations"]) {
      const { isHonestWin, parties, burntEther } = playGame(setupOf(gameOf("edges"), [partyOf("adversary", strategy)]));
      expect(isHonestWin, strategy).to.equal(true);
      const [honest, adversary] = parties;
      expect(adversary.lostEther).to.be.closeTo(honest.wonEther + burntEther, 1e-9);
    }
  });
});

const HEIGHTS = [2, 2, 1] as const;

/** One random game on both models, everything that a party could try with the truth and two lies. */
function playBoth(random: Random): void {
  const toy = createToyGame({ heights: HEIGHTS, rules: { runSteps: 6 }, responseTimeSeconds: 10 });
  const hashes = toy.model();
  const { challengePeriodSeconds } = toy.parameters;
  const paper = new EdgesGame({ heights: HEIGHTS, airGapSeconds: 0, challengePeriodSeconds, stakes: [16, 4, 1] });
  const lies = [1, 2].map((salt) => lieAt(HEIGHTS, salt, random));
  const commitments: Commitment[] = [truthAt(HEIGHTS), ...lies];
  const sources: Truth[] = [toy.truth, ...lies.map((lie, index) => sourceOf(lie, index + 1))];
  const start = hashes.nowSeconds;
  for (let turn = 0; turn < 80; turn++) {
    const who = random.below(commitments.length);
    const moves = paper.moves(who, commitments[who]).filter(({ kind }) => kind !== "slash" && kind !== "confirm");
    if (moves.length > 0) {
      const move = random.pick(moves);
      const twin = twinOf(paper, move, sources[who], who);
      const isTaken = tryMove(hashes, twin, PLAYERS[who]) === null;
      expect(isTaken, `${move.key} on the model with hashes`).to.equal(true);
      paper.play(move, who);
    }
    const wait = random.below(15);
    hashes.nowSeconds += wait;
    paper.advance(hashes.nowSeconds - start);
    // The same edges, and at each root edge the same time.
    expect(paper.edges.length).to.equal(hashes.edges.size);
    const staked = [...hashes.edges.values()].filter(({ staker }) => BigInt(staker) !== 0n);
    const times = staked.map((edge) =>
      Math.min(1e9, earned(hashes, new Structure(hashes), hashes.idOf(edge.at, edge.root))),
    );
    const own = paper.edges.flatMap(({ staker }, id) => (staker < 0 ? [] : [Math.min(1e9, paper.earned(id))]));
    expect(own).to.deep.equal(times);
  }
  const proven = [...hashes.edges.values()].filter(({ status }) => status === "proven").length;
  expect(paper.edges.filter(({ status }) => status === "proven").length).to.equal(proven);

  /** The histories with hashes that this lie stands for. */
  function sourceOf(lie: Commitment, salt: number): Truth {
    const [run, machine, step] = lie.wrong.map(({ from }) => from);
    return new LyingTruth(toy.truth, { run, machine, step, salt });
  }

  function twinOf(game: EdgesGame, move: Move, source: Truth, who: number): EdgeMove {
    const history = source.runs(toy.genesis)!;
    const root = assertionEdge(toy.genesis, history);
    if (move.kind === "assert") return assertMove(root, history);
    const found = edgeOf(game, move.on[0], source, root);
    if (found === undefined) throw Refused.by(`no twin of ${move.key} of ${who}`);
    if (move.kind === "bisect") return bisectMove(found);
    if (move.kind === "prove") {
      const { parent, run, segment } = found.of;
      return proveStepMove(found, toy.truth.witness(parent, run, segment, found.at.index));
    }
    const below = edgeBelow(found, source)!;
    const last = found.of.level === 0 ? source.machines(found.of.parent, found.at.index)!.last : "0x";
    return openMove(found, below, last);
  }

  /** The edge of the own histories that stands where that one does: the same way down. */
  function edgeOf(game: EdgesGame, id: number, source: Truth, root: OwnEdge): OwnEdge | undefined {
    const { level, height, start } = game.edges[id];
    let edge: OwnEdge | undefined = root;
    const way = wayDown(game, id);
    for (let at = 0; at <= level && edge !== undefined; at++) {
      const [wanted, until] = at === level ? [start, height] : [way[at], 0];
      while (edge.at.height > until) {
        const halves: readonly [OwnEdge, OwnEdge] = halvesOf(edge) as [OwnEdge, OwnEdge];
        edge = halves[Math.floor(wanted / 2 ** halves[0].at.height) % 2];
      }
      if (at < level) edge = edgeBelow(edge, source);
    }
    return edge !== undefined && hashes.edge(edge.id) !== undefined && mutualId(edge.at) === edge.mutualId
      ? edge
      : undefined;
  }

  /** Leaves that are disputed above an edge, level by level. */
  function wayDown(game: EdgesGame, id: number): number[] {
    const above = game.claimedAbove(id);
    return above < 0 ? [] : [...wayDown(game, above), game.edges[above].start];
  }
}
