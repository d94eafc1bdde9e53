import { expect } from "chai";
import { newSeed } from "./support/frauds";
import { isLostRace } from "./support/ownMoves";
import { StruckDispute, type Blow } from "./support/struckDispute";

/** Turn about, so that both meet every stage of a dispute; a reorg of 10 takes back several answers of both sides. */
const BLOWS: readonly Blow[] = ["kill", 1, 3, "kill", 10, 2, "kill", 5, "kill", 1, "kill"];

describe("e2e: kill -9 and reorgs of L1 in the middle of a dispute", function () {
  this.timeout(1_200_000);

  for (const game of ["claims", "tournament", "edges"] as const) {
    describe(`under the game of ${game}`, () => {
      const struck = new StruckDispute(game);
      before(() => struck.start());
      after(() => struck.stop());

      it("the truth wins by proof; no move of the honest party is made twice or reverted, and it loses nothing", async () => {
        const seed = Number(process.env.SOLVENT_SEED ?? newSeed());
        console.log(`      seed ${seed}`);
        const sent = await struck.play(seed, BLOWS);
        const own = sent.filter(({ from }) => from === struck.honest);
        const reverted = own.filter(({ isReverted }) => isReverted);
        const races = reverted.filter((one) => isLostRace(one, sent));
        console.log(
          `      reorgs took back ${struck.takenBack} transactions; of ${own.length} on L1 ${races.length} lost a race`,
        );
        expect(struck.takenBack, "transactions taken back").to.be.greaterThan(0);
        // Rationale: whoever moves by what L1 shows is never refused, but where another made the same move as late as nobody could see.
        const faults = reverted.filter((one) => !races.includes(one));
        expect(faults.map(({ block, kinds, reason }) => `${block}: ${kinds.join("+")}: ${reason}`)).to.deep.equal([]);
        // Rationale: what was made once is seen, by the next process and after a reorg.
        const moves = own.filter(({ isReverted }) => !isReverted).flatMap((one) => one.moves);
        const once = moves.filter((move) => !struck.mayRepeat(move));
        expect(new Set(once).size, "moves made twice").to.equal(once.length);
        await struck.expectNothingLost();
      });
    });
  }
});
