import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { ZeroAddress, toBeHex, type Contract, type Signer } from "ethers";
import { expectPinned } from "../support/snapshot";
import { waitOut } from "./support/assertions";
import { assertBooks, deploySolvency, evidenceOf, type AssertedState, type SolvencySystem } from "./support/solvency";
import { ETHER } from "./support/system";
import type { Hex } from "../../protocol/types";

const FILE = "gas.solvency";
const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 40 : 4;
const STEPS = IS_FULL ? 120 : 40;
const FULL = 10n ** 18n;
const LTV = (FULL * 75n) / 100n;
const LIQUIDATION = (FULL * 80n) / 100n;
const BONUS = FULL / 20n;
const RISE = FULL / 10n;
const MAX_AGE = 30n * 86_400n;
/** In units of `price`, which has 18 decimals: a unit of collateral is worth two of the loan. */
const PRICE = 2n * FULL;

interface Bench {
  system: SolvencySystem;
  /** Stands on L1 for what L2's books say. */
  collateral: Contract;
  loan: Contract;
  price: Contract;
  feed: Contract;
  market: Contract;
  /** The same terms without feed, proof and health. */
  blind: Contract;
  lender: Signer;
  borrower: Signer;
  liquidator: Signer;
}

let bench: Bench;

async function deployMarkets(): Promise<Bench> {
  const system = await deploySolvency("OrdinaryToken", "market");
  const deploy = async (name: string, ...args: unknown[]) =>
    (await hre.ethers.deployContract(name, args)) as unknown as Contract;
  const asset = system.token.target as string;
  const [collateral, loan] = [await deploy("OrdinaryToken"), await deploy("OrdinaryToken")];
  const [price, always] = [await deploy("FixedFeed", PRICE), await deploy("FixedFeed", FULL)];
  const feed = await deploy("BackingFeed", system.oracle.target, asset);
  const proof = await deploy("SolvencyProof", system.oracle.target, asset, price.target, 0);
  const terms = {
    ...{ collateral: collateral.target, loan: loan.target, price: price.target, asset },
    ...{
      maxAge: MAX_AGE,
      ltv: LTV,
      liquidationLtv: LIQUIDATION,
      bonus: BONUS,
      riseAnHour: RISE,
      rateAYear: FULL / 10n,
    },
  };
  const follows = { ...terms, backing: feed.target, proof: proof.target, health: system.oracle.target };
  const market = await deploy("DynamicCollateral", follows);
  const blind = await deploy("DynamicCollateral", {
    ...terms,
    ...{ backing: always.target, proof: ZeroAddress, health: ZeroAddress },
  });
  const [lender, borrower, liquidator] = (await hre.ethers.getSigners()).slice(5);
  for (const signer of [lender, borrower, liquidator])
    for (const token of [collateral, loan]) {
      await (await token.mint(signer.address, 1_000_000_000)).wait();
      for (const one of [market, blind])
        await (await token.connect(signer).getFunction("approve")(one.target, 2n ** 255n)).wait();
    }
  for (const one of [market, blind]) await (await by(lender, one, "supply")(1_000_000)).wait();
  return { system, collateral, loan, price, feed, market, blind, lender, borrower, liquidator };
}

function by(signer: Signer, contract: Contract, name: string) {
  return contract.connect(signer).getFunction(name);
}

async function prove(asserted: AssertedState): Promise<void> {
  const { oracle, token } = bench.system;
  await (await oracle.prove(token.target, evidenceOf(asserted, token.target as string))).wait();
}

/** The truth after the first deposit, confirmed and proven, and the terms as high as they go. */
async function settle(): Promise<AssertedState> {
  const truth = await assertBooks(bench.system, bench.system.user, { number: 1, credited: 1000n });
  await truth.confirm();
  await prove(truth);
  await (await bench.market.sync()).wait();
  await time.increase(8 * 3600);
  expect(await bench.market.currentLtv()).to.equal(LTV);
  return truth;
}

