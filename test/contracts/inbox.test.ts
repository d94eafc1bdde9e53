import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, mine, setCode, setStorageAt, time } from "@nomicfoundation/hardhat-network-helpers";
import { getBytes, toBeHex, zeroPadValue, ZeroAddress, ZeroHash } from "ethers";
import type { Hex } from "../../protocol/types";
import { batchRecordHash, chunksHash, messageHash } from "../../protocol";
import { BLOCK_GAS_LIMIT, deployTestSystem, FORCE_DELAY, messagesOf, type System } from "./support/system";

const GAS = 100_000n;
const HOUR = 3600;

async function send(system: System, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) await (await system.inbox.sendMessage(ZeroAddress, 0, GAS, false, "0x")).wait();
}

function post(system: System, index: bigint, previous: string, delayed: bigint, message: string, data = "0x") {
  return system.inbox.connect(system.sequencer).getFunction("postBatch")(index, previous, delayed, message, data);
}

describe("Inbox: batches", () => {
  it("appends records that protocol computes from the events alone", async () => {
    const system = await loadFixture(deployTestSystem);
    let previous = ZeroHash;
    await send(system, 2);
    for (const [index, size] of [0, 1, 4095, 4096, 4097, 12_288, 120_000].entries()) {
      const data = hre.ethers.hexlify(hre.ethers.randomBytes(size));
      const delayed = BigInt(Math.min(index, 2));
      const last = delayed === 0n ? ZeroHash : await system.inbox.messageHash(delayed - 1n);
      const receipt = await (await post(system, BigInt(index), previous, delayed, last, data)).wait();
      const block = await hre.ethers.provider.getBlock(receipt!.blockNumber);
      const record = batchRecordHash({
        previous: previous as Hex,
        chunksHash: chunksHash(getBytes(data)),
        delayedCount: delayed,
        l1Number: BigInt(block!.number),
        l1Time: BigInt(block!.timestamp),
      });
      expect(await system.inbox.batchRecord(index)).to.equal(record);
      previous = record;
    }
    expect(await system.inbox.batchCount()).to.equal(7n);
    expect(await system.inbox.consumedCount()).to.equal(2n);
  });

  it("V41 takes any bytes: what is malformed is the derivation's business", async () => {
    const system = await loadFixture(deployTestSystem);
    await expect(post(system, 0n, ZeroHash, 0n, ZeroHash, "0xffffffffff")).to.emit(system.inbox, "BatchAppended");
  });

  it("refuses everyone but the sequencer", async () => {
    const system = await loadFixture(deployTestSystem);
    await expect(system.inbox.connect(system.user).getFunction("postBatch")(0, ZeroHash, 0, ZeroHash, "0x"))
      .to.be.revertedWithCustomError(system.inbox, "NotSequencer")
      .withArgs(await system.user.getAddress(), await system.sequencer.getAddress());
  });

  it("V44 refuses a sequencer whose key is delegated to code: its data need not be the transaction's", async () => {
    const system = await loadFixture(deployTestSystem);
    const relay = await hre.ethers.deployContract("Relay");
    const sequencer = await system.sequencer.getAddress();
    await hre.network.provider.send("hardhat_setCode", [sequencer, `0xef0100${(await relay.getAddress()).slice(2)}`]);
    await expect(post(system, 0n, ZeroHash, 0n, ZeroHash)).to.be.revertedWithCustomError(system.inbox, "NotTopLevel");
    const data = system.inbox.interface.encodeFunctionData("postBatch", [0, ZeroHash, 0, ZeroHash, "0x"]);
    const own = await hre.ethers.getContractAt("Relay", sequencer, system.sequencer);
    await expect(own.relay(system.inbox.target, data)).to.be.revertedWithCustomError(system.inbox, "NotTopLevel");
    await expect(
      own.connect(system.user).getFunction("relay")(system.inbox.target, data),
    ).to.be.revertedWithCustomError(system.inbox, "NotTopLevel");
  });

  it("V63 reverts unless it builds on exactly what it says", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 3);
    const hash = (i: number) => system.inbox.messageHash(i);
    await (await post(system, 0n, ZeroHash, 2n, await hash(1))).wait();
    const record = await system.inbox.batchRecord(0);
    const refused = (index: bigint, previous: string, delayed: bigint, message: string, error: string) =>
      expect(post(system, index, previous, delayed, message)).to.be.revertedWithCustomError(system.inbox, error);
    await refused(0n, ZeroHash, 2n, await hash(1), "WrongIndex");
    await refused(2n, record, 2n, await hash(1), "WrongIndex");
    await refused(1n, ZeroHash, 2n, await hash(1), "WrongRecord");
    await refused(1n, record, 2n, await hash(0), "WrongMessageHash");
    await refused(1n, record, 0n, await hash(1), "DelayedBackwards");
    await (await post(system, 1n, record, 3n, await hash(2))).wait();
    expect(await system.inbox.batchCount()).to.equal(2n);
  });

  it("V42 never lets the delayed count go backwards or beyond what was sent", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 2);
    const last = await system.inbox.messageHash(1);
    await (await post(system, 0n, ZeroHash, 2n, last)).wait();
    const record = await system.inbox.batchRecord(0);
    await expect(post(system, 1n, record, 1n, await system.inbox.messageHash(0)))
      .to.be.revertedWithCustomError(system.inbox, "DelayedBackwards")
      .withArgs(1, 2);
    await expect(post(system, 1n, record, 3n, ZeroHash))
      .to.be.revertedWithCustomError(system.inbox, "DelayedTooFar")
      .withArgs(3, 2);
    await expect(post(system, 1n, record, 2n, last)).to.emit(system.inbox, "BatchAppended");
  });

  it("V46 refuses absurd counts by comparison, not by overflow", async () => {
    const system = await loadFixture(deployTestSystem);
    const absurd = 2n ** 256n - 1n;
    await expect(post(system, absurd, ZeroHash, 0n, ZeroHash)).to.be.revertedWithCustomError(
      system.inbox,
      "WrongIndex",
    );
    await expect(post(system, 0n, ZeroHash, absurd, ZeroHash)).to.be.revertedWithCustomError(
      system.inbox,
      "DelayedTooFar",
    );
    await expect(system.inbox.forceInclude(0, absurd)).to.be.revertedWithCustomError(system.inbox, "DelayedTooFar");
    expect(await system.inbox.batchRecord(absurd)).to.equal(ZeroHash);
    expect(await system.inbox.messageTime(absurd)).to.equal(0n);
  });

  it("takes 120,000 bytes and no more", async () => {
    const system = await loadFixture(deployTestSystem);
    await expect(post(system, 0n, ZeroHash, 0n, ZeroHash, `0x${"00".repeat(120_001)}`))
      .to.be.revertedWithCustomError(system.inbox, "BatchTooLarge")
      .withArgs(120_001, 120_000);
    await expect(post(system, 0n, ZeroHash, 0n, ZeroHash, `0x${"00".repeat(120_000)}`)).to.emit(
      system.inbox,
      "BatchAppended",
    );
  });
});

