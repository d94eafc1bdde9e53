import { expect } from "chai";
import { LyingSource, type Lie } from "../../challenger/adversary/lyingSource";
import { mintInto } from "../../challenger/adversary/mint";
import type { Challenger } from "../../challenger/challenger";
import { devAccount, ROLES } from "../../devnet/accounts";
import type { PlacedEdge } from "../../node/game";
import { TestSystem, until } from "./support/system";

const ETHER = 10n ** 18n;

describe("e2e: a dispute over the real program", function () {
  this.timeout(300_000);
  const system = new TestSystem();
  let honest: Challenger;

  before(async () => {
    await system.start();
    const to = devAccount(5).address;
    await system.postBatch([[await system.transfer(0, to, ETHER, 0)], [await system.transfer(1, to, 2n * ETHER, 0)]]);
    honest = await system.startChallenger("honest", ROLES.challenger);
  });
  after(() => system.stop());

  it("re-executes the chain and asserts it", async () => {
    await until("two assertions", () => honest.game.replica.assertions.size >= 2);
    expect(honest.core.chain.safe.number).to.equal(2);
  });

  it("beats a liar who minted itself 1,000 ether, by one step on L1", async () => {
    let liar!: LyingSource;
    const started = Date.now();
    await system.startChallenger("liar", ROLES.liar, {
      createSource: (options) => {
        const lie: Lie = {
          run: () => 0,
          forge: (block) => mintInto(options.store, block, devAccount(9).address, 1000n * ETHER),
          step: { at: "seed" },
          seed: 7,
        };
        return (liar = new LyingSource(options, lie));
      },
    });
    const edges = (): PlacedEdge[] => [...honest.game.replica.edges.values()];
    const proven = await until("a step proven", () => edges().find((edge) => edge.status === "proven"), 120);
    console.log(`      verdict after ${((Date.now() - started) / 1000).toFixed(1)} s`);
    expect(proven.at.level).to.equal(2);
    expect(liar.told).to.not.equal(null);
    const outputs = [...honest.game.replica.assertions.values()];
    const lie = outputs.find(
      (assertion) => assertion.outputRoot !== outputs[0].outputRoot && assertion.parent === outputs[0].parent,
    );
    void lie;
  });

  it("confirms the truth and takes the liar's stake", async () => {
    const confirmed = await until(
      "a confirmed assertion and a slashed one",
      () => {
        const edges = [...honest.game.replica.edges.values()].filter(
          (edge) => edge.at.level === 0 && BigInt(edge.staker) !== 0n,
        );
        const slashed = edges.find((edge) => edge.status === "slashed");
        return slashed && edges.find((edge) => edge.mutualId === slashed.mutualId && edge.status === "confirmed");
      },
      200,
    );
    expect(confirmed.staker).to.equal(devAccount(ROLES.challenger).address);
  });
});
