import { expect } from "chai";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, ZeroAddress } from "ethers";
import { createL2Token, expectEtherCovered, expectTokenCovered } from "./support/conservation";
import {
  deployBothLayers,
  ETHER,
  executeMessage,
  messagesOf,
  predeploys,
  type SentMessage,
  type System,
} from "./support/system";
import { completeWithdrawal, withdrawalOf, withdrawalsOf, type Withdrawal } from "./support/withdrawals";

const AMOUNT = 1000n;
let system: System;
let user: string;
let other: string;
/** What the running test uses, for the check after it. */
let token: Contract;
let l2Tokens: Contract[];
let underWay: bigint;

async function prepare(kind: string): Promise<Contract> {
  token = (await hre.ethers.deployContract(kind)) as unknown as Contract;
  await (await token.mint(user, AMOUNT)).wait();
  await (await at(token, "approve")(system.tokenBridge.target, 2n ** 255n)).wait();
  const l2Token = await createL2Token(token);
  l2Tokens.push(l2Token);
  return l2Token;
}

/** A function of a contract, called by the user. */
function at(contract: Contract, name: string) {
  return contract.connect(system.user as never).getFunction(name);
}

async function deposit(l2Token: string, to: string, amount: bigint): Promise<SentMessage> {
  const receipt = await (await at(system.tokenBridge, "depositToken")(token.target, l2Token, to, amount)).wait();
  return messagesOf(system, receipt)[0];
}

async function depositAndMint(l2Token: Contract, amount: bigint): Promise<void> {
  const receipt = await executeMessage(await deposit(l2Token.target as string, user, amount));
  expect(receipt!.status).to.equal(1);
}

async function withdraw(l2Token: Contract, amount: bigint): Promise<Withdrawal> {
  const { l2Bridge } = await predeploys();
  const call = at(l2Bridge as unknown as Contract, "withdrawToken");
  return withdrawalOf(await (await call(l2Token.target, other, amount)).wait());
}

