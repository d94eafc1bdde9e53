import { expect } from "chai";
import { Comparer } from "./support/compare";

/** SOLVENT_SEED starts elsewhere; a failure names the seed of its case. */
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
/** States with up to six transactions each. */
const CASES = 250;

describe("engine against @ethereumjs/vm", () => {
  it("agrees on random programs and transactions of all types: validity, gas, logs, returned data, state root", async function () {
    this.timeout(600_000);
    const comparer = await Comparer.create();
    const { difference, ...seen } = await comparer.run(SEED, (cases) => cases === CASES);
    console.log(
      `      seed ${SEED}: ${seen.cases} states, ${seen.transactions} transactions, ${seen.refused} of them refused, ${seen.failed} failed; ${seen.logs} logs`,
    );
    expect(difference).to.equal(null);
    expect(seen.transactions).to.be.at.least(750);
  });
});
