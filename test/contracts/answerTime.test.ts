import { expect } from "chai";
import { LIES_AT_ONCE, answerSeconds, leastResponseTime, tooSlow } from "../../deployment/answerTime";
import { defaultGame, economics, defaultInput } from "../../deployment/economics";
import { explain } from "../../deployment/explain";
import { parseDeploymentConfig } from "../../deployment";

const ANYONE = "0x0000000000000000000000000000000000000001";
const warnings = (responseTime: number, isDevnet = false): string[] => {
  const game = { responseTime, challengePeriod: 1_209_600 };
  return explain(parseDeploymentConfig({ sequencer: ANYONE, feeRecipient: ANYONE, isDevnet, game })).warnings;
};
const named = (text: string): boolean => text.startsWith("game.responseTime");

describe("Response time", () => {
  const game = defaultGame();

  it("N1 leaves room for ten lies about the worst blocks by default, on a machine half as fast and with one worker", () => {
    expect(economics(defaultInput()).leastResponseSeconds).to.equal(leastResponseTime(game));
    expect(Number(game.responseTime)).to.be.at.least(leastResponseTime(game));
  });

  it("N1 warns of one that is too short for them, exactly below the least", () => {
    const least = leastResponseTime(game);
    expect(warnings(least).filter(named)).to.deep.equal([]);
    expect(warnings(least - 1).filter(named)).to.have.length(1);
    expect(warnings(1, true).filter(named), "a devnet's blocks are its own").to.deep.equal([]);
  });

  it("N1 grows with each height of a block's levels, and falls with workers", () => {
    const [h0, h1, h2] = game.heights;
    const tall: (typeof game.heights)[] = [
      [h0, h1 + 1n, h2],
      [h0, h1, h2 + 1n],
    ];
    for (const heights of tall) expect(answerSeconds({ heights })).to.be.above(answerSeconds(game));
    expect(leastResponseTime(game, 2, 4)).to.be.below(leastResponseTime(game, 2, 1));
    expect(leastResponseTime(game, 2, LIES_AT_ONCE)).to.be.above(answerSeconds(game));
  });

  it("N1 says of a machine that is too slow what it would take, and nothing of one that is not", () => {
    expect(tooSlow(game, { slower: 1, workers: 1 })).to.equal(null);
    const least = leastResponseTime(game, 1_000, 1);
    expect(tooSlow(game, { slower: 1_000, workers: 1 }))
      .to.contain(`${least} s`)
      .and.to.contain(`${game.responseTime} s`);
    expect(tooSlow(game, { slower: 1_000, workers: 16_000 })).to.equal(null);
  });
});
