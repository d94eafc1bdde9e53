import { expect } from "chai";
import type { Move } from "../../simulator/lab/games/game";
import { TRUE, truthAt, type Commitment } from "../../simulator/lab/games/history";
import { rootAllowance, worstDelay } from "../../simulator/lab/games/tournament/clock";
import { TournamentGame, type TournamentParameters } from "../../simulator/lab/games/tournament/model";
import { CORRECT, MUTANTS, type TournamentRules } from "../../simulator/lab/games/tournament/rules";
import { playGame } from "../../simulator/lab/play";
import { longestDelay, type DelaySetup } from "../../simulator/lab/search/delay";
import { worstSchedule } from "../../simulator/lab/search/worst";
import { gameOf, partyOf, refusalOf, setupOf } from "./support/setups";

/**
 * Published maxima for height one, by budget 0..2, allowance 1..4, claims 1..6, of the revision in which a win was not forgiven
 * anything. Source: cartesi/dave, BoundedOneLevelDelay.t.sol.
 */
const HEIGHT_ONE = [
  [1, 1, 2, 2, 3, 3],
  [2, 3, 4, 5, 6, 6],
  [3, 5, 6, 8, 9, 9],
  [4, 7, 8, 11, 12, 12],
  [1, 1, 2, 2, 3, 3],
  [2, 3, 5, 5, 7, 7],
  [3, 5, 7, 8, 10, 10],
  [4, 7, 10, 11, 14, 14],
  [1, 1, 2, 2, 3, 3],
  [2, 3, 5, 5, 7, 7],
  [3, 5, 8, 9, 11, 11],
  [4, 7, 10, 12, 14, 14],
];

describe("the tournament's clocks", () => {
  const box = (heights: number[], claims = [1, 2, 3, 4, 5, 6]): DelaySetup[] =>
    heights.flatMap((height) =>
      [0, 1, 2].flatMap((budget) =>
        [1, 2, 3, 4].flatMap((allowance) => claims.map((number) => ({ claims: number, allowance, budget, height }))),
      ),
    );

  it("delays exactly as long as the published formula says, for up to 6 claims, allowances of 4, budgets of 2, heights 2 and 3", function () {
    this.timeout(300_000);
    const setups = box([2, 3]);
    const found = setups.map((setup) => longestDelay(setup).blocks);
    const formula = setups.map(({ claims, allowance, budget, height }) =>
      worstDelay(claims, allowance, budget, height),
    );
    expect(found).to.deep.equal(formula);
    expect(found).to.have.length(144);
  });

  it("delays exactly as long as the published table says at height 1, with wins that are not forgiven", function () {
    this.timeout(60_000);
    const rules = { ...CORRECT, forgivesWins: false };
    expect(box([1]).map((setup) => longestDelay(setup, rules).blocks)).to.deep.equal(HEIGHT_ONE.flat());
  });

  for (const name of ["budget can be banked", "lateness is free"])
    it(`are told from the mutant "${name}"`, function () {
      this.timeout(60_000);
      const setups = box([2], [2, 3, 4]);
      const isEqual = ({ claims, allowance, budget, height }: DelaySetup): boolean =>
        longestDelay({ claims, allowance, budget, height }, MUTANTS[name]).blocks ===
        worstDelay(claims, allowance, budget, height);
      expect(setups.every(isEqual)).to.equal(false);
    });
});

