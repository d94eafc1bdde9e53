import { expect } from "chai";
import { GAMES } from "../../simulator/lab/games/game";
import { HandGame, SIDES, opponentsOf, type HandSetup } from "../../simulator/lab/hand/hand";
import { picture, toySteps } from "../../simulator/lab/hand/picture";
import { parseRecord } from "../../simulator/lab/hand/record";
import { playByHand } from "../../simulator/lab/hand/terminal";
import { ending, explain } from "../../simulator/lab/hand/words";
import { Random } from "../../simulator/random";

const setupOf = (game: HandSetup["game"], side: HandSetup["side"], more: Partial<HandSetup> = {}): HandSetup => ({
  ...{ game, side, opponent: side === "truth" ? "liar" : "honest", seed: 1 },
  ...more,
});

/** Lines that a person types, one after the other. */
async function* typed(line: (turn: number) => string | null): AsyncGenerator<string> {
  for (let turn = 0; ; turn++) {
    const next = line(turn);
    if (next === null) return;
    yield await Promise.resolve(next);
  }
}

describe("a game played by hand", () => {
  for (const game of GAMES)
    for (const side of SIDES) {
      it(`${game} as ${side}: comes to its end by typed lines, hints asked for, and the truth stands`, async () => {
        const hand = new HandGame(setupOf(game, side));
        const said: string[] = [];
        const isOver = await playByHand(
          hand,
          typed((turn) => (turn % 2 === 0 ? "h" : "a")),
          (line) => said.push(line),
        );
        expect(isOver).to.equal(true);
        expect(hand.verdict.outcome).to.equal("true");
        expect(said.some((line) => line.startsWith("Take "))).to.equal(true);
        expect(said.join("\n")).to.contain(side === "truth" ? "You won" : "You lost");
        const { lost } = hand.game.ledger.account(0);
        if (side === "truth") expect(lost).to.be.below(1e-9);
        else expect(lost).to.be.above(0);
      });

      it(`${game} as ${side}: explains every legal choice, and draws every board on the way`, () => {
        const hand = new HandGame(setupOf(game, side, { seed: 3 }));
        let moves = 0;
        while (!hand.isOver()) {
          const names = hand.legal().map((choice) => explain(hand, choice).does);
          expect(new Set(names).size, names.join("; ")).to.equal(names.length);
          for (const choice of hand.legal()) {
            const { does, follows } = explain(hand, choice);
            expect(does).to.match(/^\w/);
            expect(follows.join(" ")).to.match(/\.$/);
          }
          for (const { text } of picture(hand)) expect(text).to.not.match(/undefined|NaN/);
          moves += hand.choose(hand.hint().key).length;
        }
        expect(moves).to.be.above(5);
        expect(ending(hand)).to.match(/^You (won|lost) after/);
      });

      it(`${game} as ${side}: is exported and replayed to the same end`, () => {
        const hand = new HandGame(setupOf(game, side, { seed: 5 }));
        while (!hand.isOver()) hand.choose(hand.hint().key);
        const again = HandGame.replay(parseRecord(JSON.stringify(hand.record())));
        expect(again.events).to.deep.equal(hand.events);
        expect(again.verdict).to.deep.equal(hand.verdict);
        expect(ending(again)).to.equal(ending(hand));
      });
    }

  for (const game of GAMES) {
    it(`${game}: no legal play of a liar wins against the honest party`, () => {
      for (let seed = 1; seed <= 40; seed++) {
        const hand = new HandGame(setupOf(game, "liar", { seed, lie: { run: seed % 4, step: (seed >> 2) % 4 } }));
        const random = new Random(seed);
        for (let turn = 0; turn < 400 && !hand.isOver(); turn++) hand.choose(random.pick(hand.legal()).key);
        while (!hand.isOver()) hand.choose(hand.hint().key);
        expect(hand.verdict.outcome, `seed ${seed}`).to.not.equal("false");
        expect(hand.game.ledger.account(1).lost, `seed ${seed}`).to.be.below(1e-9);
      }
    });

    it(`${game}: the book wins against every strategy of the lab`, () => {
      for (const { name } of opponentsOf("truth", game)) {
        const hand = new HandGame(setupOf(game, "truth", { opponent: name, seed: 2 }));
        while (!hand.isOver()) {
          const names = hand.legal().map((choice) => explain(hand, choice).does);
          expect(new Set(names).size, names.join("; ")).to.equal(names.length);
          hand.choose(hand.hint().key);
        }
        expect(hand.verdict.outcome, name).to.equal("true");
      }
    });

    it(`${game}: a lie that nobody answers stands, and the page's last word says what that means`, () => {
      const hand = new HandGame(setupOf(game, "truth"));
      // Nothing is answered; only what has fallen due is taken, so that the game comes to its end.
      while (!hand.isOver()) {
        const due = hand.game.due().map(({ key }) => key);
        const legal = hand.legal().map(({ key }) => key);
        hand.choose(legal.find((key) => due.includes(key)) ?? legal.find((key) => key === "until") ?? "wait");
      }
      expect(hand.verdict.outcome).to.equal("false");
      expect(ending(hand)).to.contain("You lost");
    });
  }

  it("shows all sixteen steps, and where one's own lie begins", () => {
    const hand = new HandGame(setupOf("edges", "liar", { lie: { run: 2, step: 1 } }));
    const steps = toySteps(hand);
    expect(steps.length).to.equal(16);
    steps.forEach(({ before, after, claimed }, at) => {
      expect(after).to.equal(before + 1);
      expect(claimed === after, `step ${at}`).to.equal(at < 9);
    });
  });

  it("refuses a move that is not legal, an opponent on the wrong side, and a record that is none", () => {
    const hand = new HandGame(setupOf("edges", "truth"));
    expect(() => hand.choose("confirm 0")).to.throw(/not legal now: assert 0, wait/);
    expect(() => new HandGame(setupOf("edges", "liar", { opponent: "liar" }))).to.throw(
      /against a liar plays one of honest/,
    );
    expect(() => new HandGame(setupOf("edges", "liar", { lie: { run: 4, step: 0 } }))).to.throw(/a run from 0 to 3/);
    for (const text of [
      "",
      "null",
      "[]",
      '{"format":"solvent-play","version":1}',
      JSON.stringify({ ...hand.record(), choices: [1] }),
    ])
      expect(() => parseRecord(text), text).to.throw(/no game that was played by hand/);
    expect(() => HandGame.replay({ ...hand.record(), choices: ["prove 3"] })).to.throw(/not legal now/);
  });

  it("stops where the person stops, and goes on saying what can be typed", async () => {
    const said: string[] = [];
    const lines = ["?", "99", "b", "s", "1", "q"];
    const isOver = await playByHand(
      new HandGame(setupOf("edges", "truth")),
      typed((turn) => lines[turn] ?? null),
      (line) => said.push(line),
    );
    expect(isOver).to.equal(false);
    expect(said.join("\n")).to.contain('"99" is none of them');
    expect(said.join("\n")).to.contain("you: assert");
  });
});
