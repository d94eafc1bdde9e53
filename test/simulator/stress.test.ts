import { expect } from "chai";
import { promiseOf } from "../../challenger/promise";
import { defaultGame } from "../../deployment/economics";
import { playStress, type StressSetup } from "../../simulator/lab/stress";
import { stressReport } from "../../simulator/lab/stressReport";
import { seedOfRun } from "../../simulator/random";

const SMALL = { ...defaultGame(), heights: [6n, 5n, 4n] as [bigint, bigint, bigint] };

describe("stress: one wallet at the promised reserve against many liars", function () {
  this.timeout(600_000);
  const seed = seedOfRun();

  it("V27 C2 E1 wins without a loss at the reserve; with one wei less per liar it is at most late, and says so", () => {
    console.log(`      SOLVENT_SEED=${seed}`);
    const { broken, lines, results } = stressReport(seed, 40, promiseOf(SMALL));
    expect(broken, lines.join("\n")).to.deep.equal([]);
    expect(results.promised.rivals, "stakes in the game").to.be.above(41);
    expect(results.promised.shortAt).to.equal(Infinity);
    expect(results.tight.shortAt).to.be.below(results.promised.confirmedSeconds);
    expect(results.oneLess.leastSpare).to.equal(results.promised.leastSpare - 40);
  });

  it("V27 the same liars beat a wallet that has its own stake and nothing for answers", () => {
    const { heights, stakes } = SMALL;
    const setup: StressSetup = {
      parameters: {
        ...{ heights: heights.map(Number), stakes: stakes.map((stake) => Number(stake / 10n ** 9n)) },
        ...{ challengePeriodSeconds: Number(SMALL.challengePeriod), airGapSeconds: 0 },
      },
      ...{ answerSeconds: 3_600, liars: 10, seed, weiPerGas: 100, lieGas: 10_000_000 },
    };
    const alone = playStress(setup, setup.parameters.stakes[0] + 1e8);
    expect([alone.isTruthConfirmed, alone.shortAt < Infinity]).to.deep.equal([false, true]);
  });

  if (process.env.SOLVENT_FULL === "1")
    it("V27 C2 E1 holds for 200 liars at the default heights", () => {
      const { broken, lines } = stressReport(seed, 200, promiseOf());
      for (const line of lines) console.log(`      ${line}`);
      expect(broken).to.deep.equal([]);
    });
});
