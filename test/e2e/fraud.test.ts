import { expect } from "chai";
import { Arena } from "./support/arena";
import { checkBooks } from "./support/books";
import { expectHonestWinner, FRAUDS, newSeed, playFraud } from "./support/frauds";

describe("e2e: fraud at every level over the real program", function () {
  this.timeout(300_000);
  const arena = new Arena();
  before(async () => {
    await arena.start();
    await arena.startHonest();
  });
  after(() => arena.stop());

  for (const fraud of FRAUDS) it(`defeats ${fraud.title} by ${fraud.by}`, () => playFraud(arena, fraud));
  it("defeats three liars at once, one of whom is right about another", async () => {
    const seed = newSeed();
    const faults = ["wrong-state:first", "wrong-state:last", "wrong-preimage:middle"];
    const battle = await arena.fight(faults.map((fault) => ({ fault, seed })));
    console.log(`      ${faults.join(", ")}, seed ${seed}: ${battle.seconds.toFixed(1)} s`);
    expectHonestWinner(arena, battle);
    // The second agrees with the honest party about the first block, so its commitments refute the first liar's, too.
    expect(new Set(battle.proven.map(({ place }) => place.run)).size).to.be.greaterThan(1);
    await checkBooks(arena.system, arena.record, [arena.honestAccount]);
  });
});
