import { expect } from "chai";
import fc from "fast-check";
import { playArena } from "../../../simulator/arena";
import { STRATEGIES } from "../../../simulator/strategies/strategies";
import { seedOfRun } from "../../../simulator/random";

const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = seedOfRun();

/** Up to so many adversaries, each with a strategy; what they draw comes from the game's own seed. */
const games = (most: number) =>
  fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    adversaries: fc.array(fc.constantFrom(...STRATEGIES), { minLength: 1, maxLength: most }),
  });

describe("game: random play on the contracts", function () {
  this.timeout(1_200_000);

  const plans: [heights: [number, number, number], most: number, runs: number][] = [
    [[2, 2, 3], 3, IS_FULL ? 60 : 3],
    [[10, 20, 20], 10, IS_FULL ? 12 : 1],
  ];
  for (const [heights, most, runs] of plans)
    it(`the truth wins within two challenge periods against up to ${most} adversaries at H = ${heights.join()} (SOLVENT_SEED=${SEED}, ${runs} games)`, async () => {
      const property = fc.asyncProperty(games(most), async ({ seed, adversaries }) => {
        const outcome = await playArena({ heights, seed, adversaries });
        expect(outcome.violations, JSON.stringify(adversaries)).to.deep.equal([]);
        expect(outcome.seconds).to.be.at.most(2 * outcome.challengePeriodSeconds);
      });
      await fc.assert(property, { numRuns: runs, seed: SEED, endOnFailure: !IS_FULL });
    });
});
