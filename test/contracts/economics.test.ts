import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "chai";
import { DEVNET_STAKES } from "../../devnet/contracts";
import { DEFAULT_OPTIONS } from "../../devnet/devnet";
import {
  DEAREST_GAS_PRICE_GWEI,
  STAKE_RATIO,
  WRITTEN,
  assertionParts,
  assertionsFor,
  defaultGame,
  defaultInput,
  economics,
  economicsLines,
  honestSide,
  levelRows,
  spendRows,
  stakesByRule,
  totalOf,
  withTable,
} from "../../deployment/economics";

/** What an honest party pays and a liar loses: published figures against the pinned gas of test/snapshots. */
describe("Stakes and spending", () => {
  /** Levels whose half stake does not pay the answer below it. */
  const tooCheap = (game: ReturnType<typeof defaultGame>, gasPriceGwei = DEAREST_GAS_PRICE_GWEI): number[] =>
    levelRows(game)
      .filter(({ breakEvenGwei }) => breakEvenGwei < gasPriceGwei)
      .map(({ level }) => level);

  it("V26 burns with each stake at least what the answer below it costs in measured gas, by default and on the devnet", () => {
    const game = defaultGame();
    const [h0, h1, h2] = DEFAULT_OPTIONS.heights.map(BigInt);
    expect(tooCheap(game)).to.deep.equal([]);
    expect(tooCheap({ ...game, heights: [h0, h1, h2], stakes: [...DEVNET_STAKES] }, 10)).to.deep.equal([]);
  });

  it("V26 finds a stake that is too small for its answer, at each level", () => {
    const game = defaultGame();
    for (const { level, gas } of levelRows(game)) {
      const stakes = [...game.stakes] as typeof game.stakes;
      stakes[level] = 2n * BigInt(gas) * BigInt(DEAREST_GAS_PRICE_GWEI) * 10n ** 9n;
      expect(tooCheap({ ...game, stakes }), `level ${level}, just enough`).to.deep.equal([]);
      stakes[level] -= 10n ** 18n / 1000n;
      expect(tooCheap({ ...game, stakes }), `level ${level}`).to.deep.equal([level]);
    }
  });

  for (const { file, mark, table } of WRITTEN)
    it(`V27 publishes "${mark}" in ${relative(process.cwd(), file)} as the snapshots say`, () => {
      const text = readFileSync(file, "utf8");
      expect(text, "write it anew: npx tsx scripts/economics.ts --write").to.equal(withTable(text, mark, table));
    });

  it("V27 publishes a worst case that no measured dispute exceeds, and that grows with each height", () => {
    const game = defaultGame();
    const worst = totalOf(spendRows(game));
    expect(honestSide()).to.be.below(worst);
    for (const level of [0, 1, 2]) {
      const heights = [...game.heights] as typeof game.heights;
      heights[level]++;
      expect(totalOf(spendRows({ ...game, heights })), `level ${level}`).to.be.above(worst);
    }
  });

  describe("economics of a configuration", () => {
    it("E1 has default stakes no less than the rule asks, each ten times the next", () => {
      const game = defaultGame();
      const least = stakesByRule(game, DEAREST_GAS_PRICE_GWEI);
      for (const level of [0, 1, 2]) expect(game.stakes[level] >= least[level], `level ${level}`).to.equal(true);
      expect([game.stakes[0] / game.stakes[1], game.stakes[1] / game.stakes[2]]).to.deep.equal([
        STAKE_RATIO,
        STAKE_RATIO,
      ]);
      expect(economics(defaultInput()).ratios).to.deep.equal([10, 10]);
    });

    it("B2 asks of a proposer at most two stakes, and says what it would be if stakes did not move", () => {
      const input = defaultInput();
      const { steadyMostWei, unmovedWei, keepsUp } = economics(input);
      expect(steadyMostWei).to.equal(2n * input.game.stakes[0]);
      expect(unmovedWei).to.equal(168n * input.game.stakes[0]);
      expect(keepsUp).to.equal(true);
      const low: typeof input.game.heights = [10n, 20n, 20n];
      expect(economics({ ...input, game: { ...input.game, heights: low } }).keepsUp).to.equal(false);
    });

    it("B2 covers the batch of 49,152 blocks by two assertions, where heights of 10 took 49", () => {
      expect([assertionsFor(49_152, 16), assertionsFor(49_152, 10)]).to.deep.equal([2, 49]);
      expect([assertionsFor(1, 16), assertionsFor(65_536, 16), assertionsFor(65_537, 16)]).to.deep.equal([2, 2, 3]);
    });

    it("I5 counts the next fork's gas dearer for every level", () => {
      const { osaka, glamsterdam } = economics(defaultInput()).breakEvenGwei;
      for (const level of [0, 1, 2]) expect(glamsterdam[level]).to.be.below(osaka[level]);
    });

    it("E1 prints ratio, capital, prices, escrow, delay and the withdrawal bound of any configuration", () => {
      const game = { ...defaultGame(), stakes: [4n, 2n, 1n].map((n) => n * 10n ** 18n) as [bigint, bigint, bigint] };
      const text = economicsLines({ ...defaultInput(), game, waitingBlocks: 200_000 }).join("\n");
      for (const part of [
        "2 / 2",
        "4 ether, at most 8",
        "672 ether",
        "guards | 2 ether",
        "168.0 / 336.0",
        "200,000 waiting blocks | 5",
      ])
        expect(text).to.include(part);
    });
  });

  it("states parts of an assertion that add up to the pinned whole, under 300,000", () => {
    const pins = JSON.parse(readFileSync("test/snapshots/gas.game.json", "utf8")) as Record<string, number>;
    const sum = assertionParts().reduce((all, [, gas]) => all + gas, 0);
    expect(sum).to.be.closeTo(pins["queue: assert, the first child"], 500).and.below(300_000);
  });
});