describe("Inbox: messages", () => {
  it("hashes what the event tells, each with the one before", async () => {
    const system = await loadFixture(deployTestSystem);
    let previous = ZeroHash as Hex;
    const cases = [
      { to: "0x00000000000000000000000000000000000000aa", value: 7n, isCreation: false, data: "0x" },
      { to: ZeroAddress, value: 0n, isCreation: true, data: "0x60016002" },
      { to: ZeroAddress, value: 2n ** 255n, isCreation: false, data: `0x${"ab".repeat(5000)}` },
    ];
    for (const { to, value, isCreation, data } of cases) {
      const receipt = await (await system.inbox.sendMessage(to, value, 300_000, isCreation, data)).wait();
      const [message] = messagesOf(system, receipt);
      const expected = messageHash({
        ...message,
        previous,
        inbox: system.deployment.addresses.inbox,
        sender: message.sender as Hex,
        to: to as Hex,
        data: getBytes(data),
        l1ParentHash: message.l1ParentHash as Hex,
      });
      const block = await hre.ethers.provider.getBlock(receipt!.blockNumber);
      expect(message.hash).to.equal(expected);
      expect(await system.inbox.messageHash(message.index)).to.equal(expected);
      expect(await system.inbox.messageTime(message.index)).to.equal(block!.timestamp);
      expect(message.l1ParentHash).to.equal(block!.parentHash);
      expect(message.l1BaseFee).to.equal(block!.baseFeePerGas);
      expect(message.mint).to.equal(0n);
      previous = expected;
    }
  });

  it("burns a quarter of the message's gas limit on L1", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system);
    const used = async (gasLimit: bigint) =>
      (await (await system.inbox.sendMessage(ZeroAddress, 0, gasLimit, false, "0x")).wait())!.gasUsed;
    await used(21_000n);
    await used(21_000n);
    const [small, large] = [await used(21_000n), await used(1_021_000n)];
    // The times of four messages share a slot, so one write in four costs 17,100 more.
    const difference = large - small;
    expect(difference > 225_000n && difference < 268_000n, String(difference)).to.equal(true);
  });

  it("bounds the gas limit from below by what lets the message run", async () => {
    const system = await loadFixture(deployTestSystem);
    const minimum = (length: number, isCreation: boolean) => system.inbox.minimumGasLimit(length, isCreation);
    expect(await minimum(0, false)).to.equal(21_000n);
    expect(await minimum(100, false)).to.equal(25_000n);
    expect(await minimum(0, true)).to.equal(53_000n);
    expect(await minimum(33, true)).to.equal(53_000n + 16n * 33n + 4n);
    expect(await minimum(24_576, true)).to.equal(21_000n + 40n * 24_576n);
    const data = `0x${"11".repeat(33)}`;
    for (const isCreation of [false, true]) {
      const least = await minimum(33, isCreation);
      await expect(system.inbox.sendMessage(ZeroAddress, 0, least - 1n, isCreation, data))
        .to.be.revertedWithCustomError(system.inbox, "GasLimitTooLow")
        .withArgs(least - 1n, least);
      await expect(system.inbox.sendMessage(ZeroAddress, 0, least, isCreation, data)).to.emit(
        system.inbox,
        "MessageSent",
      );
    }
  });

  it("bounds the gas limit from above by a quarter of a block", async () => {
    const system = await loadFixture(deployTestSystem);
    const most = BLOCK_GAS_LIMIT / 4n;
    await expect(system.inbox.sendMessage(ZeroAddress, 0, most + 1n, false, "0x"))
      .to.be.revertedWithCustomError(system.inbox, "GasLimitTooHigh")
      .withArgs(most + 1n, most);
    await expect(system.inbox.sendMessage(ZeroAddress, 0, most, false, "0x")).to.emit(system.inbox, "MessageSent");
  });

  it("takes 24,576 bytes and no more", async () => {
    const system = await loadFixture(deployTestSystem);
    const data = (length: number) => `0x${"00".repeat(length)}`;
    await expect(system.inbox.sendMessage(ZeroAddress, 0, 2_000_000, false, data(24_577)))
      .to.be.revertedWithCustomError(system.inbox, "MessageTooLarge")
      .withArgs(24_577, 24_576);
    await expect(system.inbox.sendMessage(ZeroAddress, 0, 2_000_000, false, data(24_576))).to.emit(
      system.inbox,
      "MessageSent",
    );
  });

  it("refuses a creation that names a target", async () => {
    const system = await loadFixture(deployTestSystem);
    await expect(system.inbox.sendMessage(system.inbox.target, 0, GAS, true, "0x")).to.be.revertedWithCustomError(
      system.inbox,
      "TargetOfCreation",
    );
  });

  it("lets nobody but the portal mint", async () => {
    const system = await loadFixture(deployTestSystem);
    const user = await system.user.getAddress();
    await expect(system.inbox.connect(system.user).getFunction("sendDeposit")(user, user, 1, 0, GAS, false, "0x"))
      .to.be.revertedWithCustomError(system.inbox, "NotPortal")
      .withArgs(user, hre.ethers.getAddress(system.deployment.addresses.portal));
  });
});