describe("the tournament", () => {
  /** Two levels; a budget exactly at the formula, without any censorship to spare. */
  const heights = [2, 2];
  const tight = { answerSeconds: 10, buildSeconds: 100, censorshipSeconds: 0 };
  const hero = partyOf("honest", "honest", { latencySeconds: [10, 10], buildSeconds: 90 });

  const againstSearch = (rules?: string, seed = 1) => {
    const game = { ...gameOf("tournament", heights, tight), rules } as ReturnType<typeof gameOf>;
    const adversary = partyOf("adversary", "search", { options: { lies: 4 } });
    return worstSchedule(setupOf(game, [adversary], { seed, parties: [hero, adversary] }), {
      party: 1,
      beam: 6,
      depth: 16,
    });
  };

  it("survives the worst schedules that a search finds, with clocks exactly at the formula", function () {
    this.timeout(120_000);
    for (const seed of [1, 2, 3]) expect(againstSearch(undefined, seed).played.outcome).to.equal("true");
  });

  for (const name of ["clocks before 2026-09", "no refill after an inner tournament"])
    it(`loses to a schedule that the search finds, with the mutant "${name}"`, function () {
      this.timeout(120_000);
      const { played, games } = againstSearch(name);
      expect(played.outcome).to.not.equal("true");
      expect(games).to.be.below(2_000);
    });

  const parameters: TournamentParameters = {
    heights: [1, 1],
    airGapSeconds: 0,
    allowanceSeconds: rootAllowance(100, 2, 20, 5),
    responseSeconds: 5,
    buildSeconds: 20,
    bonds: [1, 1],
    refundEtherPerGas: 0,
  };
  const lie: Commitment = { wrong: [1, 1].map(() => ({ salt: 7, from: 0, until: 2 })), detour: [TRUE, TRUE] };
  const truth = truthAt([1, 1]);
  const only = (moves: Move[], kind: string): Move => moves.find((move) => move.kind === kind)!;

  /** Down to the sealed leaf of the inner tournament. */
  const sealed = (rules: TournamentRules): TournamentGame => {
    const game = new TournamentGame(parameters, rules);
    for (const one of [truth, lie]) game.play(only(game.answers(0, one), "join"), 0);
    game.play(only(game.answers(0, truth), "sealInner"), 0);
    for (const one of [lie, truth]) game.play(only(game.answers(0, one), "join"), 0);
    game.play(only(game.answers(0, lie), "sealLeaf"), 0);
    return game;
  };

  it("lets a root join once, which a mutant does not", () => {
    const again = (rules: TournamentRules): unknown => {
      const game = new TournamentGame(parameters, rules);
      const join = only(game.answers(0, truth), "join");
      game.play(join, 0);
      return refusalOf(() => game.play(join, 1));
    };
    expect(again(CORRECT)).to.equal("CommitmentAlreadyJoined");
    expect(again(MUTANTS["a root joins again"])).to.equal(null);
  });

  it("takes no proof once a clock is over, which a mutant does", () => {
    const late = (rules: TournamentRules): unknown => {
      const game = sealed(rules);
      const proof = only(game.answers(0, truth), "winLeaf");
      game.advance(parameters.allowanceSeconds + 1);
      return refusalOf(() => game.play(proof, 0));
    };
    expect(late(CORRECT)).to.equal("ClockTimedOut");
    expect(late(MUTANTS["a leaf is won after the clocks"])).to.equal(null);
  });

  it("never gives a clock more than the pair had when it was sealed, which a mutant does", () => {
    const clockAfter = (rules: TournamentRules): number => {
      const game = sealed(rules);
      game.play(only(game.answers(0, truth), "winLeaf"), 0);
      game.advance(game.nextDue());
      game.play(only(game.due(), "winInner"), 0);
      return game.clockOf(0);
    };
    expect(clockAfter(CORRECT)).to.equal(parameters.allowanceSeconds);
    expect(clockAfter(MUTANTS["refill without a cap"])).to.be.above(parameters.allowanceSeconds);
  });

  it("charges a winner for the time by which it claims its win late, which a mutant does not", () => {
    const clockAfter = (rules: TournamentRules): number => {
      const game = new TournamentGame(parameters, rules);
      for (const one of [truth, lie]) game.play(only(game.answers(0, one), "join"), 0);
      game.advance(parameters.allowanceSeconds + 30);
      game.play(only(game.due(), "timeout"), 0);
      return game.clockOf(1);
    };
    expect(clockAfter(CORRECT)).to.equal(parameters.allowanceSeconds - (30 - parameters.responseSeconds));
    expect(clockAfter(MUTANTS["overdue time is free"])).to.equal(parameters.allowanceSeconds);
  });

  it("has no mutant that no test here kills", () => {
    const killed = ["clocks before 2026-09", "budget can be banked", "overdue time is free", "lateness is free"];
    killed.push("no refill after an inner tournament", "refill without a cap", "a root joins again");
    expect(Object.keys(MUTANTS).sort()).to.deep.equal([...killed, "a leaf is won after the clocks"].sort());
  });

  it("freezes when everybody has died: a lie alone against a silent truth, both too late", () => {
    const game = new TournamentGame(parameters);
    for (const one of [truth, lie]) game.play(only(game.answers(0, one), "join"), 0);
    game.advance(2 * parameters.allowanceSeconds);
    game.play(only(game.due(), "eliminate"), 0);
    expect(game.verdict().outcome).to.equal("frozen");
    expect(game.isOver()).to.equal(true);
  });

  it("burns nine tenths of what losers leave, after refunds, and creates no ether", () => {
    const setup = setupOf(gameOf("tournament"), [partyOf("adversary", "liar"), partyOf("adversary", "sybils")]);
    const { parties, burntEther, outcome } = playGame(setup);
    expect(outcome).to.equal("true");
    const sum = (key: "lostEther" | "wonEther" | "refundedEther"): number =>
      parties.reduce((all, party) => all + party[key], 0);
    expect(sum("lostEther")).to.be.closeTo(sum("wonEther") + sum("refundedEther") + burntEther, 1e-9);
    expect(burntEther).to.be.above(0);
  });
});
