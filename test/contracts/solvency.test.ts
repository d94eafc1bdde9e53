import { expect } from "chai";
import hre from "hardhat";
import { loadFixture, time } from "@nomicfoundation/hardhat-network-helpers";
import { keccak256, toBeHex, ZeroAddress, ZeroHash, type Contract } from "ethers";
import { assertBooks, deploySolvency, ETHER_ASSET, evidenceOf, type SolvencySystem } from "./support/solvency";
import { BOND, WINDOW } from "./support/sums";
import { ETHER } from "./support/system";
import { Liabilities } from "../../games/sums/liabilities";
import { expectPinned } from "../support/snapshot";
import type { Hex } from "../../protocol/types";

const FULL = ETHER;
const FILE = "gas.solvency";
let system: SolvencySystem;
let asset: string;

/** Of `IAssertionGames.Fate`. */
const FATE_WON = 2;

const prove = (asserted: Awaited<ReturnType<typeof assertBooks>>, of = asset) =>
  system.oracle.prove(of, evidenceOf(asserted, of)) as Promise<{ wait(): Promise<{ gasUsed: bigint } | null> }>;
const backing = async (of = asset) =>
  (await system.oracle.backing(of)).toObject() as { held: bigint; owed: bigint; ratio: bigint };

/** The truth after the first deposit, confirmed and proven. */
async function settle(credited = 1000n) {
  const truth = await assertBooks(system, system.user, { number: 1, credited });
  await truth.confirm();
  await (await prove(truth)).wait();
  return truth;
}

