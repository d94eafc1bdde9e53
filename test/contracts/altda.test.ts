import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, mine, time } from "@nomicfoundation/hardhat-network-helpers";
import { hexlify, randomBytes, ZeroAddress, ZeroHash, type Contract, type EventLog, type Signer } from "ethers";
import type { Hex } from "../../protocol/types";
import { batchRecordHash, chunksHash } from "../../protocol";
import { expectPinned } from "../support/snapshot";

const [CHALLENGE_WINDOW, RESOLVE_WINDOW, BOND] = [100n, 200n, 10n ** 18n];
const FORCE_DELAY = 3_600n;
const NO_BYTES = chunksHash(new Uint8Array(0));
const NONE = 0n;
const CHALLENGED = 1n;
const RESOLVED = 2n;

interface Altda {
  inbox: Contract;
  sequencer: Signer;
  challenger: Signer;
  other: Signer;
}

interface Commitment {
  previous: Hex;
  chunksHash: Hex;
  delayedCount: bigint;
  l1Number: bigint;
  l1Time: bigint;
}

async function deployAltda(): Promise<Altda> {
  await hre.run("compile", { quiet: true });
  const [, sequencer, challenger, other] = await hre.ethers.getSigners();
  const portal = `0x${"bb".repeat(20)}`;
  const numbers = [30_000_000n, FORCE_DELAY, CHALLENGE_WINDOW, RESOLVE_WINDOW, BOND];
  const inbox = await hre.ethers.deployContract("AltdaInbox", [sequencer.address, portal, ...numbers]);
  return { inbox: inbox as unknown as Contract, sequencer, challenger, other };
}

const as = (inbox: Contract, signer: Signer, name: string) => inbox.connect(signer).getFunction(name);

/** Appends a batch of these bytes. @returns what it was appended as. */
async function commit({ inbox, sequencer }: Altda, data: Uint8Array, delayed = 0n): Promise<Commitment> {
  const index = (await inbox.committedCount()) as bigint;
  const previous = index === 0n ? ZeroHash : ((await inbox.committedRecord(index - 1n)) as string);
  const last = delayed === 0n ? ZeroHash : ((await inbox.messageHash(delayed - 1n)) as string);
  const sent = await as(inbox, sequencer, "postBatch")(index, previous, delayed, last, chunksHash(data));
  const receipt = await sent.wait();
  const { number, timestamp } = (await receipt.getBlock()) as { number: number; timestamp: number };
  return {
    previous: previous as Hex,
    chunksHash: chunksHash(data),
    delayedCount: delayed,
    l1Number: BigInt(number),
    l1Time: BigInt(timestamp),
  };
}

/** Sets the time of the block that the next call is in. */
const at = (second: bigint) => time.setNextBlockTimestamp(second);

function challenge({ inbox, challenger }: Altda, index: number, commitment: Commitment, value = BOND) {
  return as(inbox, challenger, "challenge")(index, commitment, { value });
}

/** The second of the challenge. */
async function challenged(system: Altda, index: number, commitment: Commitment): Promise<bigint> {
  await (await challenge(system, index, commitment)).wait();
  return BigInt(await time.latest());
}

const resolve = ({ inbox, other }: Altda, index: number, commitment: Commitment, data: Uint8Array) =>
  as(inbox, other, "resolve")(index, commitment, hexlify(data));
const settle = ({ inbox, other }: Altda, index: number, ...commitments: Commitment[]) =>
  as(inbox, other, "settle")(index, commitments);
const bytes = () => randomBytes(5_000);
const recordOf = (previous: string, { delayedCount, l1Number, l1Time }: Commitment, hash: Hex) =>
  batchRecordHash({ previous: previous as Hex, chunksHash: hash, delayedCount, l1Number, l1Time });

