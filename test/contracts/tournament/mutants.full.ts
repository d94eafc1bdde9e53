import { expect } from "chai";
import { join } from "node:path";
import { TOURNAMENT_MUTANTS } from "../../support/game/tournamentMutants";
import { killerOf, littersOf, type MutantTarget } from "../../support/game/mutantRun";

const TARGET: MutantTarget = {
  source: ["contracts/test/ToyTournament.sol", "ToyTournament"],
  files: ["guards.test.ts", "refunds.test.ts", "player.test.ts", "model.test.ts"].map((file) => join(__dirname, file)),
};

describe("The tournament: mutants of the contract, each with one rule off", function () {
  this.timeout(600_000);

  for (const [i, litter] of littersOf(TOURNAMENT_MUTANTS, TARGET.source).entries()) {
    it(`finds nothing while the mutants of litter ${i} sleep`, async () => {
      expect(await killerOf(null, litter, TARGET)).to.equal(null);
    });

    for (const mutant of litter.mutants)
      it(`kills: ${mutant.name}`, async () => {
        expect(await killerOf(mutant, litter, TARGET)).to.be.a("string");
      });
  }
});