describe("Solvency oracle", () => {
  beforeEach(async () => {
    system = await loadFixture(deploySolvency);
    asset = system.token.target as string;
  });

  it("V80 says nothing before a confirmed root was proven, then what it says, as old as its assertion", async () => {
    const { oracle, user } = system;
    const truth = await assertBooks(system, user, { number: 1, credited: 1000n });
    const madeAt = await time.latest();
    await (await prove(truth)).wait();
    await expect(oracle.backing(asset)).to.be.revertedWithCustomError(oracle, "NothingProven").withArgs(asset);
    await expect(oracle.health(asset)).to.be.revertedWithCustomError(oracle, "NothingProven");
    await truth.confirm();
    // The standing record has become the confirmed one by itself.
    const { held, owed, ratio, assertedAt, l2BlockNumber } = await oracle.backing(asset);
    expect([held, owed, ratio, assertedAt, l2BlockNumber]).to.deep.equal([1000n, 1000n, FULL, BigInt(madeAt), 1n]);
    expect(await oracle.surplus(asset)).to.equal(0);
  });

  it("V80 shows tokens that L2 credited without a deposit, once the root that says so stands or is confirmed", async () => {
    const first = await settle();
    const minted = await assertBooks(system, system.user, { number: 2, credited: 1500n }, { on: first });
    expect((await backing()).ratio).to.equal(FULL);
    await (await prove(minted)).wait();
    const { held, owed, ratio } = await backing();
    expect([held, owed, ratio]).to.deep.equal([1000n, 1500n, (FULL * 2n) / 3n]);
    expect(await system.oracle.surplus(asset)).to.equal(-500n);
    const { confirmed, standing } = await system.oracle.backings(asset);
    expect([confirmed.ratio, standing.ratio]).to.deep.equal([FULL, (FULL * 2n) / 3n]);
    await minted.confirm();
    expect((await backing()).ratio).to.equal((FULL * 2n) / 3n);
  });

  it("shows more let go than was ever credited, and no less for what was let go and paid", async () => {
    const first = await settle();
    const books = { number: 2, credited: 1000n, started: 1600n };
    const twice = await assertBooks(system, system.user, books, { on: first });
    await (await prove(twice)).wait();
    expect((await backing()).owed).to.equal(1600n);
  });

  it("shows at once, without any proof, what L1 loses, and counts a deposit as owed from its moment", async () => {
    const { token, deposit } = system;
    await settle();
    await deposit(500);
    expect(await backing()).to.deep.include({ held: 1500n, owed: 1500n, ratio: FULL });
    await (await token.rebase(50)).wait();
    expect(await backing()).to.deep.include({ held: 750n, owed: 1500n, ratio: FULL / 2n });
    // A gift is backing, for whatever reason it is given.
    await (await token.mint(system.tokenBridge.target, 4000)).wait();
    expect((await backing()).ratio > FULL).to.equal(true);
  });

  it("lets no lie raise it, and one honest rival undo a lie that lowered it", async () => {
    const { user, other, oracle } = system;
    const first = await settle(1500n);
    expect((await backing()).ratio).to.equal((FULL * 2n) / 3n);
    // A lie that all is well, newer than the confirmed truth.
    const rosy = await assertBooks(system, other, { number: 9, credited: 1n }, { on: first });
    await (await prove(rosy)).wait();
    expect((await backing()).ratio).to.equal((FULL * 2n) / 3n);
    // A lie that all is lost, newer still, after the first got its rival.
    const truth = await assertBooks(system, user, { number: 2, credited: 1500n }, { on: first });
    await expect(prove(rosy)).to.be.revertedWithCustomError(oracle, "NotStanding").withArgs(1);
    await expect(prove(truth)).to.be.revertedWithCustomError(oracle, "NotStanding");
    expect((await oracle.health(asset)).isRivalled).to.equal(true);
    expect((await backing()).ratio).to.equal((FULL * 2n) / 3n);
  });

  it("V80 tells until the verdict that a rival holds up bad news, also when nobody remembers the news", async () => {
    const { user, other, oracle } = system;
    const first = await settle();
    await expect(oracle.noteDispute(asset, first.index))
      .to.be.revertedWithCustomError(oracle, "NotDisputed")
      .withArgs(FATE_WON);
    const bad = await assertBooks(system, user, { number: 2, credited: 4000n }, { on: first });
    await (await prove(bad)).wait();
    expect((await backing()).ratio).to.equal(FULL / 4n);
    expect(await oracle.isContested(asset)).to.equal(false);
    // It has earned its period before the liar comes, so that it will win without a fight.
    await time.increase(200);
    // `backing` cannot know which of the two is right.
    const lie = await assertBooks(
      system,
      other,
      { number: 2, credited: 1000n },
      { on: first, past: toBeHex(7, 32) as Hex },
    );
    expect((await backing()).ratio).to.equal(FULL);
    expect(await oracle.isContested(asset)).to.equal(true);
    await expect(oracle.drop(asset)).to.emit(oracle, "DisputeNoted").withArgs(asset, bad.id);
    expect(await oracle.isContested(asset)).to.equal(true);
    // What is disputed already is not pushed out by another dispute.
    await expect(oracle.noteDispute(asset, lie.index)).not.to.emit(oracle, "DisputeNoted");
    await bad.confirm();
    expect(await oracle.isContested(asset)).to.equal(false);
    await (await prove(bad)).wait();
    expect((await backing()).ratio).to.equal(FULL / 4n);
  });

  it("takes a note of a dispute about news that nobody has proven", async () => {
    const { user, other, oracle } = system;
    const first = await settle();
    const bad = await assertBooks(system, user, { number: 2, credited: 4000n }, { on: first });
    await assertBooks(system, other, { number: 2, credited: 1000n }, { on: first, past: toBeHex(7, 32) as Hex });
    expect(await oracle.isContested(asset)).to.equal(false);
    await expect(oracle.noteDispute(asset, bad.index)).to.emit(oracle, "DisputeNoted").withArgs(asset, bad.id);
    expect(await oracle.isContested(asset)).to.equal(true);
  });

  it("forgets a lie whose ancestor has a rival, however absurd its number", async () => {
    const { user, other, oracle } = system;
    const root = await settle();
    const lie = await assertBooks(system, other, { number: 20, credited: 1000n }, { on: root });
    const child = await assertBooks(system, other, { number: 2 ** 40, credited: 10n ** 30n }, { on: lie });
    await (await prove(child)).wait();
    expect((await backing()).ratio).to.equal((1000n * FULL) / 10n ** 30n);
    await assertBooks(system, user, { number: 4, credited: 1000n }, { on: root });
    // The child's own place is untouched: it counts, downwards, till somebody says so.
    expect((await backing()).ratio).to.equal((1000n * FULL) / 10n ** 30n);
    await expect(oracle.drop(asset)).to.emit(oracle, "StandingDropped").withArgs(asset, child.id);
    expect((await backing()).ratio).to.equal(FULL);
    await expect(oracle.drop(asset)).not.to.emit(oracle, "StandingDropped");
  });

  it("takes no record of another place, output, asset or time, and no proof that is not the slot's", async () => {
    const { oracle, user } = system;
    const truth = await assertBooks(system, user, { number: 5, credited: 1000n });
    const good = evidenceOf(truth, asset);
    for (const changed of [{ root: ZeroHash }, { origin: ZeroHash }])
      await expect(oracle.prove(asset, { ...good, ...changed })).to.be.revertedWithCustomError(
        system.queue,
        "AssertionNotFound",
      );
    for (const changed of [{ stateRoot: ZeroHash }, { version: toBeHex(1, 32) }])
      await expect(
        oracle.prove(asset, { ...good, output: { ...good.output, ...changed } }),
      ).to.be.revertedWithCustomError(oracle, "OutputMismatch");
    const other = (await hre.ethers.deployContract("OrdinaryToken")).target;
    await expect(oracle.prove(other, good)).to.be.reverted;
    await expect(oracle.prove(ETHER_ASSET, good)).to.be.reverted;
    await expect(oracle.prove(asset, { ...good, book: [] })).to.be.reverted;
    await expect(oracle.prove(asset, { ...good, account: good.account.slice(1) })).to.be.reverted;
    await (await prove(truth)).wait();
    await expect(prove(truth)).to.be.revertedWithCustomError(oracle, "NotNewer").withArgs(5, 5);
    const older = await assertBooks(system, user, { number: 4, credited: 1n }, { on: truth });
    await expect(prove(older)).to.be.revertedWithCustomError(oracle, "NotNewer").withArgs(4, 5);
    await truth.confirm();
    await expect(prove(truth)).to.be.revertedWithCustomError(oracle, "NotNewer");
  });

  it("V80 finds ether that stands in accounts and never went in, once their sum is settled, whatever is deposited later", async () => {
    const { user, oracle, roots, portal } = system;
    const held = await hre.ethers.provider.getBalance(portal.target);
    const settleSum = async (asserted: Awaited<ReturnType<typeof assertBooks>>) => {
      const { sum, stateRoot } = new Liabilities(asserted.nodes, asserted.output.stateRoot);
      const index = (await roots.postingCount()) as bigint;
      const { output } = evidenceOf(asserted, ETHER_ASSET);
      await (await roots.post(asserted.index, output, sum, { value: BOND })).wait();
      await time.increase(WINDOW);
      await (await roots.settle(index, { assertion: asserted.id, stateRoot, sum })).wait();
    };
    const created = await assertBooks(system, user, { number: 1, created: 3n * ETHER });
    await expect(oracle.noteExcess(created.index)).to.be.revertedWithCustomError(oracle, "NotConfirmed");
    await created.confirm();
    await (await prove(created, ETHER_ASSET)).wait();
    // No predeploy tells.
    expect(await backing(ETHER_ASSET)).to.deep.include({ held, owed: held, ratio: FULL });
    await expect(oracle.noteExcess(created.index)).to.be.revertedWithCustomError(oracle, "NotSettled");
    // Over no sums none is settled.
    const ofBlind = [system.tokenBridge.target, ZeroAddress, ZeroAddress];
    const blind = await hre.ethers.deployContract("SolvencyOracle", ofBlind);
    await expect(blind.noteExcess(created.index)).to.be.revertedWithCustomError(blind, "NotSettled");
    await settleSum(created);
    const noted = await (await oracle.noteExcess(created.index)).wait();
    expectPinned(FILE, "solvency: note an excess", Number(noted!.gasUsed), 250_000);
    const short = { held, owed: held + 3n * ETHER, ratio: (held * FULL) / (held + 3n * ETHER) };
    expect(await backing(ETHER_ASSET)).to.deep.include(short);
    const data = oracle.interface.encodeFunctionData("backing", [ETHER_ASSET]);
    const read = Number(await hre.ethers.provider.estimateGas({ to: oracle.target as string, data })) - 21_000;
    expectPinned(FILE, "solvency: read backing of ether, with an excess", read, 60_000);
    await (await portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value: 5n * ETHER })).wait();
    expect(await system.oracle.surplus(ETHER_ASSET)).to.equal(-3n * ETHER);
    await expect(oracle.noteExcess(created.index)).to.be.revertedWithCustomError(oracle, "NotNewer");
    // A newer root that tells nothing of accounts takes nothing back; one whose sum is settled does.
    const burnt = await assertBooks(system, user, { number: 2, passer: 1n }, { on: created });
    await burnt.confirm();
    await (await prove(burnt, ETHER_ASSET)).wait();
    expect(await system.oracle.surplus(ETHER_ASSET)).to.equal(-3n * ETHER);
    await settleSum(burnt);
    await (await oracle.noteExcess(burnt.index)).wait();
    expect(await system.oracle.surplus(ETHER_ASSET)).to.equal(0n);
    const { amount, l2BlockNumber } = await oracle.excess();
    expect([amount, l2BlockNumber]).to.deep.equal([0n, 2n]);
  });

  it("V80 finds ether that withdrawals have taken and that never went in", async () => {
    const { user, portal } = system;
    const held = await hre.ethers.provider.getBalance(portal.target);
    const truth = await assertBooks(system, user, { number: 1, passer: held });
    await truth.confirm();
    await (await prove(truth, ETHER_ASSET)).wait();
    expect(await backing(ETHER_ASSET)).to.deep.include({ held, owed: held, ratio: FULL });
    await (await portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value: ETHER })).wait();
    expect(await backing(ETHER_ASSET)).to.deep.include({ held: held + ETHER, owed: held + ETHER, ratio: FULL });
    const forged = await assertBooks(system, user, { number: 2, passer: 4n * held }, { on: truth });
    await (await prove(forged, ETHER_ASSET)).wait();
    expect((await backing(ETHER_ASSET)).owed).to.equal(4n * held);
  });

  it("tells lag, dispute, the nearest rival, the last batch and the oldest message", async () => {
    const { oracle, user, other, queue, inbox, sequencer } = system;
    const first = await settle();
    const standing = await assertBooks(system, user, { number: 2, credited: 1000n }, { on: first });
    await (await prove(standing)).wait();
    await expect(oracle.noteRival(asset, ZeroHash)).to.be.revertedWithCustomError(oracle, "NotARival");
    await expect(oracle.noteRival(asset, standing.root)).to.be.revertedWithCustomError(oracle, "NotARival");
    let health = await oracle.health(asset);
    expect([health.isRivalled, health.proofFamilies, health.dataMode]).to.deep.equal([false, 1n, 0n]);
    await time.increase(30);
    const rivals = [];
    for (const number of [7, 8])
      rivals.push(
        await assertBooks(system, other, { number, credited: 1000n }, { on: first, past: toBeHex(number, 32) as Hex }),
      );
    await (await oracle.noteRival(asset, rivals[0].root)).wait();
    await expect(oracle.noteRival(asset, rivals[1].root)).to.be.revertedWithCustomError(oracle, "NotNewer");
    health = await oracle.health(asset);
    expect(health.isRivalled).to.equal(true);
    expect(health.rivalSeconds).to.equal((await queue.edge(rivals[0].id)).timer);
    expect(health.challengePeriod).to.equal(100n);
    expect(health.messageAge).to.equal(BigInt(await time.latest()) - (await inbox.messageTime(0)));
    expect(health.finalityLag > 0n).to.equal(true);

    const post = inbox.connect(sequencer).getFunction("postBatch");
    await (await post(0, ZeroHash, 1, await inbox.messageHash(0), "0x")).wait();
    const block = (await hre.ethers.provider.getBlock("latest"))!;
    const chunks = keccak256(keccak256(Buffer.from("solvent.chunks")));
    const note = (l1Time: number) => oracle.noteBatch(0, ZeroHash, chunks, 1, block.number, l1Time);
    await expect(note(block.timestamp + 1)).to.be.revertedWithCustomError(oracle, "BatchMismatch");
    await (await note(block.timestamp)).wait();
    await expect(note(block.timestamp)).to.be.revertedWithCustomError(oracle, "NotNewer");
    await time.increase(60);
    health = await oracle.health(asset);
    expect([health.batchAge, health.messageAge]).to.deep.equal([
      ...[BigInt((await time.latest()) - block.timestamp), 0n],
    ]);
  });

  it("serves a consumer that knows Chainlink's interface alone, and looks stale when nobody renews it", async () => {
    const { oracle, token } = system;
    const feed = await hre.ethers.deployContract("BackingFeed", [oracle.target, asset]);
    const consumer = await hre.ethers.deployContract("FeedConsumer", [feed.target, 3600]);
    await expect(consumer.mint(1)).to.be.revertedWithCustomError(oracle, "NothingProven");
    await settle();
    await (await consumer.mint(1)).wait();
    const [roundId, answer, startedAt, updatedAt, answeredIn] = await feed.latestRoundData();
    expect([roundId, answer, startedAt, answeredIn]).to.deep.equal([1n, 10n ** 8n, updatedAt, 1n]);
    expect(await feed.getRoundData(1)).to.deep.equal([roundId, answer, startedAt, updatedAt, answeredIn]);
    await expect(feed.getRoundData(2)).to.be.revertedWithCustomError(feed, "NoDataPresent").withArgs(2);
    expect([await feed.decimals(), await feed.version()]).to.deep.equal([8n, 1n]);
    await (await token.rebase(99)).wait();
    await expect(consumer.mint(1)).to.be.revertedWithCustomError(consumer, "ShortOfReserve").withArgs(99_000_000);
    await (await token.mint(system.tokenBridge.target, 1000)).wait();
    await (await consumer.mint(1)).wait();
    await time.increase(4000);
    await expect(consumer.mint(1)).to.be.revertedWithCustomError(consumer, "Stale");
  });

  it("serves a consumer that knows ERC-7893 alone, by proof and not by push", async () => {
    const { oracle, token } = system;
    const price = await hre.ethers.deployContract("FixedFeed", [ETHER / 2n]);
    const deploy = (of: string, feed: string) =>
      hre.ethers.deployContract("SolvencyProof", [oracle.target, of, feed, 0]) as unknown as Promise<Contract>;
    const proof = await deploy(asset, price.target as string);
    await expect(deploy(asset, ZeroAddress)).to.be.revertedWithCustomError(proof, "NoPrice").withArgs(asset);
    const consumer = await hre.ethers.deployContract("ProofConsumer", [proof.target]);
    for (const push of ["updateAssets", "updateLiabilities"] as const)
      await expect(proof.getFunction(push)([], [], [])).to.be.revertedWithCustomError(proof, "ProvenNotPushed");
    await settle();
    expect(await consumer.assess()).to.deep.equal([true, 0n]);
    await (await token.rebase(60)).wait();
    expect(await consumer.assess()).to.deep.equal([false, 200n * ETHER]);
    expect(await proof.getSolvencyRatio()).to.equal(6_000n);
    const assets = await proof.getProtocolAssets();
    expect([...assets[0], ...assets[1], ...assets[2]]).to.deep.equal([asset, 600n, 300n * ETHER]);
    const [times, ratios] = await proof.getSolvencyHistory(0, 2n ** 64n);
    expect([times.length, ratios[0], assets.timestamp]).to.deep.equal([1, 6_000n, times[0]]);
    expect((await proof.getSolvencyHistory(0, 1))[0].length).to.equal(0);
    const ether = await deploy(ETHER_ASSET, ZeroAddress);
    expect(await ether.price()).to.equal(ZeroAddress);
  });

  it("pins the gas: a proof under 250,000, a read under 60,000", async () => {
    const { oracle, user } = system;
    const first = await settle();
    const next = await assertBooks(system, user, { number: 2, credited: 1000n }, { on: first });
    const gas = async (sent: ReturnType<typeof prove>) => Number((await (await sent).wait())!.gasUsed);
    expectPinned(FILE, "solvency: prove a token's book, the first standing", await gas(prove(next)), 250_000);
    await next.confirm();
    const last = await assertBooks(system, user, { number: 3, credited: 1000n, passer: 1n }, { on: next });
    expectPinned(FILE, "solvency: prove a token's book, a later one", await gas(prove(last)), 250_000);
    expectPinned(FILE, "solvency: prove ether, the first", await gas(prove(last, ETHER_ASSET)), 250_000);
    const feed = await hre.ethers.deployContract("BackingFeed", [oracle.target, asset]);
    const reads = [
      ["backing", oracle.target, oracle.interface.encodeFunctionData("backing", [asset])],
      ["the feed", feed.target, feed.interface.encodeFunctionData("latestRoundData")],
      ["health", oracle.target, oracle.interface.encodeFunctionData("health", [asset])],
    ] as const;
    for (const [what, to, data] of reads) {
      // All slots cold, as in a transaction of its own; without that transaction's base.
      const read = Number(await hre.ethers.provider.estimateGas({ to: to as string, data })) - 21_000;
      expectPinned(FILE, `solvency: read ${what}`, read, 60_000);
    }
  });
});
