import { expect } from "chai";
import { Comparer } from "./support/compare";

/** SOLVENT_SEED starts elsewhere; a failure names the seed of its case. */
const SEED = Number(process.env.SOLVENT_SEED ?? 1);
const BUDGET_MS = 25_000;
const LEAST_TRANSACTIONS = 1000;

describe("engine against @ethereumjs/vm", () => {
  it("agrees on random programs and transactions of all types: validity, gas, logs, returned data, state root", async function () {
    this.timeout(300_000);
    const comparer = await Comparer.create();
    const started = Date.now();
    const seen = await comparer.run(SEED, () => Date.now() - started > BUDGET_MS);
    console.log(
      `      seed ${SEED}: ${seen.cases} states, ${seen.transactions} transactions, ${seen.refused} of them refused, ${seen.failed} failed; ${seen.logs} logs`,
    );
    expect(seen.difference).to.equal(null);
    expect(seen.transactions).to.be.at.least(LEAST_TRANSACTIONS);
  });
});