describe("Inbox with data off L1: commitments", () => {
  it("appends 32 bytes as a commitment that does not count yet", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const commitment = await commit(system, bytes());
    expect([await inbox.batchCount(), await inbox.committedCount()]).to.deep.equal([0n, 1n]);
    expect(await inbox.batchRecord(0)).to.equal(ZeroHash);
    expect(await inbox.committedRecord(0)).to.equal(recordOf(ZeroHash, commitment, commitment.chunksHash));
    expect([await inbox.dataMode(), await inbox.sequencingMode()]).to.deep.equal([1n, 0n]);
  });

  it("refuses what is no commitment, and one to no bytes, which is a forced batch's", async () => {
    const { inbox, sequencer } = await loadFixture(deployAltda);
    for (const data of ["0x", `0x${"11".repeat(31)}`, `0x${"11".repeat(33)}`, NO_BYTES])
      await expect(as(inbox, sequencer, "postBatch")(0, ZeroHash, 0, ZeroHash, data))
        .to.be.revertedWithCustomError(inbox, "BadCommitment")
        .withArgs((data.length - 2) / 2);
    await expect(as(inbox, sequencer, "postBatch")(0, ZeroHash, 0, ZeroHash, `0x${"11".repeat(32)}`)).to.emit(
      inbox,
      "BatchCommitted",
    );
  });

  it("builds each on the one before, pending as it may be", async () => {
    const system = await loadFixture(deployAltda);
    await commit(system, bytes());
    await expect(as(system.inbox, system.sequencer, "postBatch")(1, ZeroHash, 0, ZeroHash, `0x${"11".repeat(32)}`))
      .to.be.revertedWithCustomError(system.inbox, "WrongRecord")
      .withArgs(ZeroHash, await system.inbox.committedRecord(0));
  });

  it("takes windows of a second to seven days and a bond, and names what it refuses", async () => {
    const factory = await hre.ethers.getContractFactory("AltdaInbox");
    const [account, portal, week] = [`0x${"aa".repeat(20)}`, `0x${"bb".repeat(20)}`, 604_800n];
    const make = (...[first, second, bond]: bigint[]) =>
      factory.deploy(account, portal, 30_000_000n, FORCE_DELAY, first, second, bond);
    await make(1n, 1n, 1n);
    await make(week, week, 1n);
    for (const [name, numbers] of [
      ["challengeWindow", [0n, 1n, 1n]],
      ["challengeWindow", [week + 1n, 1n, 1n]],
      ["resolveWindow", [1n, 0n, 1n]],
      ["resolveWindow", [1n, week + 1n, 1n]],
      ["challengeBond", [1n, 1n, 0n]],
    ] as const)
      await expect(make(...numbers), name)
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
  });
});