describe("Inbox: aliasing", () => {
  const OFFSET = 0x1111000000000000000000000000000000001111n;
  const aliased = (address: string) =>
    hre.ethers.getAddress(zeroPadValue(toBeHex((BigInt(address) + OFFSET) & (2n ** 160n - 1n)), 20));

  it("keeps the address of an account with a key", async () => {
    const system = await loadFixture(deployTestSystem);
    const receipt = await (await system.inbox.sendMessage(ZeroAddress, 0, GAS, false, "0x")).wait();
    expect(messagesOf(system, receipt)[0].sender).to.equal(await system.deployer.getAddress());
  });

  it("aliases a contract, and wraps around", async () => {
    const system = await loadFixture(deployTestSystem);
    const relay = await hre.ethers.deployContract("Relay");
    const data = system.inbox.interface.encodeFunctionData("sendMessage", [ZeroAddress, 0, GAS, false, "0x"]);
    const receipt = await (await relay.relay(system.inbox.target, data)).wait();
    expect(messagesOf(system, receipt)[0].sender).to.equal(aliased(await relay.getAddress()));
    const harness = await hre.ethers.deployContract("InboxHarness");
    const high = "0xffffffffffffffffffffffffffffffffffffffff";
    expect(await harness.aliased(high)).to.equal(aliased(high));
  });

  it("V44 takes an account with delegated code for what it is, whoever sends the transaction", async () => {
    const system = await loadFixture(deployTestSystem);
    const relay = await hre.ethers.deployContract("Relay");
    const user = await system.user.getAddress();
    await hre.network.provider.send("hardhat_setCode", [user, `0xef0100${(await relay.getAddress()).slice(2)}`]);
    const data = system.inbox.interface.encodeFunctionData("sendMessage", [ZeroAddress, 0, GAS, false, "0x"]);
    const delegated = await hre.ethers.getContractAt("Relay", user, system.other);
    for (const signer of [system.other, system.user]) {
      const call = delegated.connect(signer).getFunction("relay");
      const receipt = await (await call(system.inbox.target, data)).wait();
      expect(messagesOf(system, receipt)[0].sender).to.equal(user);
    }
    const direct = system.inbox.connect(system.user).getFunction("sendMessage");
    const receipt = await (await direct(ZeroAddress, 0, GAS, false, "0x")).wait();
    expect(messagesOf(system, receipt)[0].sender).to.equal(user);
  });

  it("V44 aliases a contract of 23 bytes and one under construction", async () => {
    const system = await loadFixture(deployTestSystem);
    // Hands its calldata on to the address in slot 0; padded to the length of a delegation.
    const short = "0x00000000000000000000000000000000000023aa";
    await setCode(short, `0x365f5f375f5f365f5f5f545af1${"00".repeat(10)}`);
    await setStorageAt(short, 0, zeroPadValue(system.deployment.addresses.inbox, 32));
    const data = system.inbox.interface.encodeFunctionData("sendMessage", [ZeroAddress, 0, GAS, false, "0x"]);
    const forwarded = await (await system.user.sendTransaction({ to: short, data })).wait();
    expect(messagesOf(system, forwarded as never)[0].sender).to.equal(aliased(short));
    const newborn = await hre.ethers.deployContract("Newborn", [system.inbox.target, GAS]);
    const receipt = await newborn.deploymentTransaction()!.wait();
    expect(messagesOf(system, receipt as never)[0].sender).to.equal(aliased(await newborn.getAddress()));
  });
});

