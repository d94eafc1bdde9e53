import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { compileMutant, type SolidityMutant } from "../support/game/solidityMutants";
import { SolvencyPlay, type PlayCode, type PlayStep } from "./support/solvencyPlay";

const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 6 : 1;
const STEPS = IS_FULL ? 100 : 60;
/** What every play must have met, so that it says something. */
const MET = ["lied", "lie proven", "judged", "left", "offered", "bought", "borrowed", "paid", "held"];

/** One rule off, each, and a play that finds it. */
const MUTANTS: readonly (SolidityMutant & { contract: string })[] = [
  {
    name: "a lie that stands makes collateral worth less",
    contract: "DynamicCollateral",
    file: "contracts/solvency/DynamicCollateral.sol",
    from: "return Math.min(confirmed.ratio, ONE);",
    to: "return Math.min(_market.health.backing(_market.asset).ratio, Math.min(confirmed.ratio, ONE));",
  },
  {
    name: "loans go on in a dispute",
    contract: "DynamicCollateral",
    file: "contracts/solvency/DynamicCollateral.sol",
    from: "return isContested;",
    to: "return isContested && false;",
  },
  {
    name: "a lie that has a rival still counts",
    contract: "SolvencyOracle",
    file: "contracts/solvency/SolvencyOracle.sol",
    from: "return (last, next, !queue.isChallenged(assertion, next.place));",
    to: "return (last, next, true);",
  },
  {
    name: "a sale pays half",
    contract: "ExitMarket",
    file: "contracts/liquidity/ExitMarket.sol",
    from: "Address.sendValue(payable(terms.owner), price);",
    to: "Address.sendValue(payable(terms.owner), price / 2);",
  },
];

const number = fc.integer({ min: 0, max: 999 });
const plays = (seed: number): PlayStep[][] =>
  fc.sample(fc.array(fc.tuple(number, number, number), { minLength: STEPS, maxLength: STEPS, size: "max" }), {
    numRuns: RUNS,
    seed,
  });

/** @returns what a play found wrong; null where nothing is. */
async function run(total: Record<string, number>, code: PlayCode = {}): Promise<string | null> {
  for (const steps of plays(SEED)) {
    const before = (await hre.network.provider.send("evm_snapshot", [])) as string;
    const play = await SolvencyPlay.open(code);
    let wrong: string | null = null;
    for (const step of steps) if (wrong === null) wrong = await play.step(step);
    wrong ??= await play.end();
    for (const [what, count] of Object.entries(play.counts)) total[what] = (total[what] ?? 0) + count;
    await hre.network.provider.send("evm_revert", [before]);
    if (wrong !== null) return wrong;
  }
  return null;
}

describe(`Solvency, played by everybody at random, ${RUNS} x ${STEPS} steps, seed ${SEED}`, function () {
  this.timeout(IS_FULL ? 3_600_000 : 300_000);

  it("V80 the feed is never above the truth, no loan goes bad, no seller is worse off, the bucket holds", async () => {
    const total: Record<string, number> = {};
    expect(await run(total), JSON.stringify(total)).to.equal(null);
    console.log(`        ${JSON.stringify(total)}`);
    for (const what of MET) expect(total[what], what).to.be.greaterThan(0);
  });

  // Each is compiled anew.
  for (const { contract, ...mutant } of IS_FULL ? MUTANTS : [])
    it(`kills: ${mutant.name}`, async () => {
      const target = [mutant.file, contract] as const;
      expect(await run({}, { [contract]: compileMutant(mutant, target) })).to.not.equal(null);
    });
});
