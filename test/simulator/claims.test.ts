import { expect } from "chai";
import { worstPathSeconds, type ClaimsClock } from "../../simulator/lab/games/claims/clock";
import { ClaimsGame, type ClaimsParameters } from "../../simulator/lab/games/claims/model";
import { CORRECT, MUTANTS, type ClaimsRules } from "../../simulator/lab/games/claims/rules";
import type { Move } from "../../simulator/lab/games/game";
import { TRUE, truthAt, type Commitment } from "../../simulator/lab/games/history";
import { playGame } from "../../simulator/lab/play";
import { longestPath } from "../../simulator/lab/search/longestPath";
import { gameOf, partyOf, refusalOf, setupOf } from "./support/setups";

const HEIGHTS: [number, number] = [2, 2];
const BOTTOM = 5;
const PARAMETERS: ClaimsParameters = {
  heights: HEIGHTS,
  airGapSeconds: 0,
  maxClockSeconds: 100,
  extensionSeconds: 10,
  preimageSeconds: 5,
  bondEther: 1,
  bondGrowth: 1.1,
  proposer: "honest",
};
const truth = truthAt(HEIGHTS);
const lieFrom = (salt: number, run: number, step: number): Commitment => ({
  wrong: [
    { salt, from: run, until: 8 },
    { salt, from: step, until: 4 },
  ],
  detour: [TRUE, TRUE],
});
const lie = lieFrom(7, 1, 2);
const only = (moves: Move[], kind: string): Move => moves.find((move) => move.kind === kind)!;

/** The book's moves of both, in turns, until nothing is left to be answered. */
function playOut(game: ClaimsGame, one: Commitment, other: Commitment): void {
  for (let quiet = 0, turn = 0; quiet < 2; turn++) {
    const by = turn % 2;
    const moves = game.answers(by, by === 0 ? one : other);
    for (const move of moves) game.play(move, by);
    quiet = moves.length === 0 ? quiet + 1 : 0;
  }
}

function settle(game: ClaimsGame): void {
  while (!game.isOver()) {
    const moves = game.due();
    if (moves.length === 0) game.advance(game.nextDue());
    else game.play(moves[0], 9);
  }
}

