import { expect } from "chai";
import fc from "fast-check";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, type Signer, toBeHex, ZeroAddress, ZeroHash } from "ethers";
import { attempt } from "./support/attempt";
import { createL2Token, expectEtherCovered } from "./support/conservation";
import { deployBothLayers, ETHER, executeMessage, messagesOf, predeploys, type System } from "./support/system";
import { assertNow, completeWithdrawal, withdrawalOf, type Withdrawal } from "./support/withdrawals";
import { expectPinned } from "../support/snapshot";

const FILE = "gas.bridge";
const IS_FULL = process.env.SOLVENT_FULL === "1";
const SEED = Number(process.env.SOLVENT_SEED ?? (IS_FULL ? Date.now() % 2 ** 31 : 1));
const RUNS = IS_FULL ? 60 : 6;
const STEPS = IS_FULL ? 60 : 25;
const WON = 1;
const LOST = 2;
const VALUE = 3n * ETHER;
const PRICE = (VALUE * 99n) / 100n;

interface Terms {
  owner: string;
  asset: string;
  price: bigint;
  deadline: bigint;
  salt: string;
}

/** What differs from a purchase at the terms. */
interface Purchase {
  of?: Terms;
  price?: bigint;
  value?: bigint;
  collected?: bigint;
}

type Sent = Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>;

let system: System;
let market: Contract;
let maker: Signer;
let second: Signer;
let owner: string;
let terms: Terms;

async function deployMarket() {
  const both = await deployBothLayers();
  return { both, market: (await hre.ethers.deployContract("ExitMarket")) as unknown as Contract };
}

const from = (signer: Signer, name: string) => market.connect(signer).getFunction(name);

function buy(by: Signer, { of = terms, price, value, collected = 0n }: Purchase = {}): Sent {
  const named = price ?? of.price;
  const ether = of.asset === ZeroAddress ? (value ?? named) : 0n;
  return from(by, "buy")(of, named, collected, { value: ether }) as Sent;
}

const collect = (of = terms, asset = of.asset, by: Signer = second): Sent => from(by, "collect")(of, asset) as Sent;
const balance = async (account: unknown) => hre.ethers.provider.getBalance(account as string);
const gasOf = async (sent: Sent) => Number((await (await sent).wait())!.gasUsed);
const refusal = (error: string) => [market, error] as const;

async function withdraw(of = terms, value = VALUE): Promise<Withdrawal> {
  const { messagePasser } = await predeploys();
  const start = messagePasser.connect(system.user).getFunction("initiateWithdrawal");
  return withdrawalOf(await (await start(await market.vaultOf(of), 50_000, "0x", { value })).wait());
}

/** A token with an amount of it on L2, the user's, and the withdrawal of half of that to a vault. */
async function withdrawToken(kind: string) {
  const token = (await hre.ethers.deployContract(kind)) as unknown as Contract;
  const signed = (contract: Contract, name: string, by = system.user) => contract.connect(by).getFunction(name);
  for (const account of [system.user, maker]) await (await token.mint(await account.getAddress(), 2000)).wait();
  await (await signed(token, "approve")(system.tokenBridge.target, 2n ** 255n)).wait();
  await (await signed(token, "approve", maker)(market.target, 2n ** 255n)).wait();
  const l2Token = await createL2Token(token);
  const deposited = await signed(system.tokenBridge, "depositToken")(token.target, l2Token.target, owner, 2000);
  await executeMessage(messagesOf(system, await deposited.wait())[0]);
  const of = { ...terms, asset: token.target as string, price: 990n };
  const { l2Bridge } = await predeploys();
  const start = signed(l2Bridge as unknown as Contract, "withdrawToken");
  const withdrawal = await withdrawalOf(await (await start(l2Token.target, await market.vaultOf(of), 1000)).wait());
  return { token, of, withdrawal };
}