describe("Token bridge", () => {
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
    [user, other] = [await system.user.getAddress(), await system.other.getAddress()];
    l2Tokens = [];
    underWay = 0n;
  });
  afterEach(async () => {
    await expectEtherCovered(system);
    await expectTokenCovered(system, token, l2Tokens, underWay);
  });

  it("V53 brings an ordinary token to L2 and back", async () => {
    const l2Token = await prepare("OrdinaryToken");
    const message = await deposit(l2Token.target as string, other, AMOUNT);
    expect(message.gasLimit).to.equal(200_000n);
    underWay = AMOUNT;
    await expectTokenCovered(system, token, l2Tokens, underWay);
    await executeMessage(message);
    underWay = 0n;
    await expectTokenCovered(system, token, l2Tokens, underWay);
    expect(await l2Token.balanceOf(other)).to.equal(AMOUNT);
    await (await l2Token.connect(system.other as never).getFunction("transfer")(user, AMOUNT)).wait();
    const withdrawal = await withdraw(l2Token, 400n);
    underWay = 400n;
    await expectTokenCovered(system, token, l2Tokens, underWay);
    await completeWithdrawal(system, withdrawal);
    underWay = 0n;
    expect(await token.balanceOf(other)).to.equal(400n);
    expect(await l2Token.totalSupply()).to.equal(600n);
  });

  it("V53 counts what arrives of a token that takes a fee", async () => {
    const l2Token = await prepare("FeeToken");
    await depositAndMint(l2Token, AMOUNT);
    expect(await l2Token.totalSupply()).to.equal(990n);
    await completeWithdrawal(system, await withdraw(l2Token, 990n));
    expect(await token.balanceOf(other)).to.equal(990n - 9n);
    expect(await system.tokenBridge.escrow(token.target)).to.equal(0n);
  });

  it("V53 cannot be made to count a re-entrant token twice", async () => {
    const l2Token = await prepare("ReentrantToken");
    const inner = system.tokenBridge.interface.encodeFunctionData("depositToken", [
      token.target,
      l2Token.target,
      user,
      0,
    ]);
    await (await token.arm(system.tokenBridge.target, inner, false)).wait();
    const call = at(system.tokenBridge, "depositToken");
    await expect(call(token.target, l2Token.target, user, AMOUNT)).to.be.revertedWithCustomError(
      system.tokenBridge,
      "ReentrancyGuardReentrantCall",
    );
    await (await token.arm(system.tokenBridge.target, inner, true)).wait();
    await depositAndMint(l2Token, AMOUNT);
    expect(await l2Token.totalSupply()).to.equal(AMOUNT);
    const withdrawal = await withdraw(l2Token, AMOUNT);
    await completeWithdrawal(system, withdrawal);
    expect(await token.balanceOf(other)).to.equal(AMOUNT);
  });

  it("V53 refuses a deposit and keeps a release open where a token returns false", async () => {
    const l2Token = await prepare("FalseToken");
    await (await token.freeze(true)).wait();
    const call = at(system.tokenBridge, "depositToken");
    await expect(call(token.target, l2Token.target, user, AMOUNT)).to.be.revertedWithCustomError(
      system.tokenBridge,
      "SafeERC20FailedOperation",
    );
    await (await token.freeze(false)).wait();
    await depositAndMint(l2Token, AMOUNT);
    const withdrawal = await withdraw(l2Token, AMOUNT);
    await (await token.freeze(true)).wait();
    underWay = AMOUNT;
    await expect(completeWithdrawal(system, withdrawal)).to.be.revertedWithCustomError(
      system.portal,
      "WithdrawalFailed",
    );
    await expectTokenCovered(system, token, l2Tokens, underWay);
    await (await token.freeze(false)).wait();
    await completeWithdrawal(system, withdrawal);
    underWay = 0n;
    expect(await token.balanceOf(other)).to.equal(AMOUNT);
  });

  it("V53 takes a token that returns nothing", async () => {
    const l2Token = await prepare("SilentToken");
    await depositAndMint(l2Token, AMOUNT);
    await completeWithdrawal(system, await withdraw(l2Token, AMOUNT));
    expect(await token.balanceOf(other)).to.equal(AMOUNT);
  });

  it("V53 pays in proportion, and takes nothing new, where a rebasing token is short", async () => {
    const l2Token = await prepare("RebasingToken");
    await depositAndMint(l2Token, AMOUNT);
    const first = await withdraw(l2Token, 600n);
    underWay = 600n;
    await (await token.rebase(50)).wait();
    await (await token.mint(user, 10n)).wait();
    await expect(at(system.tokenBridge, "depositToken")(token.target, l2Token.target, user, 1n))
      .to.be.revertedWithCustomError(system.tokenBridge, "TokenShort")
      .withArgs(500n, AMOUNT);
    await completeWithdrawal(system, first);
    underWay = 0n;
    expect(await token.balanceOf(other)).to.equal(300n);
    expect(await system.tokenBridge.payout(token.target, 400n)).to.equal(200n);
    await (await token.rebase(300)).wait();
    await completeWithdrawal(system, await withdraw(l2Token, 400n));
    expect(await system.tokenBridge.escrow(token.target)).to.equal(0n);
  });

  it("sends a deposit back whose L2 token does not exist", async () => {
    await prepare("OrdinaryToken");
    const stranger = (await hre.ethers.deployContract("OrdinaryToken")) as unknown as Contract;
    const foreign = await createL2Token(stranger);
    for (const l2Token of [other, foreign.target as string, ZeroAddress]) {
      const message = await deposit(l2Token, other, 100n);
      const receipt = await executeMessage(message);
      expect(receipt!.status).to.equal(1);
      const [withdrawal] = await withdrawalsOf(receipt!.logs);
      underWay = 100n;
      await expectTokenCovered(system, token, l2Tokens, underWay);
      await completeWithdrawal(system, withdrawal);
      underWay = 0n;
      expect(await token.balanceOf(user)).to.equal(AMOUNT);
    }
    expect(await foreign.totalSupply()).to.equal(0n);
  });

  it("sends a deposit to the zero address back", async () => {
    const l2Token = await prepare("OrdinaryToken");
    const receipt = await executeMessage(await deposit(l2Token.target as string, ZeroAddress, AMOUNT));
    const [withdrawal] = await withdrawalsOf(receipt!.logs);
    await completeWithdrawal(system, withdrawal);
    expect(await token.balanceOf(user)).to.equal(AMOUNT);
    expect(await l2Token.totalSupply()).to.equal(0n);
  });

  it("mints into any address, the token's own and the bridge's included, far below its gas", async () => {
    const l2Token = await prepare("OrdinaryToken");
    const receivers = [l2Token.target as string, "0x4200000000000000000000000000000000000010", other];
    for (const [i, to] of receivers.entries()) {
      const receipt = await executeMessage(await deposit(l2Token.target as string, to, 100n));
      expect(receipt!.status).to.equal(1);
      // Of 200,000. The first of a token also opens its books: one new slot, which costs 22,100 more than nothing.
      const bound = 100_000n + (i === 0 ? 22_100n : 0n);
      expect(receipt!.gasUsed < bound, String(receipt!.gasUsed)).to.equal(true);
    }
  });

  it("backs several L2 tokens of one L1 token by the same escrow", async () => {
    const first = await prepare("OrdinaryToken");
    const second = await createL2Token(token, "Other name", 6);
    l2Tokens.push(second);
    await depositAndMint(first, 300n);
    await depositAndMint(second, 700n);
    await completeWithdrawal(system, await withdraw(second, 700n));
    expect(await token.balanceOf(other)).to.equal(700n);
  });

  it("refuses a deposit of which nothing arrives, and of a token that is none", async () => {
    const l2Token = await prepare("OrdinaryToken");
    const call = at(system.tokenBridge, "depositToken");
    await expect(call(token.target, l2Token.target, user, 0)).to.be.revertedWithCustomError(
      system.tokenBridge,
      "NothingReceived",
    );
    await expect(call(other, l2Token.target, user, 1)).to.be.reverted;
    await expect(call(token.target, l2Token.target, user, AMOUNT + 1n)).to.be.reverted;
  });

  it("V50 releases for nobody but the portal, and by it for nobody but the L2 bridge", async () => {
    const l2Token = await prepare("OrdinaryToken");
    await depositAndMint(l2Token, AMOUNT);
    const args = [token.target, user, other, AMOUNT] as const;
    await expect(at(system.tokenBridge, "releaseToken")(...args))
      .to.be.revertedWithCustomError(system.tokenBridge, "NotL2Bridge")
      .withArgs(user, ZeroAddress);
    const { messagePasser } = await predeploys();
    const data = system.tokenBridge.interface.encodeFunctionData("releaseToken", args);
    const start = at(messagePasser as unknown as Contract, "initiateWithdrawal");
    const forged = await withdrawalOf(await (await start(system.tokenBridge.target, 200_000, data)).wait());
    await expect(completeWithdrawal(system, forged)).to.be.revertedWithCustomError(system.portal, "WithdrawalFailed");
    expect(await token.balanceOf(system.tokenBridge.target)).to.equal(AMOUNT);
  });

  it("V50 cannot be robbed through a token as the target: the portal holds none", async () => {
    const l2Token = await prepare("OrdinaryToken");
    await depositAndMint(l2Token, AMOUNT);
    const { messagePasser } = await predeploys();
    const data = token.interface.encodeFunctionData("transfer", [other, AMOUNT]);
    const start = at(messagePasser as unknown as Contract, "initiateWithdrawal");
    const aimed = await withdrawalOf(await (await start(token.target, 200_000, data)).wait());
    await expect(completeWithdrawal(system, aimed)).to.be.revertedWithCustomError(system.portal, "WithdrawalFailed");
  });

  it("does not let a release re-enter the bridge", async () => {
    const l2Token = await prepare("ReentrantToken");
    await depositAndMint(l2Token, AMOUNT);
    const first = await withdraw(l2Token, 400n);
    const inner = system.tokenBridge.interface.encodeFunctionData("depositToken", [
      token.target,
      l2Token.target,
      user,
      0,
    ]);
    await (await token.arm(system.tokenBridge.target, inner, false)).wait();
    underWay = 400n;
    await expect(completeWithdrawal(system, first)).to.be.revertedWithCustomError(system.portal, "WithdrawalFailed");
    await expectTokenCovered(system, token, l2Tokens, underWay);
    await (await token.arm(ZeroAddress, "0x", false)).wait();
    await completeWithdrawal(system, first);
    underWay = 0n;
  });

  it("leaves ether alone", async () => {
    const l2Token = await prepare("OrdinaryToken");
    const message = await deposit(l2Token.target as string, user, AMOUNT);
    underWay = AMOUNT;
    expect(message.mint).to.equal(0n);
    expect(await hre.ethers.provider.getBalance(system.portal.target)).to.equal(100n * ETHER + 1n);
  });

  it("V09 refuses a portal that is not there", async () => {
    await prepare("OrdinaryToken");
    const factory = await hre.ethers.getContractFactory("TokenBridge");
    await expect(factory.deploy(other)).to.be.revertedWithCustomError(factory, "ZeroAddress");
  });
});
