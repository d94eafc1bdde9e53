import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, toBeHex, ZeroHash } from "ethers";
import {
  finalizeWithdrawal,
  startTokenWithdrawal,
  startWithdrawal,
  withdrawalStatus,
  type LayerSigner,
  type Withdrawal,
  type WithdrawalStatus,
} from "../../client";
import { holdOfRelease } from "../../client/brake";
import type { Hex } from "../../protocol/types";
import { assertHeader } from "../contracts/support/assertions";
import { createL2Token } from "../contracts/support/conservation";
import { fetchHeader } from "../contracts/support/header";
import { deployRealSystem, ETHER, executeMessage, messagesOf } from "../contracts/support/system";
import { messageSlot, passerStorage, proveStorage } from "../contracts/support/withdrawals";

const TARGET = toBeHex(0xb0a7, 20);
const LIMIT = { capacity: 1_000n, drainTime: 143 };
const TOKEN_LIMIT = { capacity: 5_000_000n, drainTime: 3_600 };

/** A braked bridge over the real queue, with tokens on L2, which the same network plays. */
async function deploy() {
  const token = (await hre.ethers.deployContract("FalseToken")) as unknown as Contract;
  const brake = { ether: LIMIT, tokens: { [token.target as string]: TOKEN_LIMIT } };
  const system = await deployRealSystem("held", brake);
  const { tokenBridge } = system;
  const user = system.user as LayerSigner;
  const address = await user.getAddress();
  await (await token.mint(address, 10n ** 9n)).wait();
  await (await token.connect(user).getFunction("approve")(tokenBridge.target, 10n ** 9n)).wait();
  const l2Token = await createL2Token(token, "Six", 6);
  const deposit = tokenBridge.connect(user).getFunction("depositToken");
  const receipt = await (await deposit(token.target, l2Token.target, address, 10n ** 9n)).wait();
  await executeMessage(messagesOf(system, receipt)[0]);
  return { system, token, l2Token: l2Token.target as string, user, rollup: system.deployment.addresses };
}

describe("Client: what a brake holds back", () => {
  let both: Awaited<ReturnType<typeof deploy>>;
  beforeEach(async () => {
    both = await loadFixture(deploy);
  });

  const status = (withdrawal: Withdrawal, submitter: string): Promise<WithdrawalStatus> =>
    withdrawalStatus(hre.ethers.provider, both.rollup, withdrawal, submitter);

  /** Proves under an assertion that is made for it, and has that confirmed; each status on the way is looked at. */
  async function confirm(withdrawal: Withdrawal, submitter: string): Promise<void> {
    const { system, user } = both;
    expect(await status(withdrawal, submitter)).to.deep.equal({ state: "waiting-for-assertion" });
    const { header, hash } = await fetchHeader("latest");
    const storage = proveStorage(await passerStorage(header.number));
    const assertion = await assertHeader(system.deployment, system.other, header, storage.root);
    expect(await status(withdrawal, submitter)).to.have.property("state", "ready-to-prove");
    const { stateRoot } = header;
    const [version, latestBlockhash] = [ZeroHash, hash];
    const output = { version, stateRoot, messagePasserStorageRoot: storage.root, latestBlockhash };
    const prove = system.portal.connect(user).getFunction("proveWithdrawalTransaction");
    const proof = storage.prove(messageSlot(withdrawal.hash));
    await (await prove(withdrawal.transaction, assertion.index, output, proof)).wait();
    expect(await status(withdrawal, submitter)).to.have.property("state", "in-challenge-period");
    await assertion.confirm();
    expect(await status(withdrawal, submitter)).to.deep.equal({ state: "ready-to-finalize" });
  }

  /** @param balance - Of the target, in what is withdrawn. */
  async function isHeldUntilItsTime(withdrawal: Withdrawal, seconds: number, balance: () => Promise<bigint>) {
    const { user, rollup } = both;
    const submitter = await user.getAddress();
    await confirm(withdrawal, submitter);
    const answer = await finalizeWithdrawal(user, rollup, withdrawal);
    const until = (await time.latest()) + seconds;
    expect(answer).to.deep.equal({ state: "held", until });
    expect(await status(withdrawal, submitter)).to.deep.equal(answer);
    expect(await balance()).to.equal(0n);
    await time.increaseTo(until - 1);
    expect(await status(withdrawal, submitter)).to.deep.equal(answer);
    await time.increaseTo(until);
    expect(await status(withdrawal, submitter)).to.deep.equal({ state: "ready-to-finalize" });
    expect(await finalizeWithdrawal(user, rollup, withdrawal)).to.deep.equal({ state: "finalized" });
    expect(await status(withdrawal, submitter)).to.deep.equal({ state: "finalized" });
  }

  const ether = () => hre.ethers.provider.getBalance(TARGET);
  const tokens = () => both.token.balanceOf(TARGET) as Promise<bigint>;

  it("is held to the second, and paid by the next call: ether, by the portal", async () => {
    const withdrawal = await startWithdrawal(both.user, { amount: ETHER, to: TARGET });
    await isHeldUntilItsTime(withdrawal, LIMIT.drainTime, ether);
    expect(await ether()).to.equal(ETHER);
  });

  it("is held to the second, and paid by the next call: tokens, by the token bridge", async () => {
    const amount = TOKEN_LIMIT.capacity + 1n;
    const withdrawal = await startTokenWithdrawal(both.user, { l2Token: both.l2Token, amount, to: TARGET });
    await isHeldUntilItsTime(withdrawal, TOKEN_LIMIT.drainTime, tokens);
    expect(await tokens()).to.equal(amount);
  });

  it("is found by logs from the assertion on, not from L1's first block, and by none where the token has no limit", async () => {
    const amount = TOKEN_LIMIT.capacity + 1n;
    const withdrawal = await startTokenWithdrawal(both.user, { l2Token: both.l2Token, amount, to: TARGET });
    const started = await time.latestBlock();
    await isHeldUntilItsTime(withdrawal, TOKEN_LIMIT.drainTime, tokens);
    const asked: unknown[] = [];
    const spy = new Proxy(hre.ethers.provider, {
      get: (target, name) =>
        name === "getLogs"
          ? (filter: { fromBlock: number }) => (asked.push(filter.fromBlock), target.getLogs(filter))
          : Reflect.get(target, name, target),
    });
    await withdrawalStatus(spy, both.rollup, withdrawal, await both.user.getAddress());
    expect(asked.length).to.equal(1);
    expect(Number(asked[0])).to.be.greaterThan(started);
    const rollup = { ...both.rollup, tokenBridge: (await hre.ethers.deployContract("OrdinaryToken")).target as Hex };
    const unlimited = { ...withdrawal.transaction, target: rollup.tokenBridge.toLowerCase() as Hex };
    expect(await holdOfRelease(spy, rollup, unlimited)).to.equal(null);
    expect(asked.length).to.equal(1);
  });

  it("is nothing of what fits exactly, which the first call pays", async () => {
    const withdrawal = await startWithdrawal(both.user, { amount: LIMIT.capacity, to: TARGET });
    await confirm(withdrawal, await both.user.getAddress());
    expect(await finalizeWithdrawal(both.user, both.rollup, withdrawal)).to.deep.equal({ state: "finalized" });
    expect(await ether()).to.equal(LIMIT.capacity);
  });
});