describe("the game of claims", () => {
  it("takes two clocks and the extensions at the longest, by all schedules of one path", () => {
    const clocks: ClaimsClock[] = [];
    for (const maxClockSeconds of [4, 7, 10])
      for (const extensionSeconds of [0, 1, 3])
        for (const preimageSeconds of [0, 1]) clocks.push({ maxClockSeconds, extensionSeconds, preimageSeconds });
    for (const clock of clocks)
      for (const bottom of [2, 3, 5, 6])
        expect(longestPath(clock, 2, bottom), JSON.stringify({ ...clock, bottom })).to.equal(
          worstPathSeconds(clock, 2, bottom),
        );
  });

  it("is as long as that on the board, when both sides answer at the last second", () => {
    const game = new ClaimsGame(PARAMETERS);
    playOutLate(game);
    settle(game);
    expect(game.verdict().at).to.equal(worstPathSeconds(PARAMETERS, 2, BOTTOM));
  });

  for (const name of ["no clock taken over", "no extension"])
    it(`is told by its longest path from the mutant "${name}"`, () => {
      const { extends: extend, inheritsClock } = MUTANTS[name];
      const rules = { extends: extend, inheritsClock };
      const clock = { maxClockSeconds: 10, extensionSeconds: 3, preimageSeconds: 0 };
      expect(longestPath(clock, 2, 5, rules)).to.not.equal(worstPathSeconds(clock, 2, 5));
    });

  it("is won by the truth at every first false leaf, as proposer and as challenger", () => {
    for (const proposer of ["honest", "adversary"] as const)
      for (let run = 0; run < 4; run++)
        for (let step = 0; step < 4; step++) {
          const game = new ClaimsGame({ ...PARAMETERS, proposer });
          const liar = lieFrom(7, run, step);
          if (proposer === "adversary") game.play(game.answers(1, liar)[0], 1);
          playOut(game, truth, liar);
          settle(game);
          // The last claim of a path is made by the challengers' side here: by a liar, who is disproven, or by the truth.
          const reason = proposer === "honest" ? "proof" : "time";
          expect(game.verdict(), `${proposer} ${run} ${step}`).to.include({ outcome: "true", reason });
          expect(game.ledger.account(0).lost).to.equal(0);
          expect(game.ledger.account(1).lost).to.be.above(0);
        }
  });

  it("resolves a claim after its answers, which a mutant does not", () => {
    const early = (rules: ClaimsRules): string => {
      const game = new ClaimsGame(PARAMETERS, rules);
      playOut(game, truth, lie);
      game.advance(1_000);
      const root: Move = { kind: "resolveClaim", key: "root", on: [0] };
      if (refusalOf(() => game.play(root, 1)) === null) game.play({ kind: "resolve", key: "resolve", on: [] }, 1);
      return game.verdict().outcome;
    };
    expect(early(CORRECT)).to.equal("open");
    expect(early(MUTANTS["resolved before its answers"])).to.equal("false");
  });

  it("pays the leftmost of two right answers, which a mutant does not", () => {
    const payee = (rules: ClaimsRules): number => {
      const game = new ClaimsGame({ ...PARAMETERS, heights: [3, 2], proposer: "adversary" }, rules);
      const early = lieFrom(7, 0, 0);
      game.play(game.answers(1, early)[0], 1);
      // The root is wrong; whoever attacks it is right, unless somebody says why not.
      game.play(only(game.moves(0, truth), "attack"), 0);
      const first = game.answers(1, early).find(({ kind }) => kind === "attack")!;
      game.play(first, 1);
      const [attack] = game.moves(2, truth).filter(({ kind, on }) => kind === "attack" && on[0] === 2);
      const [defend] = game.moves(3, lieFrom(8, 0, 0)).filter(({ kind, on }) => kind === "defend" && on[0] === 2);
      game.play(defend, 3);
      game.play(attack, 2);
      settle(game);
      return game.claims[2].counteredBy;
    };
    expect(payee(CORRECT)).to.equal(2);
    expect(payee(MUTANTS["paid to the rightmost"])).to.equal(3);
  });

  it("refuses a run's end whose status does not fit its move, which a mutant takes", () => {
    const misfit = (rules: ClaimsRules): string | null => {
      const game = new ClaimsGame(PARAMETERS, rules);
      // Down to the split; then the honest party's own answer, with the other status.
      for (let turn = 1; game.claims.every(({ depth }) => depth < 2); turn++) {
        const by = turn % 2 === 1 ? 0 : 1;
        for (const move of game.answers(by, by === 0 ? truth : lie)) game.play(move, by);
      }
      const id = game.claims.findIndex(({ depth }) => depth === 2);
      const by = game.claims[id].by === 0 ? lie : truth;
      const [right] = game.answers(0, by).filter(({ on }) => on[0] === id);
      const wrong = { ...right, on: [right.on[0], right.on[1], right.on[2], right.on[3] === 0 ? 7 : 0, right.on[4]] };
      return refusalOf(() => game.play(wrong, 1));
    };
    expect(misfit(CORRECT)).to.equal("InvalidMove");
    expect(misfit(MUTANTS["any status of a run's end"])).to.equal(null);
  });

  it("takes no step once the clock is over, which a mutant does", () => {
    const late = (rules: ClaimsRules): string | null => {
      const game = new ClaimsGame(PARAMETERS, rules);
      let step: Move | undefined;
      for (let turn = 0; step === undefined; turn++) {
        const by = turn % 2;
        const moves = game.answers(by, by === 0 ? truth : lie);
        step = moves.find(({ kind }) => kind === "step");
        if (step === undefined) for (const move of moves) game.play(move, by);
      }
      game.advance(1_000);
      return refusalOf(() => game.play(step, 0));
    };
    expect(late(CORRECT)).to.equal("ClockTimeExceeded");
    expect(late(MUTANTS["steps after the clock"])).to.equal(null);
  });

  it("has no mutant that no test here kills", () => {
    expect(Object.keys(MUTANTS)).to.have.length(6);
  });

  it("goes on when the money of a liar without latency is gone", () => {
    const setup = setupOf(gameOf("claims"), [partyOf("adversary", "liar", { budgetEther: 0.5 })]);
    const { isHonestWin, parties } = playGame(setup);
    expect(isHonestWin).to.equal(true);
    expect(parties[1].ruinedAt).to.be.below(Infinity);
  });

  it("keeps count of censorship that is never spent twice, nor given back", () => {
    const censorship = { mode: "worst moment", seconds: 604_800, pieces: 1 } as const;
    for (const name of ["edges", "claims", "tournament"] as const)
      for (const seed of [1, 2, 3]) {
        const adversaries = [partyOf("adversary", "last second"), partyOf("adversary", "settler")];
        const { censoredSeconds } = playGame(
          setupOf(gameOf(name), adversaries, { seed, censorship, blockSeconds: 12 }),
        );
        expect(censoredSeconds, `${name} ${seed}`).to.be.within(0, censorship.seconds);
      }
  });

  it("answers freeloaders left of its own answer, and loses no bond to any of them", () => {
    const crowd = [
      partyOf("adversary", "liar"),
      partyOf("adversary", "freeloader"),
      partyOf("adversary", "freeloader"),
    ];
    for (const seed of [1, 2, 3, 4, 5]) {
      const { isHonestWin, parties, kinds } = playGame(setupOf(gameOf("claims"), crowd, { seed }));
      expect(isHonestWin, `seed ${seed}`).to.equal(true);
      expect(parties[2].transactions + parties[3].transactions).to.be.above(0);
      expect(kinds.get("step")).to.be.above(0);
    }
  });

  /** Each side waits until a second before its time is over. */
  function playOutLate(game: ClaimsGame): void {
    game.play(game.answers(0, truth)[0], 0);
    // Both lie from the first leaf on, so that all moves are attacks on one path.
    const liars = [truth, lieFrom(7, 0, 0)];
    for (let turn = 1; ; turn++) {
      const by = turn % 2;
      const move = game.answers(by, liars[by]).find(({ kind }) => kind !== "step");
      if (move === undefined) return;
      game.advance(game.deadline(move) - 1);
      game.play(move, by);
    }
  }
});
