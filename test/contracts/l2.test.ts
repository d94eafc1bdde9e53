import { expect } from "chai";
import hre from "hardhat";
import { impersonateAccount, loadFixture, setBalance } from "@nomicfoundation/hardhat-network-helpers";
import { type Contract, type Signer, ZeroAddress } from "ethers";
import { PREDEPLOYS } from "../../deployment";
import { createL2Token, expectEtherCovered } from "./support/conservation";
import { deployBothLayers, ETHER, predeploys, type System } from "./support/system";
import { completeWithdrawal, withdrawalOf } from "./support/withdrawals";

let system: System;
let l2: Awaited<ReturnType<typeof predeploys>>;
let token: Contract;

async function impersonate(address: string): Promise<Signer> {
  await impersonateAccount(address);
  await setBalance(address, 100n * ETHER);
  return hre.ethers.getSigner(address);
}

/** The token bridge as L2 sees it. */
async function tokenBridge(): Promise<Signer> {
  const harness = await hre.ethers.deployContract("InboxHarness");
  return impersonate(await harness.aliased(system.tokenBridge.target));
}

describe("L2's own contracts", () => {
  beforeEach(async () => {
    system = await loadFixture(deployBothLayers);
    l2 = await predeploys();
    token = (await hre.ethers.deployContract("OrdinaryToken")) as unknown as Contract;
  });
  afterEach(() => expectEtherCovered(system));

  it("takes deposits from the aliased token bridge and from nobody else", async () => {
    const l2Token = await createL2Token(token);
    const user = await system.user.getAddress();
    const bridge = await tokenBridge();
    const finalize = (by: Signer) =>
      l2.l2Bridge.connect(by).getFunction("finalizeDeposit")(token.target, l2Token.target, user, user, 5n);
    const plain = await impersonate(system.tokenBridge.target as string);
    for (const by of [system.user, plain]) {
      await expect(finalize(by))
        .to.be.revertedWithCustomError(l2.l2Bridge, "NotTokenBridge")
        .withArgs(await by.getAddress(), await bridge.getAddress());
    }
    await expect(finalize(bridge)).to.emit(l2.l2Bridge, "DepositFinalized");
    expect(await l2Token.balanceOf(user)).to.equal(5n);
  });

  it("mints and burns for the L2 bridge and for nobody else", async () => {
    const l2Token = await createL2Token(token);
    const user = await system.user.getAddress();
    const bridge = await impersonate(PREDEPLOYS.l2Bridge);
    for (const name of ["mint", "burn"]) {
      await expect(l2Token.connect(system.user as never).getFunction(name)(user, 1n))
        .to.be.revertedWithCustomError(l2Token, "NotL2Bridge")
        .withArgs(user);
      await (await l2Token.connect(bridge as never).getFunction(name)(user, 1n)).wait();
    }
    expect(await l2Token.totalSupply()).to.equal(0n);
  });

  it("withdraws only tokens of the factory, to somebody, that the caller owns", async () => {
    const l2Token = await createL2Token(token);
    const user = await system.user.getAddress();
    const bridge = await impersonate(PREDEPLOYS.l2Bridge);
    await (await l2Token.connect(bridge as never).getFunction("mint")(user, 5n)).wait();
    const withdraw = l2.l2Bridge.connect(system.user).getFunction("withdrawToken");
    await expect(withdraw(token.target, user, 1n))
      .to.be.revertedWithCustomError(l2.l2Bridge, "UnknownToken")
      .withArgs(token.target);
    await expect(withdraw(l2Token.target, ZeroAddress, 1n)).to.be.revertedWithCustomError(l2.l2Bridge, "ZeroAddress");
    await expect(withdraw(l2Token.target, user, 6n)).to.be.revertedWithCustomError(l2Token, "ERC20InsufficientBalance");
    await expect(withdraw(l2Token.target, user, 5n)).to.emit(l2.l2Bridge, "WithdrawalStarted");
  });

  it("makes a token once, where it said, with the decimals asked for", async () => {
    const args = [token.target, "Bridged", "BRG", 6] as const;
    await expect(l2.factory.createToken(ZeroAddress, "Bridged", "BRG", 6)).to.be.revertedWithCustomError(
      l2.factory,
      "ZeroAddress",
    );
    const address = await l2.factory.tokenAddress(...args);
    await expect(l2.factory.createToken(...args))
      .to.emit(l2.factory, "TokenCreated")
      .withArgs(token.target, address, "Bridged", "BRG", 6);
    await expect(l2.factory.createToken(...args)).not.to.emit(l2.factory, "TokenCreated");
    expect(await l2.factory.createToken.staticCall(...args)).to.equal(address);
    expect(await l2.factory.l1TokenOf(address)).to.equal(token.target);
    const l2Token = await hre.ethers.getContractAt("L2Token", address);
    expect(await l2Token.decimals()).to.equal(6n);
    expect(await l2Token.l1Token()).to.equal(token.target);
  });

  it("sends all fees to the recipient on L1, for anyone", async () => {
    const recipient = await system.other.getAddress();
    const least = ETHER / 10n;
    expect(await l2.feeVault.MIN_WITHDRAWAL_AMOUNT()).to.equal(least);
    await expect(l2.feeVault.withdraw())
      .to.be.revertedWithCustomError(l2.feeVault, "TooLittleToWithdraw")
      .withArgs(0n, least);
    await (await system.user.sendTransaction({ to: PREDEPLOYS.feeVault, value: least - 1n })).wait();
    await expect(l2.feeVault.withdraw(), "B3: what costs more on L1 than it carries")
      .to.be.revertedWithCustomError(l2.feeVault, "TooLittleToWithdraw")
      .withArgs(least - 1n, least);
    await (await system.user.sendTransaction({ to: PREDEPLOYS.feeVault, value: 1n })).wait();
    const sent = await l2.feeVault.connect(system.user).getFunction("withdraw")();
    await expect(sent).to.emit(l2.feeVault, "FeesWithdrawn").withArgs(recipient, least);
    const withdrawal = await withdrawalOf(await sent.wait());
    expect(withdrawal).to.include({ sender: await l2.feeVault.getAddress(), target: recipient, value: least });
    const before = await hre.ethers.provider.getBalance(recipient);
    await completeWithdrawal(system, withdrawal);
    expect(await hre.ethers.provider.getBalance(recipient)).to.equal(before + least);
    await expect(l2.feeVault.withdraw(), "B3: no second one right behind it").to.be.revertedWithCustomError(
      l2.feeVault,
      "TooLittleToWithdraw",
    );
  });

  it("withdraws ether that is sent to the message passer to the sender", async () => {
    const user = await system.user.getAddress();
    const sent = await system.user.sendTransaction({ to: PREDEPLOYS.messagePasser, value: 4n });
    const withdrawal = await withdrawalOf((await sent.wait()) as never);
    expect(withdrawal).to.include({ sender: user, target: user, value: 4n, gasLimit: 100_000n, data: "0x" });
    expect(await l2.messagePasser.sentMessages(withdrawal.withdrawalHash)).to.equal(true);
    await completeWithdrawal(system, withdrawal);
  });

  it("B4 sends no contract's ether to an L1 address that it does not own: it must name the target", async () => {
    const relay = await hre.ethers.deployContract("Relay");
    await expect(relay.relay(PREDEPLOYS.messagePasser, "0x", { value: 4n }))
      .to.be.revertedWithCustomError(l2.messagePasser, "SenderWithoutKey")
      .withArgs(relay.target);
    const user = await system.user.getAddress();
    const named = l2.messagePasser.interface.encodeFunctionData("initiateWithdrawal", [user, 100_000n, "0x"]);
    const sent = await relay.relay(PREDEPLOYS.messagePasser, named, { value: 4n });
    expect(await withdrawalOf(await sent.wait())).to.include({ sender: relay.target, target: user, value: 4n });
  });

  it("B5 refuses a withdrawal that no transaction on L1 could pay, by its gas, its data or both", async () => {
    const start = l2.messagePasser.connect(system.user).getFunction("initiateWithdrawal");
    const [mostGas, mostData, cap] = [15_000_000n, 90_000, 16_777_216n];
    const data = (length: number) => `0x${"ff".repeat(length)}`;
    const refused = async (gas: bigint, length: number, error: string, actual: bigint, required: bigint) =>
      expect(start(token.target, gas, data(length), { value: 1n }), `${gas} gas, ${length} bytes`)
        .to.be.revertedWithCustomError(l2.messagePasser, error)
        .withArgs(actual, required);
    await refused(mostGas + 1n, 0, "GasLimitTooHigh", mostGas + 1n, mostGas);
    await refused(2n ** 256n - 1n, 0, "GasLimitTooHigh", 2n ** 256n - 1n, mostGas);
    await refused(0n, mostData + 1, "DataTooLong", BigInt(mostData) + 1n, BigInt(mostData));
    const dear = (await l2.messagePasser.costOnL1(mostGas, mostData)) as bigint;
    expect(dear > cap).to.equal(true);
    await refused(mostGas, mostData, "TooDearForL1", dear, cap);
  });

  it("B5 lets L1 pay whatever it takes, in one transaction of 16,777,216 gas", async () => {
    const cap = 16_777_216n;
    const start = l2.messagePasser.connect(system.user).getFunction("initiateWithdrawal");
    const room = cap - ((await l2.messagePasser.costOnL1(0n, 90_000)) as bigint);
    for (const [gas, length] of [
      [15_000_000n, 0],
      [(room * 63n) / 64n, 90_000],
    ] as const) {
      const spender = await hre.ethers.deployContract("GasWitness");
      const hit = hre.ethers.concat([
        spender.interface.encodeFunctionData("hit"),
        `0x${"ff".repeat(Math.max(0, length - 4))}`,
      ]);
      const sent = await start(spender.target, gas, hit, { value: 1n, gasLimit: cap });
      await completeWithdrawal(system, await withdrawalOf(await sent.wait()), { gasLimit: cap });
      expect((await spender.gasAtStart()) >= gas - 5_000n, `${gas} gas arrived`).to.equal(true);
    }
  });

  it("numbers withdrawals from version 1 on, so that two equal ones differ", async () => {
    const start = l2.messagePasser.connect(system.user).getFunction("initiateWithdrawal");
    expect(await l2.messagePasser.messageNonce()).to.equal(1n << 240n);
    const hashes: string[] = [];
    for (let i = 0; i < 2; i++) {
      hashes.push(
        (await withdrawalOf(await (await start(token.target, 1n, "0x", { value: 1n })).wait())).withdrawalHash,
      );
    }
    expect(new Set(hashes).size).to.equal(2);
    expect(await l2.messagePasser.messageNonce()).to.equal((1n << 240n) + 2n);
  });

  it("shows the chain's configuration where genesis put it", async () => {
    expect(await l2.l1BlockInfo.chainId()).to.equal(31_338n);
    expect(await l2.l1BlockInfo.blockGasLimit()).to.equal(30_000_000n);
    expect(await l2.l1BlockInfo.minimumBaseFee()).to.equal(1_000_000n);
    expect(BigInt(await l2.l1BlockInfo.feeVault())).to.equal(BigInt(PREDEPLOYS.feeVault));
    expect(await l2.l1BlockInfo.maxPrecompileInput()).to.equal(38_400n);
    expect(await l2.l1BlockInfo.maxDelay()).to.equal(86_400n);
    expect(await l2.l1BlockInfo.maxAhead()).to.equal(300n);
  });

  it("shows what the program recorded of L1", async () => {
    const slots = { "0x0": (77n << 64n) | 9n, "0x1": 5n, "0x2": 6n };
    for (const [slot, value] of Object.entries(slots)) {
      const word = `0x${value.toString(16).padStart(64, "0")}`;
      await hre.network.provider.send("hardhat_setStorageAt", [PREDEPLOYS.l1BlockInfo, slot, word]);
    }
    expect(await l2.l1BlockInfo.number()).to.equal(9n);
    expect(await l2.l1BlockInfo.timestamp()).to.equal(77n);
    expect(await l2.l1BlockInfo.basefee()).to.equal(5n);
    expect(BigInt(await l2.l1BlockInfo.parentHash())).to.equal(6n);
  });

  it("R5 tells clients of the OP Stack that L1 and operators cost nothing", async () => {
    const { gasPriceOracle, l1BlockInfo } = l2;
    expect(await gasPriceOracle.getL1Fee("0x1234")).to.equal(0n);
    expect(await gasPriceOracle.getL1FeeUpperBound(100n)).to.equal(0n);
    expect(await gasPriceOracle.getL1GasUsed("0x1234")).to.equal(0n);
    expect(await gasPriceOracle.getOperatorFee(21_000n)).to.equal(0n);
    for (const name of ["overhead", "scalar", "baseFeeScalar", "blobBaseFee", "blobBaseFeeScalar"] as const)
      expect(await gasPriceOracle[name](), name).to.equal(0n);
    expect([await l1BlockInfo.operatorFeeScalar(), await l1BlockInfo.operatorFeeConstant()]).to.deep.equal([0n, 0n]);
    expect(await gasPriceOracle.decimals()).to.equal(6n);
    expect(await gasPriceOracle.l1BaseFee()).to.equal(await l1BlockInfo.basefee());
  });

  it("R5 wraps ether and gives it back: all of it, and not a wei more", async () => {
    const { weth } = l2;
    const account = system.user;
    const wrap = weth.connect(account) as typeof weth;
    await expect(wrap.deposit({ value: 5n }))
      .to.emit(weth, "Deposit")
      .withArgs(account, 5n);
    await expect(account.sendTransaction({ to: weth, value: 2n })).to.changeTokenBalance(weth, account, 2n);
    expect([await weth.name(), await weth.symbol(), await weth.decimals()]).to.deep.equal([
      "Wrapped Ether",
      "WETH",
      18n,
    ]);
    await expect(wrap.withdraw(8n)).to.be.revertedWithCustomError(weth, "ERC20InsufficientBalance");
    await expect(wrap.withdraw(7n)).to.changeEtherBalances([weth, account], [-7n, 7n]);
    expect(await weth.totalSupply()).to.equal(0n);
    await expect(wrap.withdraw(1n)).to.be.revertedWithCustomError(weth, "ERC20InsufficientBalance");
  });
});
