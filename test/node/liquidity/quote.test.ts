import { expect } from "chai";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { CLAIM_GAS, marginOf, priceOf } from "../../../liquidity/quote";

const ETHER = 10n ** 18n;
const YEAR = 365n * 86_400n;
const FREE = { waitSeconds: 0n, yearlyRate: 0n, dropRisk: 0n, gasPrice: 0n };

describe("A maker's price", () => {
  it("is the whole value where nothing is waited for, risked or paid", () => {
    expect(priceOf(3n * ETHER, FREE)).to.equal(3n * ETHER);
  });

  it("is that of the table in docs/spec/14-fast-exit.md: 3 ether, seven days, 10 % a year, 10 gwei", () => {
    const risk = { waitSeconds: 604_800n, yearlyRate: 1_000n, dropRisk: 100n, gasPrice: 10n ** 10n };
    // 3 * 0.9999 * (1 - 0.1 * 7 / 365) - 582,000 gas at 10 gwei, computed by hand.
    expect(Number(priceOf(3n * ETHER, risk)) / 1e18).to.be.closeTo(2.988127, 1e-6);
  });

  it("is nothing, and never negative, where a year's rate or the gas eats all", () => {
    expect(priceOf(ETHER, { ...FREE, yearlyRate: 10_000n, waitSeconds: YEAR })).to.equal(0n);
    expect(priceOf(ETHER, { ...FREE, yearlyRate: 10_000n, waitSeconds: YEAR - 1n })).to.equal(ETHER / YEAR);
    expect(priceOf(ETHER, { ...FREE, dropRisk: 1_000_000n })).to.equal(0n);
    const gas = Object.values(CLAIM_GAS).reduce((sum, one) => sum + one, 0n);
    expect(priceOf(gas, { ...FREE, gasPrice: 1n })).to.equal(0n);
    expect(priceOf(gas + 1n, { ...FREE, gasPrice: 1n })).to.equal(1n);
  });

  it("never rises with wait, rate, risk or gas, and never passes the value", () => {
    const small = fc.bigInt(0n, 10_000n);
    const risk = fc.record({
      waitSeconds: fc.bigInt(0n, 2n * YEAR),
      yearlyRate: small,
      dropRisk: small,
      gasPrice: small,
    });
    const property = fc.property(
      fc.bigInt(0n, 10n ** 20n),
      risk,
      fc.constantFrom(...(Object.keys(FREE) as (keyof typeof FREE)[])),
      (value, one, key) => {
        const price = priceOf(value, one);
        return price <= value && priceOf(value, { ...one, [key]: one[key] + 100n }) <= price;
      },
    );
    fc.assert(property, { seed: 14 });
  });

  it("leaves a margin of value less price less the gas of a claim's life, which may be a loss", () => {
    const gas = Object.values(CLAIM_GAS).reduce((sum, one) => sum + one, 0n);
    expect(marginOf(10n * gas, 3n * gas, 2n)).to.equal(5n * gas);
    expect(marginOf(gas, 0n, 2n)).to.equal(-gas);
  });

  it("counts at least the gas that is pinned", () => {
    const file = join(__dirname, "..", "..", "snapshots", "gas.bridge.json");
    const pins = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
    const names = {
      buy: ["exit market: buy with ether"],
      prove: ["portal: prove with 100,000 withdrawals in the trie"],
      finalize: [
        "portal: finalize against a real queue",
        "braked portal: finalize what fits",
        "braked portal: finalize what was held",
      ],
      collect: ["exit market: collect ether"],
    };
    for (const [part, gas] of Object.entries(CLAIM_GAS))
      for (const name of names[part as keyof typeof names]) expect(Number(gas), name).to.be.at.least(pins[name]);
  });
});