describe("Exit market", () => {
  beforeEach(async () => {
    ({ both: system, market } = await loadFixture(deployMarket));
    [maker, second] = (await hre.ethers.getSigners()).slice(5);
    owner = await system.user.getAddress();
    const deadline = BigInt(await time.latest()) + 3600n;
    terms = { owner, asset: ZeroAddress, price: PRICE, deadline, salt: ZeroHash };
  });
  afterEach(() => expectEtherCovered(system));

  it("pays the user at once, before any proof, and whoever holds the claim when the portal has paid", async () => {
    const withdrawal = await withdraw();
    const claim = await market.claimOf(terms);
    await expect(buy(maker)).to.changeEtherBalances([maker, owner], [-PRICE, PRICE]);
    expect(await market.ownerOf(claim)).to.equal(await maker.getAddress());
    await (await from(maker, "transferFrom")(await maker.getAddress(), await second.getAddress(), claim)).wait();
    await completeWithdrawal(system, withdrawal);
    await expect(collect(terms, ZeroAddress, maker)).to.changeEtherBalances([maker, owner, second], [0, 0, VALUE]);
    expect(await market.collected(claim)).to.equal(VALUE);
    await expect(collect()).to.changeEtherBalance(second, 0);
  });

  it("sells once: who comes second keeps the money", async () => {
    await withdraw();
    await (await buy(maker)).wait();
    await expect(buy(second)).to.be.revertedWithCustomError(...refusal("AlreadySold"));
    await expect(from(system.user, "ask")(terms, 1, terms.deadline)).to.be.revertedWithCustomError(
      ...refusal("AlreadySold"),
    );
  });

  it("leaves a user whose maker vanishes where waiting would: paid by the portal, whoever sends the calls", async () => {
    const withdrawal = await withdraw();
    await time.increase(3601);
    await expect(buy(maker)).to.be.revertedWithCustomError(...refusal("AskExpired"));
    await completeWithdrawal(system, withdrawal);
    await expect(collect()).to.changeEtherBalances([owner, second], [VALUE, 0]);
  });

  it("leaves a losing assertion and the new proof to the holder of the claim", async () => {
    const withdrawal = await withdraw();
    const lost = await assertNow(system);
    const prove = system.portal.connect(maker).getFunction("proveWithdrawalTransaction");
    await (await prove(withdrawal, lost.index, lost.proof, lost.storageProof(withdrawal.withdrawalHash))).wait();
    await (await buy(maker)).wait();
    const paid = await balance(owner);
    await (await system.queue.decide(lost.index, LOST)).wait();
    await expect(system.portal.connect(maker).getFunction("finalizeWithdrawalTransaction")(withdrawal)).to.be.reverted;
    await expect(collect()).to.changeEtherBalance(maker, 0);
    const won = await assertNow(system);
    await (await prove(withdrawal, won.index, won.proof, won.storageProof(withdrawal.withdrawalHash))).wait();
    await (await system.queue.decide(won.index, WON)).wait();
    await (await system.portal.connect(maker).getFunction("finalizeWithdrawalTransaction")(withdrawal)).wait();
    await expect(collect()).to.changeEtherBalance(maker, VALUE);
    expect(await balance(owner)).to.equal(paid);
  });

  it("sells no vault that was emptied, and lets no stranger's dust stop a sale", async () => {
    const withdrawal = await withdraw();
    const vault = await market.vaultOf(terms);
    await (await second.sendTransaction({ to: vault, value: 1n })).wait();
    await expect(collect()).to.changeEtherBalance(owner, 1n);
    await expect(buy(maker))
      .to.be.revertedWithCustomError(...refusal("AlreadyCollected"))
      .withArgs(1, 0);
    await completeWithdrawal(system, withdrawal);
    const before = await hre.ethers.provider.send("evm_snapshot", []);
    await (await collect()).wait();
    await expect(buy(maker, { collected: 1n })).to.be.revertedWithCustomError(...refusal("AlreadyCollected"));
    await hre.ethers.provider.send("evm_revert", [before]);
    await (await buy(maker, { collected: 1n })).wait();
    await expect(collect()).to.changeEtherBalances([maker, owner], [VALUE, 0]);
  });

  it("lets the owner alone set another price, and no buyer pay one that he did not name", async () => {
    await withdraw();
    const ask = (by: Signer, price: bigint, deadline: bigint) => from(by, "ask")(terms, price, deadline) as Sent;
    await expect(ask(maker, 1n, terms.deadline)).to.be.revertedWithCustomError(...refusal("NotClaimOwner"));
    await expect(ask(system.user, 5n, terms.deadline)).to.emit(market, "Asked");
    await expect(buy(maker))
      .to.be.revertedWithCustomError(...refusal("PriceMismatch"))
      .withArgs(PRICE, 5);
    for (const value of [4n, 6n])
      await expect(buy(maker, { price: 5n, value })).to.be.revertedWithCustomError(...refusal("WrongPayment"));
    await (await ask(system.user, 5n, 1n)).wait();
    await expect(buy(maker, { price: 5n })).to.be.revertedWithCustomError(...refusal("AskExpired"));
    await (await ask(system.user, 0n, 0n)).wait();
    await expect(buy(maker)).to.changeEtherBalance(owner, PRICE);
  });

  for (const kind of ["OrdinaryToken", "RebasingToken"])
    it(`sells withdrawals of tokens for the same token: ${kind}`, async () => {
      const { token, of, withdrawal } = await withdrawToken(kind);
      await expect(from(maker, "buy")(of, of.price, 0, { value: 1 })).to.be.revertedWithCustomError(
        ...refusal("WrongPayment"),
      );
      await expect(buy(maker, { of })).to.changeTokenBalances(token, [maker, owner], [-990, 990]);
      await completeWithdrawal(system, withdrawal);
      await expect(collect(of)).to.changeTokenBalances(token, [maker, owner], [1000, 0]);
    });

  it("gives the holder what is left of a token that keeps a fee, and takes no price that arrives short", async () => {
    const { token, of, withdrawal } = await withdrawToken("FeeToken");
    await expect(buy(maker, { of }))
      .to.be.revertedWithCustomError(...refusal("Underpaid"))
      .withArgs(981, 990);
    await completeWithdrawal(system, withdrawal);
    const vault = await market.vaultOf(of);
    const there = (await token.balanceOf(vault)) as bigint;
    expect(there > 0n).to.equal(true);
    await expect(collect(of)).to.changeTokenBalances(token, [vault, owner], [-there, there - there / 100n]);
  });

  it("gives the holder what went astray in a vault, too", async () => {
    const { token, of } = await withdrawToken("OrdinaryToken");
    const vault = await market.vaultOf(of);
    await (await second.sendTransaction({ to: vault, value: 7n })).wait();
    await expect(collect(of, ZeroAddress)).to.changeEtherBalance(owner, 7n);
    expect(await market.collected(await market.claimOf(of))).to.equal(0);
    await (await token.mint(vault, 5)).wait();
    await expect(collect(of)).to.changeTokenBalance(token, owner, 5);
  });

  it("opens a vault to its market alone", async () => {
    const withdrawal = await withdraw();
    await (await collect()).wait();
    await completeWithdrawal(system, withdrawal);
    const vault = await hre.ethers.getContractAt("ExitVault", (await market.vaultOf(terms)) as string);
    const sweep = vault.connect(maker).getFunction("sweep");
    await expect(sweep(ZeroAddress, await maker.getAddress())).to.be.revertedWithCustomError(vault, "NotMarket");
    expect(await balance(vault.target)).to.equal(VALUE);
  });

  it("cannot be entered from a payment, and sells nothing of an owner who refuses the price", async () => {
    const hostile = await hre.ethers.deployContract("HostileReceiver", [market.target]);
    const of = { ...terms, owner: hostile.target as string, price: 10n };
    const inner = market.interface.encodeFunctionData("collect", [of, ZeroAddress]);
    await (await hostile.setMode(1, "0x")).wait();
    await expect(buy(maker, { of })).to.be.reverted;
    expect(await market.holderOf(of)).to.equal(hostile.target);
    await (await hostile.setMode(2, inner)).wait();
    await (await buy(maker, { of })).wait();
    expect(await hostile.innerError()).to.equal(market.interface.getError("ReentrancyGuardReentrantCall")!.selector);
    expect(await market.holderOf(of)).to.equal(await maker.getAddress());
  });

  it("pins the gas", async () => {
    const withdrawal = await withdraw();
    expectPinned(FILE, "exit market: buy with ether", await gasOf(buy(maker)), 120_000);
    await completeWithdrawal(system, withdrawal);
    expectPinned(FILE, "exit market: collect ether", await gasOf(collect()), 160_000);
    const tokens = await withdrawToken("OrdinaryToken");
    expectPinned(FILE, "exit market: buy with a token", await gasOf(buy(maker, tokens)), 140_000);
    await completeWithdrawal(system, tokens.withdrawal);
    expectPinned(FILE, "exit market: collect a token", await gasOf(collect(tokens.of)), 180_000);
  });

  it(`leaves nobody worse off than by waiting under random play, ${RUNS} x ${STEPS} steps, seed ${SEED}`, async function () {
    this.timeout(IS_FULL ? 3_600_000 : 300_000);
    const number = fc.integer({ min: 0, max: 1000 });
    const plays = fc.array(fc.tuple(number, number), { minLength: STEPS, maxLength: STEPS, size: "max" });
    const total: Record<string, number> = {};
    const property = fc.asyncProperty(plays, async (play) => {
      ({ both: system, market } = await loadFixture(deployMarket));
      // The owners are addresses without a key: their balances are what they were paid.
      const claims: { of: Terms; withdrawal: Withdrawal; isPaid: boolean; isSold: boolean; dust: bigint }[] = [];
      for (const [a, b] of play) {
        const kind = claims.length === 0 ? 0 : a % 6;
        const entry = claims[b % Math.max(claims.length, 1)];
        const buyer = b % 2 === 0 ? maker : second;
        let isDone = true;
        if (kind === 0) {
          const price = BigInt(1 + (b % 900));
          const salt = toBeHex(claims.length, 32);
          const of = { ...terms, owner: toBeHex(2 ** 40 + claims.length, 20), price, salt };
          claims.push({ of, withdrawal: await withdraw(of, 1000n), isPaid: false, isSold: false, dust: 0n });
        }
        if (kind === 1) {
          // A maker that allows for the dust it sees, and for no more; sometimes one that names a wrong price.
          const price = entry.of.price - (b % 5 === 0 ? 1n : 0n);
          isDone = await attempt(buy(buyer, { of: entry.of, price, collected: entry.dust }));
          expect(isDone && (entry.isSold || price !== entry.of.price), "a second or wrong sale").to.equal(false);
          entry.isSold ||= isDone;
        }
        if (kind === 2 && (isDone = !entry.isPaid)) {
          await completeWithdrawal(system, entry.withdrawal);
          entry.isPaid = true;
        }
        if (kind === 3) await (await collect(entry.of, ZeroAddress, buyer)).wait();
        if (kind === 4) {
          await (await second.sendTransaction({ to: await market.vaultOf(entry.of), value: 1n })).wait();
          entry.dust += 1n;
        }
        if (kind === 5) isDone = await attempt(from(second, "ask")(entry.of, 0, terms.deadline) as Sent);
        const what = ["withdrawn", "bought", "paid", "collected", "dusted", "asked by a stranger"][kind];
        const outcome = isDone ? what : `not ${what}`;
        total[outcome] = (total[outcome] ?? 0) + 1;
      }
      for (const { of, withdrawal, isPaid, isSold, dust } of claims) {
        if (!isPaid) await completeWithdrawal(system, withdrawal);
        await (await collect(of)).wait();
        const paid = await balance(of.owner);
        // Rationale: the owner has the price that he named if it was sold, all of it if not; dust is a gift to either.
        const [least, most] = isSold ? [of.price, of.price + dust] : [1000n + dust, 1000n + dust];
        expect(paid >= least && paid <= most, `sold ${isSold}: ${paid} of ${least} to ${most}`).to.equal(true);
        expect(await balance(await market.vaultOf(of))).to.equal(0n);
      }
      expect(await balance(market.target)).to.equal(0n);
      await expectEtherCovered(system);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: !IS_FULL });
    console.log(`        ${JSON.stringify(total)}`);
    for (const what of ["bought", "not bought", "paid", "collected", "dusted", "not asked by a stranger"])
      expect(total[what], what).to.be.greaterThan(0);
  });
});
