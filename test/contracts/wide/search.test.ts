import { expect } from "chai";
import { search } from "./search";
import { BOUND, mutants, SMALL, teams } from "./teams";

describe("Four quarters: every course of small games", () => {
  for (const [name, lies] of Object.entries(teams).filter(([, { isSmall }]) => isSmall))
    it(`keeps the lies of ${name} within one answer for each digit and stake, and the truth close behind its age`, () => {
      const worst = search({ ground: SMALL, lies: lies.lies, ticks: BOUND, isRevealing: false });
      expect(worst.lie).to.equal(BOUND);
      expect(worst.truth).to.be.at.most(BOUND);
    });

  for (const [name, { broken, team }] of Object.entries(mutants).filter(([, { team }]) => teams[team].isSmall))
    it(`finds the lie that wins under ${name}`, () => {
      const worst = search({ ground: SMALL, lies: teams[team].lies, ticks: BOUND + 1, isRevealing: false, broken });
      expect(worst.lie).to.be.greaterThan(BOUND);
    });
});
