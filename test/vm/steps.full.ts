import { expect } from "chai";
import { WORST_RUN_STEPS } from "../../challenger/answerTime";
import { BLOCK_GAS, MOST_STEPS, MOST_STEPS_A_GAS, measureAll, runWorstBlocks } from "../bench/steps";
import { WORST_BLOCKS } from "../bench/steps/blocks";
import { opcodeCases, precompileLoops } from "../bench/steps/cases";

describe("steps of the program in the proof VM", function () {
  this.timeout(3_600_000);

  for (const one of [...opcodeCases(), ...precompileLoops()])
    it(`are at most ${MOST_STEPS_A_GAS} a gas: ${one.name}`, async () => {
      const [{ stepsAGas }] = await measureAll([one]);
      expect(stepsAGas).to.be.at.most(MOST_STEPS_A_GAS);
    });

  for (const block of WORST_BLOCKS)
    it(`end within memory and 2^34 steps for a block of ${BLOCK_GAS} gas: ${block.name}`, async () => {
      const [{ steps, gasUsed }] = await runWorstBlocks([block], BLOCK_GAS);
      console.log(`        ${steps} steps, ${gasUsed} gas`);
      expect(steps < MOST_STEPS).to.equal(true);
      expect(Number(steps), "what answers are measured against").to.be.at.most(WORST_RUN_STEPS);
    });
});
