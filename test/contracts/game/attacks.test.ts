import { expect } from "chai";
import { ANSWER_SECONDS, playScenario, SCENARIOS } from "../../support/game/smallSuite";

describe("game: attacks on the contracts", () => {
  for (const scenario of SCENARIOS)
    it(`V60 the truth wins by ${scenario.reason} against ${scenario.title}`, async () => {
      expect(await playScenario(scenario)).to.deep.equal([]);
    });

  it("loses with a challenge period shorter than (N + 3) answers, as the constructor must prevent", async () => {
    const answers = 6 * ANSWER_SECONDS;
    const lost = await playScenario({ ...SCENARIOS[0], challengePeriodSeconds: answers - 50 });
    expect(lost).to.include("a false edge of level 0 is confirmed");
  });

  it("is lost below by an honest party that leaves once its assertion is confirmed", async () => {
    const stalling = SCENARIOS.find(({ isStalling }) => isStalling === true)!;
    const lost = await playScenario({ ...stalling, stopsWhenConfirmed: true });
    expect(lost).to.include("a false edge of level 1 is confirmed");
  });
});