describe("Inbox with data off L1: a challenge", () => {
  it("is taken in the window's last second, and not one later", async () => {
    const system = await loadFixture(deployAltda);
    const [first, second] = [await commit(system, bytes()), await commit(system, bytes())];
    await at(first.l1Time + CHALLENGE_WINDOW);
    await expect(challenge(system, 0, first))
      .to.emit(system.inbox, "BatchChallenged")
      .withArgs(0, await system.challenger.getAddress(), first.l1Time + CHALLENGE_WINDOW + RESOLVE_WINDOW);
    await at(second.l1Time + CHALLENGE_WINDOW + 1n);
    await expect(challenge(system, 1, second))
      .to.be.revertedWithCustomError(system.inbox, "WindowOver")
      .withArgs(second.l1Time + CHALLENGE_WINDOW + 1n, second.l1Time + CHALLENGE_WINDOW);
  });

  it("takes exactly the bond, once, of a commitment as it was appended", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const commitment = await commit(system, bytes());
    for (const value of [0n, BOND - 1n, BOND + 1n])
      await expect(challenge(system, 0, commitment, value))
        .to.be.revertedWithCustomError(inbox, "WrongBond")
        .withArgs(value, BOND);
    for (const change of [
      { previous: NO_BYTES },
      { chunksHash: NO_BYTES },
      { delayedCount: 1n },
      { l1Number: commitment.l1Number + 1n },
      { l1Time: commitment.l1Time + 1n },
    ])
      await expect(challenge(system, 0, { ...commitment, ...change })).to.be.revertedWithCustomError(
        inbox,
        "WrongCommitment",
      );
    await expect(challenge(system, 1, commitment))
      .to.be.revertedWithCustomError(inbox, "NotPending")
      .withArgs(1, 0, 1);
    expect((await inbox.challengeOf(0)).status).to.equal(NONE);
    await challenged(system, 0, commitment);
    expect((await inbox.challengeOf(0)).status).to.equal(CHALLENGED);
    await expect(challenge(system, 0, commitment))
      .to.be.revertedWithCustomError(inbox, "WrongStatus")
      .withArgs(CHALLENGED, NONE);
  });

  it("finds nothing to challenge in a forced batch, nor in one that counts", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    await inbox.sendMessage(ZeroAddress, 0, 21_000, false, "0x");
    await time.increase(FORCE_DELAY);
    await inbox.forceInclude(0, 1);
    const { number, timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
    const numbers = { delayedCount: 1n, l1Number: BigInt(number), l1Time: BigInt(timestamp) };
    const forced = { previous: ZeroHash as Hex, chunksHash: NO_BYTES, ...numbers };
    await expect(challenge(system, 0, forced))
      .to.be.revertedWithCustomError(inbox, "NothingToChallenge")
      .withArgs(0);
    await settle(system, 0, forced);
    await expect(challenge(system, 0, forced))
      .to.be.revertedWithCustomError(inbox, "NotPending")
      .withArgs(0, 1, 1);
  });
});

describe("Inbox with data off L1: an answer", () => {
  it("is taken in the window's last second, and not one later", async () => {
    const system = await loadFixture(deployAltda);
    const data = [bytes(), bytes()];
    const commitments = [await commit(system, data[0]), await commit(system, data[1])];
    const times = [await challenged(system, 0, commitments[0]), await challenged(system, 1, commitments[1])];
    await at(times[0] + RESOLVE_WINDOW);
    await expect(resolve(system, 0, commitments[0], data[0]))
      .to.emit(system.inbox, "BatchResolved")
      .withArgs(0, await system.other.getAddress(), hexlify(data[0]));
    await at(times[1] + RESOLVE_WINDOW + 1n);
    await expect(resolve(system, 1, commitments[1], data[1]))
      .to.be.revertedWithCustomError(system.inbox, "WindowOver")
      .withArgs(times[1] + RESOLVE_WINDOW + 1n, times[1] + RESOLVE_WINDOW);
  });

  it("is taken once, after a challenge alone, and of the very bytes", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const data = bytes();
    const commitment = await commit(system, data);
    await expect(resolve(system, 0, commitment, data))
      .to.be.revertedWithCustomError(inbox, "WrongStatus")
      .withArgs(NONE, CHALLENGED);
    await challenged(system, 0, commitment);
    const flipped = Uint8Array.from(data, (byte, i) => (i === 4_096 ? byte ^ 1 : byte));
    for (const wrong of [flipped, data.subarray(1), new Uint8Array(0)])
      await expect(resolve(system, 0, commitment, wrong))
        .to.be.revertedWithCustomError(inbox, "WrongBytes")
        .withArgs(chunksHash(wrong), commitment.chunksHash);
    await (await resolve(system, 0, commitment, data)).wait();
    await expect(resolve(system, 0, commitment, data))
      .to.be.revertedWithCustomError(inbox, "WrongStatus")
      .withArgs(RESOLVED, CHALLENGED);
    await expect(challenge(system, 0, commitment))
      .to.be.revertedWithCustomError(inbox, "WrongStatus")
      .withArgs(RESOLVED, NONE);
  });

  it("takes 120,000 bytes and no more: who committed to more has no answer", async () => {
    const system = await loadFixture(deployAltda);
    const data = [randomBytes(120_000), randomBytes(120_001)];
    const commitments = [await commit(system, data[0]), await commit(system, data[1])];
    for (const [i, commitment] of commitments.entries()) await challenged(system, i, commitment);
    await expect(resolve(system, 0, commitments[0], data[0])).to.emit(system.inbox, "BatchResolved");
    await expect(resolve(system, 1, commitments[1], data[1]))
      .to.be.revertedWithCustomError(system.inbox, "BatchTooLarge")
      .withArgs(120_001, 120_000);
  });

  it("is paid its gas at the base fee out of the bond, at most all of it; the rest returns", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox, challenger, other } = system;
    const data = [bytes(), bytes()];
    const commitments = [await commit(system, data[0]), await commit(system, data[1])];
    for (const [i, commitment] of commitments.entries()) await challenged(system, i, commitment);
    const balances = () =>
      Promise.all([challenger, other].map(async (one) => (await inbox.bondOf(await one.getAddress())) as bigint));
    await hre.network.provider.send("hardhat_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await (await resolve(system, 0, commitments[0], data[0])).wait();
    const cost = (60_000n + 40n * 5_000n) * 10n ** 9n;
    expect(await balances()).to.deep.equal([BOND - cost, cost]);
    await hre.network.provider.send("hardhat_setNextBlockBaseFeePerGas", ["0x3b9aca0000000"]);
    await hre.network.provider.send("hardhat_setBalance", [await other.getAddress(), `0x${"f".repeat(30)}`]);
    await (await resolve(system, 1, commitments[1], data[1])).wait();
    expect(await balances()).to.deep.equal([BOND - cost, cost + BOND]);
  });
});

