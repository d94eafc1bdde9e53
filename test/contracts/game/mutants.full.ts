import { expect } from "chai";
import { playScenario, SCENARIOS } from "../../support/game/smallSuite";
import { playStakeScript, STAKE_SCRIPTS } from "../../support/game/stakeSuite";
import { compileMutant, SOLIDITY_MUTANTS } from "../../support/game/solidityMutants";

/** Whether the attacks tell the mutant from the game: by what they find, or by a call that does what no twin expects. */
async function isKilled(contract: ReturnType<typeof compileMutant>): Promise<boolean> {
  for (const scenario of SCENARIOS) {
    const found = await playScenario(scenario, contract).catch((error: Error) => [error.message]);
    if (found.length > 0) return true;
  }
  for (const script of STAKE_SCRIPTS) {
    const found = await playStakeScript(script, contract).catch((error: Error) => [error.message]);
    if (found.length > 0) return true;
  }
  return false;
}

describe("game: mutants of the contracts, each with one rule off", function () {
  this.timeout(600_000);

  it("finds nothing in the contracts as they are, compiled the same way", async () => {
    const same = {
      name: "none",
      file: "contracts/games/edges/Dispute.sol",
      from: "abstract contract Dispute",
      to: "abstract contract Dispute",
    };
    const contract = compileMutant(same);
    for (const scenario of SCENARIOS) expect(await playScenario(scenario, contract)).to.deep.equal([]);
    for (const script of STAKE_SCRIPTS) expect(await playStakeScript(script, contract)).to.deep.equal([]);
  });

  for (const mutant of SOLIDITY_MUTANTS)
    it(`kills: ${mutant.name}`, async () => {
      expect(await isKilled(compileMutant(mutant))).to.equal(true);
    });
});
