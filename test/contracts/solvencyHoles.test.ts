import { expect } from "chai";
import hre from "hardhat";
import { loadFixture } from "@nomicfoundation/hardhat-network-helpers";
import { toBeHex, ZeroAddress, ZeroHash } from "ethers";
import {
  assertBooks,
  deploySolvency,
  ETHER_ASSET,
  evidenceOf,
  type AssertedState,
  type ShownDeposit,
  type SolvencySystem,
} from "./support/solvency";
import { ETHER, messagesOf } from "./support/system";
import { messageArgument } from "./support/trapped";
import { expectPinned } from "../support/snapshot";
import type { Hex } from "../../protocol/types";

const FULL = ETHER;
const FILE = "gas.solvency";
/** Messages that stand in the Inbox after the fixture: the deposit of 1,000. */
const FIRST = 1;
let system: SolvencySystem;
let asset: string;

const prove = async (asserted: AssertedState, noted?: number | bigint, of = asset) => {
  const receipt = await (await system.oracle.prove(of, evidenceOf(asserted, of, noted))).wait();
  return Number(receipt!.gasUsed);
};
const surplus = async (of = asset) => (await system.oracle.surplus(of)) as bigint;
const noteBefore = (count: number, later: number | bigint, deposits: ShownDeposit[], of = asset) =>
  system.oracle.noteTakenBefore(of, count, later, deposits);

/** L2 has credited the first deposit of 1,000 and 100 more. */
const holed = { number: 2, consumed: FIRST, credited: 1100n };

async function settle() {
  const truth = await assertBooks(system, system.user, { number: 1, consumed: FIRST, credited: 1000n });
  await truth.confirm();
  await prove(truth);
  return truth;
}