describe("Inbox with data off L1: what counts", () => {
  it("is a batch that nobody challenged from one second behind its window on, under the record it was appended with", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const commitment = await commit(system, bytes());
    const record = (await inbox.committedRecord(0)) as string;
    await at(commitment.l1Time + CHALLENGE_WINDOW);
    await expect(settle(system, 0, commitment))
      .to.be.revertedWithCustomError(inbox, "WindowOpen")
      .withArgs(commitment.l1Time + CHALLENGE_WINDOW, commitment.l1Time + CHALLENGE_WINDOW + 1n);
    await at(commitment.l1Time + CHALLENGE_WINDOW + 1n);
    const { previous, chunksHash: hash, delayedCount, l1Number, l1Time } = commitment;
    await expect(settle(system, 0, commitment))
      .to.emit(inbox, "BatchAppended")
      .withArgs(0, record, previous, hash, delayedCount, l1Number, l1Time, false);
    expect([await inbox.batchCount(), await inbox.batchRecord(0)]).to.deep.equal([1n, record]);
  });

  it("is an answered one at once", async () => {
    const system = await loadFixture(deployAltda);
    const data = bytes();
    const commitment = await commit(system, data);
    await challenged(system, 0, commitment);
    await (await resolve(system, 0, commitment, data)).wait();
    await settle(system, 0, commitment);
    expect(await system.inbox.batchRecord(0)).to.equal(recordOf(ZeroHash, commitment, commitment.chunksHash));
  });

  it("is one that nobody answered, with no bytes, from one second behind its window on; the bond returns", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox, challenger } = system;
    const commitment = await commit(system, bytes());
    const time_ = await challenged(system, 0, commitment);
    await at(time_ + RESOLVE_WINDOW);
    await expect(settle(system, 0, commitment))
      .to.be.revertedWithCustomError(inbox, "WindowOpen")
      .withArgs(time_ + RESOLVE_WINDOW, time_ + RESOLVE_WINDOW + 1n);
    await at(time_ + RESOLVE_WINDOW + 1n);
    const sent = await settle(system, 0, commitment);
    const record = recordOf(ZeroHash, commitment, NO_BYTES);
    await expect(sent)
      .to.emit(inbox, "BatchExpired")
      .withArgs(0, await challenger.getAddress());
    const { previous, delayedCount, l1Number, l1Time } = commitment;
    await expect(sent)
      .to.emit(inbox, "BatchAppended")
      .withArgs(0, record, previous, NO_BYTES, delayedCount, l1Number, l1Time, false);
    expect(await inbox.batchRecord(0)).to.equal(record);
    expect(await inbox.bondOf(await challenger.getAddress())).to.equal(BOND);
  });

  it("stands on what counts before it: behind a lost batch every pending one gets another record, and the next builds on that", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const commitments: Commitment[] = [];
    for (let i = 0; i < 4; i++) commitments.push(await commit(system, bytes()));
    await challenged(system, 1, commitments[1]);
    await time.increase(CHALLENGE_WINDOW + RESOLVE_WINDOW + 1n);
    // A fifth comes in while four are pending: it builds on the record that the fourth was appended with.
    commitments.push(await commit(system, bytes()));
    await settle(system, 0, ...commitments.slice(0, 2));
    await settle(system, 2, ...commitments.slice(2, 4));
    await time.increase(CHALLENGE_WINDOW + 1n);
    await settle(system, 4, commitments[4]);
    let record: string = ZeroHash;
    for (const [i, commitment] of commitments.entries()) {
      record = recordOf(record, commitment, i === 1 ? NO_BYTES : commitment.chunksHash);
      expect(await inbox.batchRecord(i), `batch ${i}`).to.equal(record);
    }
    const next = await commit(system, bytes());
    expect(next.previous).to.equal(record);
  });

  it("comes in order, no batch twice, by two callers at once and in any portion", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const commitments: Commitment[] = [];
    for (let i = 0; i < 3; i++) commitments.push(await commit(system, bytes()));
    await time.increase(CHALLENGE_WINDOW + 1n);
    await expect(settle(system, 1, commitments[1]))
      .to.be.revertedWithCustomError(inbox, "NotPending")
      .withArgs(1, 0, 3);
    await expect(settle(system, 0, commitments[1])).to.be.revertedWithCustomError(inbox, "WrongCommitment");
    await settle(system, 0, commitments[0]);
    await expect(settle(system, 0, ...commitments)).to.emit(inbox, "BatchAppended");
    expect(await inbox.batchCount()).to.equal(3n);
    await expect(settle(system, 0, ...commitments)).not.to.emit(inbox, "BatchAppended");
    await expect(settle(system, 3, commitments[2]))
      .to.be.revertedWithCustomError(inbox, "NotPending")
      .withArgs(3, 3, 3);
    expect(await inbox.batchCount()).to.equal(3n);
  });

  it("waits for one whose window is open, whoever is behind it", async () => {
    const system = await loadFixture(deployAltda);
    const data = bytes();
    const [first, second] = [await commit(system, bytes()), await commit(system, data)];
    await challenged(system, 1, second);
    await (await resolve(system, 1, second, data)).wait();
    await expect(settle(system, 0, first, second)).to.be.revertedWithCustomError(system.inbox, "WindowOpen");
    await at(first.l1Time + CHALLENGE_WINDOW + 1n);
    await settle(system, 0, first, second);
    expect(await system.inbox.batchCount()).to.equal(2n);
  });

  it("takes forced messages into the order at once: they count when those before them do, whatever becomes of them", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox, other } = system;
    await inbox.sendMessage(ZeroAddress, 0, 21_000, false, "0x");
    await time.increase(FORCE_DELAY);
    const lost = await commit(system, bytes());
    const time_ = await challenged(system, 0, lost);
    await (await as(inbox, other, "forceInclude")(0, 1)).wait();
    expect([await inbox.consumedCount(), await inbox.committedCount()]).to.deep.equal([1n, 2n]);
    const { number, timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
    const forced: Commitment = {
      previous: recordOf(ZeroHash, lost, lost.chunksHash),
      chunksHash: NO_BYTES,
      ...{ delayedCount: 1n, l1Number: BigInt(number), l1Time: BigInt(timestamp) },
    };
    await at(time_ + RESOLVE_WINDOW + 1n);
    const sent = await settle(system, 0, lost, forced);
    const before = recordOf(ZeroHash, lost, NO_BYTES);
    await expect(sent)
      .to.emit(inbox, "BatchAppended")
      .withArgs(1, recordOf(before, forced, NO_BYTES), before, NO_BYTES, 1, forced.l1Number, forced.l1Time, true);
  });
});

