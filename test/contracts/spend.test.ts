import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { expect } from "chai";
import { DEFAULT_OPTIONS } from "../../devnet/devnet";
import {
  ASSUMED_GAS_PRICE_GWEI,
  WRITTEN,
  assertionParts,
  defaultGame,
  honestSide,
  levelRows,
  spendRows,
  totalOf,
  withTable,
} from "../../deployment/spend";

/** What an honest party pays and a liar loses: published figures against the pinned gas of test/snapshots. */
describe("Stakes and spending", () => {
  /** Levels whose half stake does not pay the answer below it. */
  const tooCheap = (game: ReturnType<typeof defaultGame>): number[] =>
    levelRows(game)
      .filter(({ breakEvenGwei }) => breakEvenGwei < ASSUMED_GAS_PRICE_GWEI)
      .map(({ level }) => level);

  it("V26 burns with each stake at least what the answer below it costs in measured gas, by default and on the devnet", () => {
    const game = defaultGame();
    const [h0, h1, h2] = DEFAULT_OPTIONS.heights.map(BigInt);
    expect(tooCheap(game)).to.deep.equal([]);
    expect(tooCheap({ ...game, heights: [h0, h1, h2] })).to.deep.equal([]);
  });

  it("V26 finds a stake that is too small for its answer, at each level", () => {
    const game = defaultGame();
    for (const { level, gas } of levelRows(game)) {
      const stakes = [...game.stakes] as typeof game.stakes;
      stakes[level] = 2n * BigInt(gas) * BigInt(ASSUMED_GAS_PRICE_GWEI) * 10n ** 9n;
      expect(tooCheap({ ...game, stakes }), `level ${level}, just enough`).to.deep.equal([]);
      stakes[level] -= 10n ** 17n / 1000n;
      expect(tooCheap({ ...game, stakes }), `level ${level}`).to.deep.equal([level]);
    }
  });

  for (const { file, mark, table } of WRITTEN)
    it(`V27 publishes "${mark}" in ${relative(process.cwd(), file)} as the snapshots say`, () => {
      const text = readFileSync(file, "utf8");
      expect(text, "write it anew: npx tsx scripts/spend.ts").to.equal(withTable(text, mark, table));
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

  it("states parts of an assertion that add up to the pinned whole, under 300,000", () => {
    const pins = JSON.parse(readFileSync("test/snapshots/gas.game.json", "utf8")) as Record<string, number>;
    const sum = assertionParts().reduce((all, [, gas]) => all + gas, 0);
    expect(sum).to.be.closeTo(pins["queue: assert, the first child"], 500).and.below(300_000);
  });
});