describe("Inbox: L2's clock (B1)", () => {
  /** Sends all, then makes one L1 block of them; whether each went through. */
  async function together(...sends: (() => Promise<{ hash: string }>)[]): Promise<boolean[]> {
    const { provider } = hre.network;
    await provider.send("evm_setAutomine", [false]);
    try {
      const sent: { hash: string }[] = [];
      for (const send of sends) sent.push(await send());
      await mine();
      const receipts = await Promise.all(sent.map(({ hash }) => hre.ethers.provider.getTransactionReceipt(hash)));
      expect(new Set(receipts.map((receipt) => receipt!.blockNumber)).size, "one block").to.equal(1);
      return receipts.map((receipt) => receipt!.status === 1);
    } finally {
      await provider.send("evm_setAutomine", [true]);
    }
  }

  /** The record that a batch of no bytes gets in the next block. */
  async function nextRecord(previous: string, delayedCount: bigint): Promise<string> {
    const block = (await hre.ethers.provider.getBlock("latest"))!;
    const l1Time = BigInt(block.timestamp) + 1n;
    await time.setNextBlockTimestamp(l1Time);
    return batchRecordHash({
      previous: previous as Hex,
      chunksHash: chunksHash(new Uint8Array(0)),
      delayedCount,
      l1Number: BigInt(block.number) + 1n,
      l1Time,
    });
  }

  it("takes one batch of the sequencer for each L1 timestamp: empty ones move no clock", async () => {
    const system = await loadFixture(deployTestSystem);
    const first = await nextRecord(ZeroHash, 0n);
    const gas = { gasLimit: 300_000n };
    const postBatch = system.inbox.connect(system.sequencer).getFunction("postBatch");
    const done = await together(
      () => postBatch(0n, ZeroHash, 0n, ZeroHash, "0x", gas),
      () => postBatch(1n, first, 0n, ZeroHash, "0x", gas),
      () => postBatch(1n, first, 0n, ZeroHash, "0x12", gas),
    );
    expect(done).to.deep.equal([true, false, false]);
    await expect(post(system, 1n, first, 0n, ZeroHash)).to.emit(system.inbox, "BatchAppended");
  });

  it("says from which second on the next one is taken", async () => {
    const system = await loadFixture(deployTestSystem);
    await hre.network.provider.send("evm_setAutomine", [false]);
    try {
      const first = await nextRecord(ZeroHash, 0n);
      await post(system, 0n, ZeroHash, 0n, ZeroHash);
      const { timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
      const call = system.inbox.connect(system.sequencer).getFunction("postBatch");
      await expect(call.staticCall(1n, first, 0n, ZeroHash, "0x", { blockTag: "pending" }))
        .to.be.revertedWithCustomError(system.inbox, "TooSoon")
        .withArgs(timestamp + 1, timestamp + 2);
    } finally {
      await hre.network.provider.send("evm_setAutomine", [true]);
    }
  });

  it("never keeps a forced batch out, nor is the sequencer kept out by one of another second", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 2);
    await time.increase(FORCE_DELAY + 1n);
    const record = await nextRecord(ZeroHash, 0n);
    const gas = { gasLimit: 300_000n };
    const done = await together(
      () => system.inbox.connect(system.sequencer).getFunction("postBatch")(0n, ZeroHash, 0n, ZeroHash, "0x", gas),
      () => system.inbox.connect(system.other).getFunction("forceInclude")(0n, 2n, gas),
      () => system.inbox.connect(system.user).getFunction("forceInclude")(0n, 2n, gas),
    );
    expect(done, "and a second forced batch has nothing to take").to.deep.equal([true, true, false]);
    expect(await system.inbox.batchRecord(0n)).to.equal(record);
    const last = await system.inbox.messageHash(1n);
    const forced = await system.inbox.batchRecord(1n);
    await expect(post(system, 2n, forced, 2n, last)).to.emit(system.inbox, "BatchAppended");
  });

  it("lets no message be forced in the second in which it was sent, however short the delay", async () => {
    const [, sequencer, user] = await hre.ethers.getSigners();
    const inbox = await hre.ethers.deployContract("Inbox", [sequencer.address, user.address, BLOCK_GAS_LIMIT, 1]);
    const gas = { gasLimit: 300_000n };
    const done = await together(
      () => inbox.sendMessage(ZeroAddress, 0, GAS, false, "0x", gas),
      () => inbox.forceInclude(0n, 1n, gas),
    );
    expect(done).to.deep.equal([true, false]);
    await expect(inbox.forceInclude(0n, 1n)).to.emit(inbox, "BatchAppended");
  });
});

