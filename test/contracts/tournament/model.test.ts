import { expect } from "chai";
import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { expectedOfTournaments } from "../../../games/tournament/expected";
import type { Move } from "../../../simulator/lab/games/game";
import type { TournamentGame } from "../../../simulator/lab/games/tournament/model";
import type { Random } from "../../../simulator/random";
import { expectHeld } from "../support/held";
import { Book } from "./book";
import { Play, SETUP } from "./play";
import { TournamentTable } from "./table";

const SEEDS = Number(process.env.SOLVENT_SEEDS ?? (process.env.SOLVENT_FULL ? 6 : 2));
const ACTIONS = 90;

describe("The tournament: contract and model", () => {
  it(`are equal move by move, refusals included, in random play with five others: seeds 1 to ${SEEDS}`, async function () {
    this.timeout(600_000);
    const table = await TournamentTable.lay(SETUP);
    let [answers, made, refused, proofs, inner] = [0, 0, 0, 0, 0];
    for (let seed = 1; seed <= SEEDS; seed++) {
      const snapshot = await takeSnapshot();
      const play = new Play(table, seed);
      const book = new Book(play);
      table.rewind();
      const { random, model, parties } = play;
      const kinds = new Set<string>();
      await play.both(0, model.answers(0, parties[0])[0]);
      for (let action = 0; action < ACTIONS; action++) {
        if (random.below(6) === 0) await time.increase(1 + random.below(9));
        model.advance((await time.latest()) + 1 - play.start);
        await play.learn();
        const by = random.below(parties.length);
        const others = parties[random.below(parties.length)];
        // Now and then somebody makes another's move: the model allows it to those alone who hold the same history.
        const known = model.moves(by, parties[by]).map((move) => ({
          ...move,
          with: move.with === undefined ? undefined : random.below(8) === 0 ? others : move.with,
        }));
        const wild = wildMoves(model, random);
        const moves = random.below(4) === 0 ? wild : known;
        if (moves.length === 0) continue;
        const move = random.pick(moves as Move[]);
        if (await play.both(by, move)) {
          made++;
          kinds.add(move.kind);
        } else refused++;
        answers += await book.compare();
        if (action % 10 === 0) await expectHeld(table.queue, expectedOfTournaments(await table.follow()));
      }
      await play.compare();
      await play.settle();
      await play.compare();
      await expectHeld(table.queue, expectedOfTournaments(await table.follow()));
      if (kinds.has("winLeaf")) proofs++;
      if (kinds.has("sealInner")) inner++;
      await snapshot.restore();
    }
    console.log(
      `      ${SEEDS} games: ${made} moves made, ${refused} refused, by both alike; ${inner} with an inner tournament, ${proofs} with a step`,
    );
    console.log(`      the honest player had ${answers} moves to make, each the model's`);
    expect(answers).to.be.above(SEEDS);
    expect(made).to.be.above(10 * SEEDS);
    expect(refused).to.be.above(SEEDS);
  });
});

/** Moves that the rules may or may not allow. */
function wildMoves(model: TournamentGame, random: Random): Move[] {
  if (model.matches.length === 0) return [];
  const id = random.below(model.matches.length);
  return ["winLeaf", "timeout", "eliminate", "winInner", "eliminateInner"].map((kind) => ({
    kind,
    key: `${kind} ${id}`,
    on: [id],
  }));
}