/** What lenders could take if all loans were paid back, against what they are told. */
async function expectBalanced(market: Contract): Promise<void> {
  const held = (await bench.loan.balanceOf(market.target)) as bigint;
  const [debt, supplied] = [await market.totalDebt(), await market.totalSupplied()];
  // Rationale: no unit is promised twice. Rounding leaves it in the market.
  expect(held + debt >= supplied, `${held} held, ${debt} lent, ${supplied} promised`).to.equal(true);
}

describe("Dynamic collateral", () => {
  beforeEach(async () => {
    bench = await loadFixture(deployMarkets);
  });
  afterEach(async () => {
    await expectBalanced(bench.market);
    await expectBalanced(bench.blind);
  });

  it("lends nothing before anything is proven, and then more with every hour", async () => {
    const { market, borrower } = bench;
    await (await by(borrower, market, "post")(1000)).wait();
    expect(await market.targetLtv()).to.equal(0);
    await expect(by(borrower, market, "borrow")(1))
      .to.be.revertedWithCustomError(market, "TooMuchDebt")
      .withArgs(1, 0);
    const truth = await assertBooks(bench.system, bench.system.user, { number: 1, credited: 1000n });
    await truth.confirm();
    await prove(truth);
    await (await market.sync()).wait();
    const start = await market.currentLtv();
    await time.increase(3600);
    expect(await market.currentLtv()).to.be.closeTo(start + RISE, 10n ** 14n);
    await time.increase(86_400);
    expect(await market.currentLtv()).to.equal(LTV);
    // A unit is worth two.
    await expect(by(borrower, market, "borrow")(1501)).to.be.revertedWithCustomError(market, "TooMuchDebt");
    await (await by(borrower, market, "borrow")(1500)).wait();
    await expect(by(borrower, market, "release")(1)).to.be.revertedWithCustomError(market, "TooMuchDebt");
    await (await by(borrower, market, "repay")(borrower, 2000)).wait();
    expect(await market.debtOf(borrower)).to.equal(0);
    await (await by(borrower, market, "release")(1000)).wait();
    await expect(by(borrower, market, "release")(1)).to.be.revertedWithCustomError(market, "TooMuch");
  });

  it("falls in the same second that backing does, rises slowly again, and lends less on old news", async () => {
    const { market, system } = bench;
    await settle();
    // L1 loses tokens: no proof is needed to see it.
    await hre.network.provider.send("hardhat_impersonateAccount", [system.tokenBridge.target]);
    await hre.network.provider.send("hardhat_setBalance", [system.tokenBridge.target, toBeHex(ETHER)]);
    const thief = await hre.ethers.getSigner(system.tokenBridge.target as string);
    await (await by(thief, system.token, "transfer")(system.user, 10)).wait();
    expect(await market.currentLtv()).to.equal(0);
    expect(await market.getFunction("valueOf")(1000)).to.equal(1980);
    await (await market.sync()).wait();
    await (await by(system.user, system.token, "transfer")(system.tokenBridge.target, 10)).wait();
    expect(await market.targetLtv()).to.equal(LTV);
    expect(await market.currentLtv()).to.be.lessThan(RISE / 100n);
    await time.increase(3600);
    expect(await market.currentLtv()).to.be.closeTo(RISE, RISE / 100n);
    await time.increase(MAX_AGE / 2n);
    const late = await market.currentLtv();
    expect(late > 0n && late < LTV).to.equal(true);
    await time.increase(MAX_AGE / 2n);
    expect(await market.currentLtv()).to.equal(0);
  });

  it("makes no new loan while what was last proven is in dispute, forgotten or not, and goes on after the verdict", async () => {
    const { market, system, borrower } = bench;
    const { oracle, user, other, token } = system;
    const first = await settle();
    await (await by(borrower, market, "post")(1000)).wait();
    await (await by(borrower, market, "borrow")(100)).wait();
    const standing = await assertBooks(system, user, { number: 2, credited: 1500n }, { on: first });
    await prove(standing);
    expect(await market.currentLtv()).to.equal(0);
    // A liar holds the bad news up; the record does not count any more, its dispute does.
    const lie = await assertBooks(system, other, { number: 3, credited: 1000n }, { on: first });
    expect((await oracle.backing(token.target)).ratio).to.equal(FULL);
    expect(await oracle.isContested(token.target)).to.equal(true);
    await expect(by(borrower, market, "borrow")(1)).to.be.revertedWithCustomError(market, "TooMuchDebt");
    await expect(oracle.drop(token.target)).to.emit(oracle, "DisputeNoted").withArgs(token.target, standing.id);
    expect((await oracle.health(token.target)).isRivalled).to.equal(false);
    expect(await oracle.isContested(token.target)).to.equal(true);
    expect(await market.currentLtv()).to.equal(0);
    await expect(by(borrower, market, "borrow")(1)).to.be.revertedWithCustomError(market, "TooMuchDebt");
    // Another dispute does not take its place while it is open.
    await (await oracle.noteDispute(token.target, lie.index)).wait();
    expect(await oracle.isContested(token.target)).to.equal(true);
    await expect(oracle.noteDispute(token.target, first.index))
      .to.be.revertedWithCustomError(oracle, "NotDisputed")
      .withArgs(2);
    await (await by(borrower, market, "repay")(borrower, 50)).wait();
  });

  it("stops no repayment and no liquidation: by the last that a silent feed said", async () => {
    const { market, price, borrower, liquidator } = bench;
    await settle();
    await (await by(borrower, market, "post")(1000)).wait();
    await (await by(borrower, market, "borrow")(1500)).wait();
    await expect(by(liquidator, market, "liquidate")(borrower, 100)).to.be.revertedWithCustomError(
      market,
      "NotLiquidatable",
    );
    await (await price.set((PRICE * 9n) / 10n)).wait();
    await (await market.sync()).wait();
    // Price and feed fall silent.
    await (await price.set(0)).wait();
    await hre.network.provider.send("hardhat_setCode", [bench.feed.target, "0x5f5ffd"]);
    expect(await market.currentLtv()).to.equal(0);
    expect(await market.getFunction("valueOf")(1000)).to.equal(1800);
    await (await by(liquidator, market, "liquidate")(borrower, 100)).wait();
    await (await by(borrower, market, "repay")(borrower, 100)).wait();
    const debt = await market.debtOf(borrower);
    expect(debt >= 1300n && debt <= 1302n, `${debt}`).to.equal(true);
    expect(await market.badDebt()).to.equal(0);
  });

  it("liquidates nobody by a lie that stands, and by the same news once they are confirmed", async () => {
    const { market, borrower, liquidator, system } = bench;
    const first = await settle();
    await (await by(borrower, market, "post")(1000)).wait();
    await (await by(borrower, market, "borrow")(1500)).wait();
    const news = await assertBooks(system, system.other, { number: 2, credited: 4000n }, { on: first });
    await prove(news);
    expect((await system.oracle.backing(system.token.target)).ratio).to.equal(FULL / 4n);
    expect(await market.currentLtv()).to.equal(0);
    expect(await market.getFunction("valueOf")(1000)).to.equal(2000);
    const liquidate = by(liquidator, market, "liquidate");
    await expect(liquidate(borrower, 100)).to.be.revertedWithCustomError(market, "NotLiquidatable");
    await news.confirm();
    expect(await market.getFunction("valueOf")(1000)).to.equal(500);
    await expect(liquidate(borrower, 100)).to.emit(market, "Liquidated");
  });

  it("seizes for what is repaid and a bonus, and writes off at once what no collateral is left for", async () => {
    const { market, price, collateral, borrower, liquidator, lender } = bench;
    await settle();
    await (await by(borrower, market, "post")(1000)).wait();
    await (await by(borrower, market, "borrow")(1500)).wait();
    await (await price.set((PRICE * 93n) / 100n)).wait();
    const before = await collateral.balanceOf(liquidator);
    await (await by(liquidator, market, "liquidate")(borrower, 186)).wait();
    // 186 repaid is 100 units of collateral, and 5 on top.
    expect((await collateral.balanceOf(liquidator)) - before).to.equal(105);
    const lent = await market.suppliedBy(lender);
    await (await price.set(PRICE / 2n)).wait();
    await expect(by(liquidator, market, "liquidate")(borrower, 10_000)).to.emit(market, "BadDebt");
    expect(await market.collateralOf(borrower)).to.equal(0);
    expect(await market.debtOf(borrower)).to.equal(0);
    const lost = await market.badDebt();
    expect(lost > 0n).to.equal(true);
    expect(lent - (await market.suppliedBy(lender))).to.be.closeTo(lost, 2n);
    await expect(by(lender, market, "withdraw")(1_000_000)).to.be.revertedWithCustomError(market, "TooMuch");
    await (await by(lender, market, "withdraw")((await market.suppliedBy(lender)) - 1n)).wait();
  });

  it("is made with terms that leave room for the bonus", async () => {
    const factory = await hre.ethers.getContractFactory("DynamicCollateral");
    const good = (await bench.market.market()).toObject() as Record<string, unknown>;
    const silent = await hre.ethers.deployContract("FixedFeed", [0]);
    for (const wrong of [
      { ltv: LIQUIDATION },
      { liquidationLtv: FULL - FULL / 50n },
      { maxAge: 0 },
      { price: silent.target },
    ])
      await expect(factory.deploy({ ...good, ...wrong } as never)).to.be.revertedWithCustomError(factory, "WrongTerms");
  });

  it("V80 the Kelp case: with the feed the market loses nothing, without it what was lent is gone", async () => {
    const { market, blind, collateral, system, borrower, lender, price, liquidator } = bench;
    const first = await settle();
    // L2 credits what nobody deposited; the thief brings the tokens to both markets, and asks for as much as there is.
    const minted = await assertBooks(system, system.user, { number: 2, credited: 1_000_000n }, { on: first });
    await prove(minted);
    await (await collateral.mint(borrower, 1_000_000)).wait();
    const taken: bigint[] = [];
    for (const one of [market, blind]) {
      await (await by(borrower, one, "post")(700_000)).wait();
      const most = 1_000_000;
      const sent = await by(
        borrower,
        one,
        "borrow",
      )(most).then(
        async (tx: { wait(): Promise<unknown> }) => tx.wait().then(() => BigInt(most)),
        (error: unknown) => {
          expect(String(error)).to.contain("TooMuchDebt");
          return 0n;
        },
      );
      taken.push(sent);
    }
    // The news reaches the price of both: a thousandth of the tokens is backed.
    await (await price.set(PRICE / 1000n)).wait();
    await (await by(liquidator, blind, "liquidate")(borrower, 2n ** 100n)).wait();
    const [safe, lost] = [await market.badDebt(), await blind.badDebt()];
    console.log(
      `        with the feed ${safe} lost of 1000000 lent, without it ${lost}; the thief took ${taken.join(" and ")}`,
    );
    expect(taken).to.deep.equal([0n, 1_000_000n]);
    expect(safe).to.equal(0);
    expect(lost > 990_000n).to.equal(true);
    await (await by(lender, market, "withdraw")(1_000_000)).wait();
  });

  it("pins what it costs", async () => {
    const { market, borrower, liquidator, price } = bench;
    await settle();
    const gas = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint }> }>) =>
      Number((await (await sent).wait()).gasUsed);
    await by(borrower, market, "post")(1000);
    expectPinned(FILE, "market: borrow, the first", await gas(by(borrower, market, "borrow")(700)), 500_000);
    expectPinned(FILE, "market: borrow more", await gas(by(borrower, market, "borrow")(700)), 500_000);
    expectPinned(FILE, "market: repay", await gas(by(borrower, market, "repay")(borrower, 100)), 200_000);
    await price.set((PRICE * 8n) / 10n);
    expectPinned(FILE, "market: liquidate", await gas(by(liquidator, market, "liquidate")(borrower, 100)), 500_000);
  });

  it(`keeps lenders whole against liars, thieves and borrowers at random, ${RUNS} x ${STEPS} steps, seed ${SEED}`, async function () {
    this.timeout(IS_FULL ? 3_600_000 : 300_000);
    const number = fc.integer({ min: 0, max: 999 });
    const play = fc.array(fc.tuple(number, number, number), { minLength: STEPS, maxLength: STEPS, size: "max" });
    const total: Record<string, number> = {};
    const property = fc.asyncProperty(play, async (steps) => {
      bench = await loadFixture(deployMarkets);
      const { market, system, borrower, liquidator, lender, loan } = bench;
      const { oracle, user, other, token } = system;
      let last = await settle();
      let block = 1;
      let [credited, isRivalled] = [1000n, false];
      const attempt = async (what: string, call: () => Promise<unknown>): Promise<boolean> => {
        try {
          await ((await call()) as { wait?(): Promise<unknown> } | undefined)?.wait?.();
          total[what] = (total[what] ?? 0) + 1;
          return true;
        } catch (error) {
          if (/revert/.test(String(error))) return false;
          throw error;
        }
      };
      for (const [kind, a, b] of steps) {
        const amount = 1 + a * 10;
        if (kind % 9 === 0) await attempt("posted", () => by(borrower, market, "post")(amount));
        if (kind % 9 === 1) {
          const { ratio } = await oracle.backing(token.target);
          const wasContested = await oracle.isContested(token.target);
          const done = await attempt("borrowed", () => by(borrower, market, "borrow")(amount));
          // Rationale: no loan on what is not backed, or while a verdict is awaited.
          if (done) expect([ratio >= FULL, wasContested]).to.deep.equal([true, false]);
        }
        if (kind % 9 === 2) await attempt("repaid", () => by(borrower, market, "repay")(borrower, amount));
        if (kind % 9 === 3) await attempt("released", () => by(borrower, market, "release")(1 + (a % 50)));
        if (kind % 9 === 4) await time.increase(1 + (a % 4000));
        if (kind % 9 === 5) await attempt("liquidated", () => by(liquidator, market, "liquidate")(borrower, amount));
        if (kind % 9 === 6 && !isRivalled) {
          // The truth goes on; now and then it is that L2 has credited too much.
          if (b % 5 === 0) credited += 1n + BigInt(b % 7);
          const truth = await assertBooks(system, user, { number: ++block, credited }, { on: last });
          if (a % 2 === 0) await attempt("proven early", () => prove(truth));
          await waitOut(system.deployment);
          await truth.confirm();
          await attempt("proven", () => prove(truth));
          last = truth;
        }
        if (kind % 9 === 7 && !isRivalled && b % 4 === 0) {
          // A lie, either way, with its proof; a rival of the truth follows or came before.
          const lie = await assertBooks(
            system,
            other,
            { number: block + 3, credited: b % 8 === 0 ? 1n : 10n ** 9n },
            { on: last },
          );
          await attempt("lie proven", () => prove(lie));
          if (a % 2 === 0) {
            const past = toBeHex(1 + a, 32) as Hex;
            await assertBooks(system, user, { number: block + 1, credited }, { on: last, past });
            isRivalled = true;
            total.rivalled = (total.rivalled ?? 0) + 1;
          } else {
            await attempt("dropped", () => oracle.drop(token.target));
            const truth = await assertBooks(system, user, { number: block + 1, credited }, { on: last });
            isRivalled = truth.id !== lie.id;
          }
        }
        if (kind % 9 === 8)
          await attempt("supplied", () => by(lender, market, a % 2 === 0 ? "supply" : "withdraw")(amount));
        await expectBalanced(market);
        // Rationale: nothing here moves the price by more than the room between loan and liquidation, so nobody is left with bad debt.
        expect(await market.badDebt()).to.equal(0);
        expect((await market.currentLtv()) <= LTV).to.equal(true);
      }
      // Rationale: repayment never stops, and lenders get what they are told.
      await by(borrower, market, "repay")(borrower, 2n ** 60n);
      const due = (await market.suppliedBy(lender)) as bigint;
      const before = (await loan.balanceOf(lender)) as bigint;
      await by(lender, market, "withdraw")(due - 1n);
      expect((await loan.balanceOf(lender)) - before).to.equal(due - 1n);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: !IS_FULL });
    console.log(`        ${JSON.stringify(total)}`);
    for (const what of ["borrowed", "repaid", "lie proven", "proven", "rivalled"])
      expect(total[what] ?? 0, what).to.be.greaterThan(0);
  });
});
