import { expect } from "chai";
import { search } from "./search";
import { BOUND, mutants, SMALL, TALL, TALL_BOUND, teams } from "./teams";

describe("Four quarters: every course of small games, longer", function () {
  this.timeout(1_800_000);

  for (const [name, { lies, ticks }] of Object.entries(teams))
    it(`keeps the lies of ${name} within the bound, ${ticks} answers long`, () => {
      const worst = search({ ground: SMALL, lies, ticks, isRevealing: false });
      console.log(`      ${worst.positions} positions`);
      expect(worst.lie).to.equal(Math.min(BOUND, ticks));
      expect(worst.truth).to.be.at.most(BOUND);
    });

  it("keeps one lie within the bound where the team splits true edges ahead of time", () => {
    const worst = search({ ground: SMALL, lies: teams["one liar"].lies, ticks: BOUND + 2, isRevealing: true });
    console.log(`      ${worst.positions} positions`);
    expect(worst.lie).to.equal(BOUND);
    expect(worst.truth).to.be.at.most(BOUND);
  });

  const tall: [name: string, ticks: number, steps: number[]][] = [
    ["one lie", TALL_BOUND + 2, [1]],
    ["two that part at the last digit", TALL_BOUND, [6, 5]],
  ];
  for (const [name, ticks, steps] of tall)
    it(`keeps ${name} within the bound where quarters have quarters, ${ticks} answers long`, () => {
      const lies = steps.map((step) => ({ run: 6, machine: 1, step, salt: 1 }));
      const worst = search({ ground: TALL, lies, ticks, isRevealing: false });
      console.log(`      ${worst.positions} positions`);
      expect(worst.lie).to.equal(TALL_BOUND);
      expect(worst.truth).to.be.at.most(TALL_BOUND);
    });

  for (const [name, { broken, team }] of Object.entries(mutants).filter(([, { team }]) => !teams[team].isSmall))
    it(`finds the lie that wins under ${name}`, () => {
      const worst = search({ ground: SMALL, lies: teams[team].lies, ticks: BOUND + 1, isRevealing: false, broken });
      expect(worst.lie).to.be.greaterThan(BOUND);
    });
});
