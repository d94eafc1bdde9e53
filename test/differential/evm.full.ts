import { expect } from "chai";
import { Comparer } from "./support/compare";

const SEED = Number(process.env.SOLVENT_SEED ?? 1_000_000);
const CASES = 10_000;

describe("engine against @ethereumjs/vm, at length", () => {
  it(`agrees on ${CASES} states with random programs and transactions`, async function () {
    this.timeout(3_600_000);
    const comparer = await Comparer.create();
    const seen = await comparer.run(SEED, (cases) => cases === CASES);
    console.log(
      `      seed ${SEED}: ${seen.transactions} transactions, ${seen.refused} refused, ${seen.failed} failed`,
    );
    expect(seen.difference).to.equal(null);
  });
});