describe("Inbox with data off L1: bonds", () => {
  it("are paid once, though their owner asks again while it is paid", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox } = system;
    const reclaimer = await hre.ethers.deployContract("Reclaimer", [inbox.target]);
    const [first, second] = [await commit(system, bytes()), await commit(system, bytes())];
    await (await reclaimer.challenge(0, first, { value: BOND })).wait();
    // Another's bond lies there, too: it must stay.
    await challenged(system, 1, second);
    await time.increase(RESOLVE_WINDOW + 1n);
    await settle(system, 0, first);
    await (await reclaimer.withdraw()).wait();
    expect([await reclaimer.received(), await reclaimer.paidInside()]).to.deep.equal([BOND, 0n]);
    expect(await hre.ethers.provider.getBalance(inbox.target)).to.equal(BOND);
    expect(await inbox.bondOf(reclaimer.target)).to.equal(0n);
  });

  it("stay where a receiver refuses, and go where their owner says", async () => {
    const system = await loadFixture(deployAltda);
    const { inbox, challenger } = system;
    const commitment = await commit(system, bytes());
    await challenged(system, 0, commitment);
    await time.increase(RESOLVE_WINDOW + 1n);
    await settle(system, 0, commitment);
    await expect(as(inbox, challenger, "withdrawBond")(inbox.target)).to.be.revertedWithCustomError(
      inbox,
      "TransferFailed",
    );
    const to = hre.ethers.Wallet.createRandom().address;
    await expect(as(inbox, challenger, "withdrawBond")(to)).to.changeEtherBalance(to, BOND);
    await mine();
    await expect(as(inbox, challenger, "withdrawBond")(to)).to.changeEtherBalance(to, 0n);
  });
});

