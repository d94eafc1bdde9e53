import { readFileSync } from "node:fs";
import { expect } from "chai";
import { GAMES, parseDeploymentConfig, type DeploymentConfig } from "../../deployment";
import { withTable } from "../../deployment/economics";
import {
  claimBonds,
  defaultGames,
  gameEconomics,
  gameEconomicsLines,
  WRITTEN_GAMES,
} from "../../deployment/gameEconomics";
import { REFUNDED_GWEI } from "../../deployment/tournament";

type GameInput = Parameters<typeof parseDeploymentConfig>[0];

const ACCOUNT = "0x0000000000000000000000000000000000000001";
const game = (input: object): DeploymentConfig["game"] =>
  parseDeploymentConfig({ sequencer: ACCOUNT, feeRecipient: ACCOUNT, game: input } as GameInput).game;

/** What defending costs under each game, by its rules and the pinned gas. */
describe("Economics of the three games", () => {
  it("publishes the table in docs/threat-model.md as the snapshots say", () => {
    const { file, mark, table } = WRITTEN_GAMES;
    const text = readFileSync(file, "utf8");
    expect(text, "write it anew: npx tsx scripts/economics.ts --write").to.equal(withTable(text, mark, table));
  });

  it("has a column for each game there is", () => {
    expect(defaultGames().map(({ type }) => type)).to.deep.equal(GAMES);
    expect(new Set(gameEconomicsLines().map((line) => line.split("|").length))).to.deep.equal(
      new Set([GAMES.length + 3]),
    );
  });

  it("asks of claims the bonds of every other depth for each lie, whichever side asserted", () => {
    const claims = game({ type: "claims", heights: [1, 17, 17], bond: 100n, bondGrowth: 2n * 10n ** 18n });
    // Depths 0 to 36, each bond twice the one before: the side of the deepest pays 100 (2^0 + 2^2 + ... + 2^36).
    const { answerWei, furtherWei, ratio } = gameEconomics(claims);
    expect(answerWei).to.equal((100n * (4n ** 19n - 1n)) / 3n);
    expect(furtherWei).to.equal(answerWei);
    expect(ratio).to.equal(0.49);
    const bonds = claimBonds(claims as Extract<typeof claims, { type: "claims" }>);
    expect([bonds.length, bonds[36]]).to.deep.equal([37, 100n * 2n ** 36n]);
  });

  it("has so much standing as assertions are made in one clock, where a stake does not move", () => {
    const inputs = { challengePeriod: 604_800, responseTime: 60 };
    const steady = (type: string, seconds: number): bigint =>
      gameEconomics(game({ type, ...inputs }), seconds).steadyWei;
    const [edges, claims, tournament] = defaultGames();
    expect(steady("claims", 604_800)).to.equal((claims as { bond: bigint }).bond);
    expect(steady("claims", 604_799)).to.equal(2n * (claims as { bond: bigint }).bond);
    expect(steady("tournament", 302_400)).to.equal(2n * (tournament as { bonds: bigint[] }).bonds[0]);
    for (const seconds of [60, 604_800])
      expect(steady("edges", seconds)).to.equal((edges as { stakes: bigint[] }).stakes[0]);
  });

  it("costs more gas, and takes no less time, with each height", () => {
    for (const { type } of defaultGames())
      for (const level of [0, 1, 2]) {
        // An odd height first: of a match's answers the side that makes more is meant.
        const heights = [15, 17, 17];
        const [low, high] = [0, 1].map((more) =>
          gameEconomics(
            game({ type, heights: heights.map((height, at) => (at === level ? height + more * 2 : height)) }),
          ),
        );
        expect(high.gas, `${type}, level ${level}`).to.be.above(low.gas);
        expect(high.answerWei >= low.answerWei, `${type}, level ${level}`).to.equal(true);
        expect(high.confirmedMostSeconds, `${type}, level ${level}`).to.be.least(low.confirmedMostSeconds);
        expect(low.confirmedMostSeconds).to.be.above(low.confirmedSeconds);
      }
  });

  it("breaks even where a lie's bond pays its answer, and in a tournament not above what refunds pay", () => {
    const [, claims, tournament] = defaultGames();
    const half = { ...claims, bond: (claims as { bond: bigint }).bond / 2n } as typeof claims;
    const [whole, less] = [claims, half].map((one) => gameEconomics(one).breakEvenGwei);
    expect(whole / less).to.be.closeTo(2, 0.001);
    const { breakEvenGwei } = gameEconomics(tournament);
    expect(breakEvenGwei).to.be.above(0).and.to.be.most(REFUNDED_GWEI);
  });
});
