import { expect } from "chai";
import { isOpening } from "../../../node/kzg/kzg";
import { dearCases, measure } from "../../bench/precompiles/measure";
import { rightOpening } from "./inputs";

/**
 * Keccaks of 136 bytes that 10 gas may take. On the machine of docs/benchmarks.md about two thirds of one are 10 million gas a second;
 * most precompiles take a third, plain JavaScript takes 2 to 7.
 */
const MOST_KECCAKS = 1.2;
/** Point evaluation where no native library is installed: two pairings with their checks for 50,000 gas, a price that is Ethereum's. */
const MOST_KECCAKS_KZG = 1.8;
/** With it. */
const MOST_KECCAKS_NATIVE_KZG = 0.8;
/** Counts of the many-point ones that a sample measures: of each kind the shortest and the longest input. */
const SAMPLE = /^[^,]*$|, (1|64|100|133|200|240)$/;

describe("speed of host precompiles", function () {
  this.timeout(600_000);

  it("is above what plain JavaScript gives, for each by its dearest inputs", async () => {
    const cases = dearCases().filter(({ name }) => SAMPLE.test(name));
    expect(new Set(cases.map(({ address }) => address)).size).to.equal(13);
    const [z, y, commitment, proof] = [32, 64, 96, 144, 192].map((to, i, ends) =>
      rightOpening().slice(to, ends[i + 1]),
    );
    const mostForKzg = isOpening(commitment, z, y, proof) === null ? MOST_KECCAKS_KZG : MOST_KECCAKS_NATIVE_KZG;
    for (const { name, address, inReference, gasASecond } of await measure(cases, 200_000)) {
      const most = address === 0x0a ? mostForKzg : MOST_KECCAKS;
      expect(inReference, `${name}: ${(gasASecond / 1e6).toFixed(1)} million gas a second`).to.be.below(most);
    }
  });
});
