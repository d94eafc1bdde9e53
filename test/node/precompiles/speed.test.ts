import { expect } from "chai";
import { dearCases, measure } from "../../bench/precompiles/measure";

/**
 * Keccaks of 136 bytes that 10 gas may take. On the machine of docs/benchmarks.md about two thirds of one are 10 million gas a second;
 * most precompiles take a third, plain JavaScript takes 2 to 7.
 */
const MOST_KECCAKS = 1.2;
/** The one that misses the 10 million by a third, at a price that is Ethereum's: two pairings with their checks for 50,000 gas. */
const MOST_KECCAKS_KZG = 1.8;
/** Counts of the many-point ones that a sample measures: of each kind the shortest and the longest input. */
const SAMPLE = /^[^,]*$|, (1|64|100|133|200|240)$/;

describe("speed of host precompiles", function () {
  this.timeout(600_000);

  it("is above what plain JavaScript gives, for each by its dearest inputs", async () => {
    const cases = dearCases().filter(({ name }) => SAMPLE.test(name));
    expect(new Set(cases.map(({ address }) => address)).size).to.equal(13);
    for (const { name, address, inReference, gasASecond } of await measure(cases, 200_000)) {
      const most = address === 0x0a ? MOST_KECCAKS_KZG : MOST_KECCAKS;
      expect(inReference, `${name}: ${(gasASecond / 1e6).toFixed(1)} million gas a second`).to.be.below(most);
    }
  });
});