describe("Gas of an inbox with data off L1", () => {
  const FILE = "gas.bridge";
  const gasOf = async (sent: Promise<{ wait(): Promise<{ gasUsed: bigint }> }>) =>
    Number((await (await sent).wait()).gasUsed);

  it("pins what a batch costs: committed to, challenged, answered, and once it counts", async () => {
    const system = await loadFixture(deployAltda);
    const data = Array.from({ length: 10 }, () => randomBytes(120_000));
    await commit(system, data[0]);
    const commitments = [await commit(system, data[1])];
    const receipt = (await hre.ethers.provider.getBlock("latest", true))!.prefetchedTransactions[0];
    const used = (await hre.ethers.provider.getTransactionReceipt(receipt.hash))!.gasUsed;
    expectPinned(FILE, "inbox: commit to a batch off L1", Number(used), 80_000);
    const logs = await system.inbox.queryFilter("BatchCommitted", 0);
    const [previous, chunks, delayedCount, l1Number, l1Time] = (logs[0] as EventLog).args.slice(2);
    commitments.unshift({ previous, chunksHash: chunks, delayedCount, l1Number, l1Time } as Commitment);
    for (let i = 2; i < 10; i++) commitments.push(await commit(system, data[i]));
    const challenging = challenge(system, 0, commitments[0]);
    expectPinned(FILE, "inbox: challenge a batch off L1", await gasOf(challenging as never), 90_000);
    const answering = resolve(system, 0, commitments[0], data[0]);
    expectPinned(FILE, "inbox: answer with 120000 bytes", await gasOf(answering as never), 5_000_000);
    await time.increase(CHALLENGE_WINDOW + 1n);
    const one = settle(system, 0, commitments[0]);
    expectPinned(FILE, "inbox: let one batch off L1 count", await gasOf(one as never), 80_000);
    const nine = settle(system, 1, ...commitments.slice(1));
    expectPinned(FILE, "inbox: let nine batches off L1 count", await gasOf(nine as never), 200_000);
  });
});
