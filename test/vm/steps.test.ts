import { expect } from "chai";
import { MOST_STEPS_A_GAS, measureAll, runWorstBlocks } from "../bench/steps";
import { WORST_BLOCKS } from "../bench/steps/blocks";
import { opcodeCases, precompileLoops } from "../bench/steps/cases";

/** Of all cases the ones known to be dear; `steps.full.ts` measures all. */
const SAMPLE = /^(MULMOD|KECCAK256 of 8|SSTORE, cold|modexp 32-32|blake2f of 20000)/;
const SAMPLE_GAS = 1_000_000n;

describe("steps of the program in the proof VM (a sample)", function () {
  this.timeout(600_000);

  it(`are at most ${MOST_STEPS_A_GAS} a gas for the dearest opcodes and precompiles`, async () => {
    const cases = [...opcodeCases(), ...precompileLoops()].filter(({ name }) => SAMPLE.test(name));
    expect(cases.length).to.be.greaterThan(6);
    const ratios = await measureAll(cases);
    console.log(`        the dearest: ${ratios[0].stepsAGas.toFixed(1)} for ${ratios[0].name}`);
    for (const { name, stepsAGas } of ratios) expect(stepsAGas, name).to.be.within(0.01, MOST_STEPS_A_GAS);
  });

  for (const block of WORST_BLOCKS)
    it(`end within memory and steps for a block of ${SAMPLE_GAS} gas: ${block.name}`, async () => {
      const [{ steps }] = await runWorstBlocks([block], SAMPLE_GAS);
      // what a block takes beside its gas: upkeep, headers, the transactions' own bytes
      expect(steps < SAMPLE_GAS * BigInt(MOST_STEPS_A_GAS) + 10_000_000n, `${steps} steps`).to.equal(true);
    });
});