describe("Inbox: forced inclusion", () => {
  it("V43 consumes exactly the messages that are old enough, and goes on from there", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 3);
    await time.increase(FORCE_DELAY / 2n);
    await send(system, 2);
    expect(await system.inbox.overdueCount()).to.equal(0n);
    await time.increase(FORCE_DELAY / 2n + 10n);
    expect(await system.inbox.overdueCount()).to.equal(3n);
    const receipt = await (await system.inbox.connect(system.other).getFunction("forceInclude")(0, 3)).wait();
    const block = await hre.ethers.provider.getBlock(receipt!.blockNumber);
    const record = batchRecordHash({
      previous: ZeroHash as Hex,
      chunksHash: chunksHash(new Uint8Array(0)),
      delayedCount: 3n,
      l1Number: BigInt(block!.number),
      l1Time: BigInt(block!.timestamp),
    });
    expect(await system.inbox.batchRecord(0)).to.equal(record);
    expect(await system.inbox.consumedCount()).to.equal(3n);
    const last = await system.inbox.messageHash(4);
    await expect(post(system, 1n, record, 5n, last)).to.emit(system.inbox, "BatchAppended");
  });

  it("V19 allows it from the very second on that the view says", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system);
    const due = (await system.inbox.messageTime(0)) + FORCE_DELAY;
    await time.setNextBlockTimestamp(due - 1n);
    await expect(system.inbox.forceInclude(0, 1))
      .to.be.revertedWithCustomError(system.inbox, "NotOverdue")
      .withArgs(due - 1n, due);
    await time.setNextBlockTimestamp(due);
    await expect(system.inbox.forceInclude(0, 1)).to.emit(system.inbox, "BatchAppended");
  });

  it("V43 cannot be delayed by batches or messages that come in between", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 2);
    await time.increase(FORCE_DELAY + 1n);
    await (await post(system, 0n, ZeroHash, 0n, ZeroHash)).wait();
    await (await post(system, 1n, await system.inbox.batchRecord(0), 1n, await system.inbox.messageHash(0))).wait();
    await send(system);
    await expect(system.inbox.forceInclude(0, 2)).to.emit(system.inbox, "BatchAppended");
    expect(await system.inbox.consumedCount()).to.equal(2n);
  });

  it("V58 takes all that is overdue, also when asked for less", async () => {
    const system = await loadFixture(deployTestSystem);
    await send(system, 5);
    await time.increase(FORCE_DELAY + 1n);
    await (await system.inbox.forceInclude(0, 1)).wait();
    expect(await system.inbox.consumedCount()).to.equal(5n);
  });

  it("refuses what is consumed, what was not sent, and a future place", async () => {
    const system = await loadFixture(deployTestSystem);
    await expect(system.inbox.forceInclude(0, 0)).to.be.revertedWithCustomError(system.inbox, "DelayedBackwards");
    await expect(system.inbox.forceInclude(0, 1)).to.be.revertedWithCustomError(system.inbox, "DelayedTooFar");
    await expect(system.inbox.forceInclude(1, 1)).to.be.revertedWithCustomError(system.inbox, "WrongIndex");
    await send(system);
    await time.increase(FORCE_DELAY + 1n);
    await (await system.inbox.forceInclude(0, 1)).wait();
    await mine();
    await expect(system.inbox.forceInclude(1, 1)).to.be.revertedWithCustomError(system.inbox, "DelayedBackwards");
  });
});

describe("Inbox: parameters", () => {
  it("V09 refuses parameters that make no system", async () => {
    const factory = await hre.ethers.getContractFactory("Inbox");
    const key = "0x00000000000000000000000000000000000000aa";
    const contract = (await hre.ethers.deployContract("Relay")).target;
    const cases: [unknown[], string][] = [
      [[ZeroAddress, key, BLOCK_GAS_LIMIT, HOUR], "sequencer"],
      [[contract, key, BLOCK_GAS_LIMIT, HOUR], "sequencer"],
      [[key, ZeroAddress, BLOCK_GAS_LIMIT, HOUR], "portal"],
      [[key, key, 999_999, HOUR], "blockGasLimit"],
      [[key, key, 30_000_001, HOUR], "blockGasLimit"],
      [[key, key, BLOCK_GAS_LIMIT, 0], "forceDelay"],
      [[key, key, BLOCK_GAS_LIMIT, 7 * 86_400 + 1], "forceDelay"],
    ];
    for (const [args, name] of cases) {
      await expect(factory.deploy(...(args as [string, string, bigint, number])))
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
    }
    for (const forceDelay of [1, 7 * 86_400]) await factory.deploy(key, key, 1_000_000, forceDelay);
  });
});