describe("Solvency oracle: holes that later deposits would hide", () => {
  beforeEach(async () => {
    system = await loadFixture(deploySolvency);
    asset = system.token.target as string;
  });

  it("V80 keeps a hole as large as it was shown, whatever is deposited later, until L1 is given what is missing", async () => {
    const first = await settle();
    const hole = await assertBooks(system, system.user, holed, { on: first });
    await prove(hole);
    expect(await surplus()).to.equal(-100n);
    await system.deposit(100);
    // L2 will credit these, too.
    expect(await surplus()).to.equal(-100n);
    await hole.confirm();
    expect(await surplus()).to.equal(-100n);
    // A newer root that is compared with all that L1 has by now takes nothing back.
    await system.deposit(1000);
    const books = { number: 3, consumed: FIRST + 1, credited: 1200n };
    const next = await assertBooks(system, system.user, books, { on: hole });
    await prove(next);
    await next.confirm();
    expect(await surplus()).to.equal(-100n);
    await (await system.token.mint(system.tokenBridge.target, 100)).wait();
    expect(await surplus()).to.equal(0n);
  });

  it("V80 shows a hole that deposits hid before anybody proved it, where it was noted what L1 had taken in", async () => {
    const { oracle } = system;
    const first = await settle();
    const noted = await (await oracle.noteTaken(asset)).wait();
    expectPinned(FILE, "solvency: note what was taken in", Number(noted!.gasUsed), 70_000);
    expect(await oracle.takenAt(asset, FIRST)).to.equal(1000n);
    await expect(oracle.noteTaken(asset)).to.be.revertedWithCustomError(oracle, "NotLess").withArgs(1000, 1000);
    await system.deposit(100);
    const hole = await assertBooks(system, system.user, holed, { on: first });
    await prove(hole);
    expect(await surplus()).to.equal(0n);
    // The same assertion again shows more; as much is refused.
    const gas = await prove(hole, FIRST);
    expectPinned(FILE, "solvency: prove a token's book again, against what was noted", gas, 250_000);
    expect(await surplus()).to.equal(-100n);
    await expect(oracle.prove(asset, evidenceOf(hole, asset, FIRST))).to.be.revertedWithCustomError(oracle, "NotNewer");
    const { standing } = await oracle.records(asset);
    expect([standing.excess, standing.assertion]).to.deep.equal([100n, hole.id]);
  });

  it("V80 shows it by the deposits since where nobody had noted anything, one after another", async () => {
    const { oracle, deposit } = system;
    const first = await settle();
    const deposits = [await deposit(60), await deposit(1), await deposit(39)];
    await (await oracle.noteTaken(asset)).wait();
    const later = FIRST + 3;
    const hole = await assertBooks(system, system.user, holed, { on: first });
    const sent = await (await noteBefore(FIRST + 1, later, deposits.slice(1))).wait();
    expectPinned(FILE, "solvency: note what was taken in, before two deposits", Number(sent!.gasUsed), 120_000);
    expect(await oracle.takenAt(asset, FIRST + 1)).to.equal(1060n);
    await expect(noteBefore(FIRST, FIRST + 1, deposits.slice(0, 1)))
      .to.emit(oracle, "TakenNoted")
      .withArgs(asset, FIRST, 1000);
    // The header is 560 bytes of calldata more: the very first record of an asset with it is the one call above 250,000, and may be made in two.
    const gas = await prove(hole, FIRST);
    expectPinned(FILE, "solvency: prove a token's book, the first standing, against what was noted", gas, 260_000);
    expect(await surplus()).to.equal(-100n);
    // Some of them show a part, and no more than that is forgotten.
    await (await noteBefore(0, later, deposits.slice(2))).wait();
    expect(await oracle.takenAt(asset, 0)).to.equal(1061n);
  });

  it("takes for less no deposit twice, of another asset, or outside of the stretch, and no later count", async () => {
    const { oracle, deposit, portal, inbox } = system;
    const deposits = [await deposit(60), await deposit(40)];
    const sent = await portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value: ETHER });
    const [ether] = messagesOf(system, (await sent.wait()) as never);
    const shown = { index: ether.index, message: messageArgument(ether), data: "0x" };
    const later = (await inbox.delayedCount()) as bigint;
    const refused = (call: Promise<unknown>, name: string) => expect(call).to.be.revertedWithCustomError(oracle, name);
    await refused(noteBefore(FIRST, later, deposits), "NothingNoted");
    await (await oracle.noteTaken(asset)).wait();
    await refused(noteBefore(Number(later), later, []), "NotBetween");
    await refused(noteBefore(Number(later) + 1, later, []), "NotBetween");
    await refused(noteBefore(FIRST, later, [deposits[0], deposits[0]]), "NotBetween");
    await refused(noteBefore(FIRST, later, deposits.toReversed()), "NotBetween");
    await refused(noteBefore(FIRST + 1, later, deposits), "NotBetween");
    await refused(noteBefore(FIRST, later, [shown]), "NotADeposit");
    await refused(noteBefore(FIRST, later, [{ ...deposits[0], data: "0x" }]), "NotADeposit");
    const moved = { ...deposits[0], index: FIRST + 1 };
    await refused(noteBefore(FIRST, later, [moved]), "MessageMismatch");
    const other = (await hre.ethers.deployContract("OrdinaryToken")).target as string;
    await (await oracle.noteTaken(other)).wait();
    await refused(noteBefore(FIRST, later, deposits, other), "NotADeposit");
    const early = (await noteBefore(FIRST, later, deposits)) as { wait(): Promise<unknown> };
    await early.wait();
    await refused(noteBefore(FIRST, later, deposits.slice(1)), "NotLess");
    await (await oracle.noteTaken(ETHER_ASSET)).wait();
    await (await noteBefore(FIRST, later, [shown], ETHER_ASSET)).wait();
    expect(await oracle.takenAt(ETHER_ASSET, FIRST)).to.equal((await portal.deposited()) - ETHER);
    await expect(oracle.takenAt(ETHER_ASSET, 0)).to.be.revertedWithCustomError(oracle, "NothingNoted");
  });

  it("compares no state with what was noted before it, nor by another header, and gives no false alarm", async () => {
    const { oracle, user, deposit } = system;
    const first = await settle();
    await (await oracle.noteTaken(asset)).wait();
    await deposit(500);
    const books = { number: 2, consumed: FIRST + 1, credited: 1500n };
    const truth = await assertBooks(system, user, books, { on: first });
    const good = evidenceOf(truth, asset, FIRST);
    await expect(oracle.prove(asset, good))
      .to.be.revertedWithCustomError(oracle, "NotedTooEarly")
      .withArgs(FIRST, FIRST + 1);
    const { header } = first.output;
    await expect(oracle.prove(asset, { ...good, header })).to.be.revertedWithCustomError(oracle, "HeaderMismatch");
    await expect(oracle.prove(asset, { ...good, noted: FIRST + 1 })).to.be.revertedWithCustomError(
      oracle,
      "NothingNoted",
    );
    await (await oracle.noteTaken(asset)).wait();
    // Deposits under way, some of them not even in the state's messages.
    await deposit(70);
    await prove(truth, FIRST + 1);
    expect(await surplus()).to.equal(0n);
  });

  it("V80 finds more ether let go than had gone in, whatever is deposited before the proof", async () => {
    const { oracle, user, portal } = system;
    const held = (await portal.deposited()) as bigint;
    const first = await assertBooks(system, user, { number: 1, consumed: FIRST, passer: held });
    await first.confirm();
    await prove(first, undefined, ETHER_ASSET);
    await (await oracle.noteTaken(ETHER_ASSET)).wait();
    await (await portal.depositTransaction(ZeroAddress, 0, 60_000, true, "0x", { value: 5n * ETHER })).wait();
    const passer = held + 5n * ETHER;
    const forged = await assertBooks(system, user, { number: 2, consumed: FIRST, passer }, { on: first });
    await prove(forged, undefined, ETHER_ASSET);
    expect(await surplus(ETHER_ASSET)).to.equal(0n);
    await prove(forged, FIRST, ETHER_ASSET);
    expect(await surplus(ETHER_ASSET)).to.equal(-5n * ETHER);
  });

  it("V80 lets no record of less that stands on bad news hide them, and needs but one proof once it has fallen", async () => {
    const { user, other, oracle } = system;
    const ratio = async () => (await oracle.backing(asset)).ratio as bigint;
    const first = await settle();
    const bad = await assertBooks(system, user, { ...holed, credited: 4000n }, { on: first });
    await prove(bad);
    const rosy = { number: 3, consumed: FIRST, credited: 1n };
    const lie = await assertBooks(system, other, rosy, { on: bad });
    await prove(lie);
    expect(await ratio()).to.equal(FULL / 4n);
    // A grandchild, too.
    const middle = await assertBooks(system, other, { ...rosy, number: 4 }, { on: lie });
    const last = await assertBooks(system, other, { ...rosy, number: 5 }, { on: middle });
    await prove(last);
    expect(await ratio()).to.equal(FULL / 4n);
    const { confirmed, standing } = await oracle.records(asset);
    expect([confirmed.assertion, standing.assertion]).to.deep.equal([first.id, last.id]);
    await bad.confirm();
    expect(await ratio()).to.equal(FULL / 4n);
    const past = toBeHex(7, 32) as Hex;
    await assertBooks(system, user, { number: 3, consumed: FIRST, credited: 4000n }, { on: bad, past });
    await (await oracle.drop(asset)).wait();
    await prove(bad);
    expect(await ratio()).to.equal(FULL / 4n);
  });

  it("V80 keeps what was confirmed as a standing record when the next one stands, time after time", async () => {
    const { user, oracle } = system;
    let last = await settle();
    for (const number of [2, 3, 4, 5]) {
      const credited = 1000n * BigInt(number);
      const truth = await assertBooks(system, user, { number, consumed: FIRST, credited }, { on: last });
      await prove(truth);
      const { confirmed, standing } = await oracle.backings(asset);
      expect([confirmed.ratio, confirmed.l2BlockNumber]).to.deep.equal([FULL / BigInt(number - 1), BigInt(number - 1)]);
      expect([standing.ratio, standing.l2BlockNumber]).to.deep.equal([FULL / BigInt(number), BigInt(number)]);
      await truth.confirm();
      // Twice in three times it is moved by a call of its own.
      if (number !== 3) await (await oracle.drop(asset)).wait();
      expect((await oracle.backing(asset)).l2BlockNumber).to.equal(BigInt(number));
      expect((await oracle.records(asset)).standing.assertion).to.equal(ZeroHash);
      last = truth;
    }
  });

  it("V80 takes an older root of the confirmed chain for what it shows, and for nothing else", async () => {
    const { user, oracle, deposit } = system;
    const first = await settle();
    await (await oracle.noteTaken(asset)).wait();
    await deposit(900);
    const hole = await assertBooks(system, user, holed, { on: first });
    await hole.confirm();
    const next = await assertBooks(system, user, { number: 3, consumed: FIRST + 1, credited: 1900n }, { on: hole });
    await next.confirm();
    await prove(next);
    expect(await surplus()).to.equal(0n);
    await expect(prove(hole)).to.be.revertedWithCustomError(oracle, "NotNewer").withArgs(2, 3);
    await prove(hole, FIRST);
    expect(await surplus()).to.equal(-100n);
    const { confirmed } = await oracle.records(asset);
    expect([confirmed.assertion, confirmed.l2BlockNumber, confirmed.excess]).to.deep.equal([next.id, 3n, 100n]);
  });
});
