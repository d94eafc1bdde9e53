import { expect } from "chai";
import hre from "hardhat";
import { setCode, takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import { ZeroAddress, id } from "ethers";
import { expectPinned } from "../../support/snapshot";
import { FORCE_DELAY, RotationTable, STAKE, type Confirmation } from "./table";

const SLOT = 60;
const NUMBERS = { slotSeconds: SLOT, termSlots: 6, graceSlots: 2, openSlots: 5, leaveDelay: 1_000, isDrawn: false };
const TERM = SLOT * NUMBERS.termSlots;
const [ANNE, BEN, CARL, DORA] = [0, 1, 2, 3];
const FOUNDERS = 3;
const confirmation = (change: Partial<Confirmation> = {}): Confirmation => ({
  ...{ slot: 7, height: 12, expiry: 8 * SLOT, parentHash: id("parent"), blockHash: id("block") },
  ...change,
});

describe("Rotation: several sequencers in turns", function () {
  this.timeout(120_000);
  let table: RotationTable;
  let snapshot: SnapshotRestorer;
  /** The first second of a term; slot 0 of it is Anne's. */
  let start: number;

  before(async () => {
    table = await RotationTable.lay(NUMBERS, FOUNDERS);
    snapshot = await takeSnapshot();
  });
  beforeEach(async () => {
    await snapshot.restore();
    start = (Math.floor((await time.latest()) / TERM) + 2) * TERM;
  });

  const slot = (number: number): number => start + number * SLOT;
  const done = (refused: string | null): void => void expect(refused).to.equal(null);

  it("gives each slot from its first to its last second to one member, round and round", async () => {
    done(await table.post(CARL, start - 1));
    for (const [number, leader] of [ANNE, BEN, CARL, ANNE].entries()) {
      const other = (leader + 1) % FOUNDERS;
      expect(await table.post(other, slot(number)), "the next one's comes later").to.equal("NotSequencer");
      done(await table.post(leader, slot(number) + 1));
      done(await table.post(leader, slot(number + 1) - 1));
      expect(await table.inbox.leaderOf(Math.floor(slot(number) / SLOT))).to.equal(table.address(leader));
    }
  });

  it("names the leader and who else may append, and itself as variant 1", async () => {
    done(await table.post(ANNE, slot(0)));
    expect(await table.inbox.sequencingMode()).to.equal(1n);
    expect(await table.inbox.sequencer()).to.equal(table.address(ANNE));
    expect(await table.inbox.mayCommit(table.address(ANNE))).to.equal(true);
    expect(await table.inbox.mayCommit(table.address(BEN))).to.equal(false);
    expect(await table.inbox.mayCommit(ZeroAddress)).to.equal(false);
  });

  it("lets any member in after the grace and not a second before, and nobody else", async () => {
    done(await table.post(ANNE, slot(0)));
    const last = slot(0) + NUMBERS.graceSlots * SLOT;
    expect(await table.post(BEN, last), "Carl's slot").to.equal("NotSequencer");
    expect(await table.post(DORA, last + 1)).to.equal("NotSequencer");
    done(await table.post(BEN, last + 2));
  });

  it("lets anyone in after the open time and not a second before", async () => {
    done(await table.post(ANNE, slot(0)));
    const last = slot(0) + NUMBERS.openSlots * SLOT;
    expect(await table.post(DORA, last)).to.equal("NotSequencer");
    done(await table.post(DORA, last + 1));
    expect(await table.post(DORA, last + 2), "and then it is the members' again").to.equal("NotSequencer");
  });

  it("counts silence from the deployment on before the first batch, whatever was forced in", async () => {
    const fresh = await RotationTable.lay(NUMBERS, 2);
    const open = fresh.startTime + NUMBERS.openSlots * SLOT;
    expect(await fresh.post(DORA, open)).to.equal("NotSequencer");
    done(await fresh.post(DORA, open + 1));
  });

  it("takes a batch only with every overdue message, to the second", async () => {
    const due = slot(70) + 30;
    const leader = (slot(70) / SLOT) % FOUNDERS;
    done(await table.send(DORA, due - FORCE_DELAY));
    done(await table.send(DORA, due - FORCE_DELAY + 1));
    done(await table.post(leader, due - 1, 0));
    expect(await table.post((leader + 1) % FOUNDERS, due, 0), "whose turn it is comes first").to.equal("NotSequencer");
    expect(await table.post(leader, due + 1, 0)).to.equal("MessagesDue");
    expect(await table.post(leader, due + 2, 1)).to.equal("MessagesDue");
    done(await table.post(leader, due + 3, 2));
    expect(await table.inbox.overdueCount()).to.equal(2n);
  });

  it("refuses stakes that are not the stake, and second seats", async () => {
    for (const [i, wrong] of [STAKE - 1n, STAKE + 1n, 0n].entries())
      expect(await table.play(DORA, slot(0) + i, "join", [], wrong)).to.equal("WrongStake");
    expect(await table.play(ANNE, slot(1), "join", [], STAKE)).to.equal("AlreadyMember");
  });

  it("seats a member two terms on, and moves nobody's turn before", async () => {
    const first = start / SLOT;
    const led = async (from: number): Promise<number[]> => {
      const leaders: number[] = [];
      for (let i = 0; i < NUMBERS.termSlots; i++) {
        const leader = await table.inbox.leaderOf(from + i);
        leaders.push(table.wallets.findIndex(({ address }) => address === leader));
      }
      return leaders;
    };
    done(await table.play(DORA, slot(NUMBERS.termSlots) - 1, "join", [], STAKE));
    for (const term of [0, 1]) expect(await led(first + term * 6)).to.deep.equal([0, 1, 2, 0, 1, 2]);
    const third = first + 12;
    expect(await led(third)).to.deep.equal(Array.from({ length: 6 }, (_, i) => (third + i) % 4));
    expect(await table.inbox.seatOf(table.address(DORA))).to.deep.equal([3n, 0n]);
    done(await table.post(ANNE, start + TERM + 1));
    expect(await table.post(DORA, start + TERM + NUMBERS.graceSlots * SLOT + 2), "no member yet").to.equal(
      "NotSequencer",
    );
  });

  it("pays a stake back its delay after the last term, once, and not a second before", async () => {
    done(await table.play(CARL, slot(0), "resign"));
    const payableAt = start + 2 * TERM + NUMBERS.leaveDelay;
    expect((await table.inbox.seatOf(table.address(CARL)))[1]).to.equal(BigInt(payableAt));
    done(await table.post(CARL, slot(2)));
    expect(await table.play(CARL, slot(2) + 1, "resign")).to.equal("AlreadyResigned");
    expect(await table.play(BEN, slot(2) + 2, "withdrawStake"), "who stays").to.equal("StakeLocked");
    expect(await table.play(DORA, slot(2) + 3, "withdrawStake")).to.equal("NotMember");
    expect(await table.play(CARL, payableAt - 1, "withdrawStake")).to.equal("StakeLocked");
    const before = await hre.ethers.provider.getBalance(table.inbox.target);
    done(await table.play(CARL, payableAt, "withdrawStake"));
    expect(before - (await hre.ethers.provider.getBalance(table.inbox.target))).to.equal(STAKE);
    expect(await table.play(CARL, payableAt + 1, "withdrawStake")).to.equal("NotMember");
    expect(await table.post(CARL, payableAt + 2)).to.not.equal("NotSequencer");
  });

  it("is never left by its last member, also when others resign in the same term", async () => {
    done(await table.play(ANNE, slot(0), "resign"));
    done(await table.play(BEN, slot(0) + 1, "resign"));
    expect(await table.play(CARL, slot(0) + 2, "resign")).to.equal("LastMember");
    expect(await table.play(DORA, slot(0) + 3, "resign")).to.equal("NotMember");
    done(await table.play(DORA, slot(0) + 4, "join", [], STAKE));
    done(await table.play(CARL, slot(0) + 5, "resign"));
  });

  it("gives a seat to somebody else only when no roster has it and its stake is paid", async () => {
    const seatOf = async (by: number): Promise<bigint> => (await table.inbox.seatOf(table.address(by)))[0];
    done(await table.play(BEN, slot(0), "resign"));
    done(await table.play(DORA, start + 2 * TERM, "join", [], STAKE));
    expect(await seatOf(DORA)).to.equal(3n);
    done(await table.play(BEN, start + 2 * TERM + NUMBERS.leaveDelay, "withdrawStake"));
    done(await table.play(4, start + 2 * TERM + NUMBERS.leaveDelay + 1, "join", [], STAKE));
    expect(await seatOf(4)).to.equal(1n);
  });

  it("has 64 seats", async () => {
    const founders = Array.from({ length: 64 }, (_, i) => `0x${(0x1000 + i).toString(16).padStart(40, "0")}`);
    const args = [{ stake: STAKE, ...NUMBERS }, founders, table.address(ANNE), 30_000_000, FORCE_DELAY];
    const full = await hre.ethers.deployContract("RotatingInbox", args, { value: 64n * STAKE });
    await expect(full.join({ value: STAKE })).to.be.revertedWithCustomError(full, "NoSeat");
    const slotNow = Math.floor((await time.latest()) / SLOT);
    for (const ahead of [0, 1, 63])
      expect(await full.leaderOf(slotNow + ahead)).to.equal(hre.ethers.getAddress(founders[(slotNow + ahead) % 64]));
    const more = await hre.ethers.getContractFactory("RotatingInbox");
    await expect(
      more.deploy(
        { stake: STAKE, ...NUMBERS },
        [...founders, table.address(ANNE)],
        ...(args.slice(2) as [string, number, number]),
        { value: 65n * STAKE },
      ),
    )
      .to.be.revertedWithCustomError(more, "BadParameter")
      .withArgs(hre.ethers.encodeBytes32String("founders"));
  });

  describe("two blocks signed for one height", () => {
    const report = async (by: number, at: number, signers: [number, number], pair: [Confirmation, Confirmation]) => {
      const signatures = [await table.sign(signers[0], pair[0]), await table.sign(signers[1], pair[1])];
      return table.play(by, at, "reportEquivocation", [pair, signatures]);
    };
    const other = confirmation({ blockHash: id("another block") });

    it("cost half the stake for who shows them, half for nobody, and the seat at once", async () => {
      done(await table.post(ANNE, slot(0)));
      const before = await hre.ethers.provider.getBalance(table.address(DORA));
      done(await report(DORA, slot(0) + 1, [BEN, BEN], [confirmation(), other]));
      const paid = (await hre.ethers.provider.getBalance(table.address(DORA))) - before + (await table.receipt()).fee;
      expect(paid).to.equal(STAKE / 2n);
      expect(await table.inbox.stakesBurnt()).to.equal(STAKE / 2n);
      expect(await table.post(BEN, slot(1)), "in its own slot").to.equal("NotSequencer");
      done(await table.post(CARL, slot(1) + 1));
      expect(await table.inbox.leaderOf(slot(1) / SLOT)).to.equal(ZeroAddress);
      const next = (start + 2 * TERM) / SLOT;
      expect(await table.inbox.leaderOf(next + 1)).to.equal(table.address([ANNE, CARL][(next + 1) % 2]));
      expect(await report(DORA, slot(1) + 2, [BEN, BEN], [confirmation(), other]), "once").to.equal("NotMember");
      expect(await table.play(BEN, slot(1) + 3, "withdrawStake")).to.equal("NotMember");
    });

    it("take a new stake as well, where the key joins again", async () => {
      done(await report(DORA, slot(0), [BEN, BEN], [confirmation(), other]));
      done(await table.play(BEN, slot(0) + 1, "join", [], STAKE));
      done(await report(DORA, slot(0) + 2, [BEN, BEN], [confirmation(), other]));
      expect(await table.inbox.stakesBurnt()).to.equal(STAKE);
      expect(await report(DORA, slot(0) + 3, [BEN, BEN], [confirmation(), other])).to.equal("NotMember");
    });

    it("reach who has resigned until its stake is paid, and who sits not yet", async () => {
      done(await table.play(CARL, slot(0), "resign"));
      done(await table.play(DORA, slot(0) + 1, "join", [], STAKE));
      done(await report(ANNE, start + 2 * TERM + NUMBERS.leaveDelay - 1, [CARL, CARL], [confirmation(), other]));
      await snapshot.restore();
      done(await table.play(DORA, slot(0) + 1, "join", [], STAKE));
      done(await report(ANNE, slot(0) + 2, [DORA, DORA], [confirmation(), other]));
      const next = (start + 2 * TERM) / SLOT;
      expect(await table.inbox.leaderOf(next)).to.equal(table.address(next % 3));
    });

    it("are no fault where slot, height or parent is another, the block the same, or the signer", async () => {
      const one = confirmation();
      const pairs: [Partial<Confirmation>, string | null][] = [
        [{ slot: 8 }, "NoConflict"],
        [{ height: 13 }, "NoConflict"],
        [{ parentHash: id("another parent") }, "NoConflict"],
        [{ blockHash: one.blockHash, expiry: 1 }, "NoConflict"],
        [{ expiry: 1 }, null],
      ];
      for (const [i, [change, error]] of pairs.entries()) {
        const outcome = await report(DORA, slot(0) + i, [BEN, BEN], [one, { ...other, ...change }]);
        expect(outcome, JSON.stringify(change)).to.equal(error);
      }
      expect(await report(DORA, slot(1), [ANNE, CARL], [one, other])).to.equal("DifferentSigners");
      expect(await report(ANNE, slot(1) + 1, [DORA, DORA], [one, other])).to.equal("NotMember");
      const bad = [`0x${"11".repeat(65)}`, await table.sign(ANNE, other)];
      expect(await table.play(DORA, slot(1) + 2, "reportEquivocation", [[one, other], bad])).to.match(/^ECDSA/);
    });

    it("are signed for one inbox on one L1", async () => {
      const elsewhere = await RotationTable.lay(NUMBERS, FOUNDERS);
      expect(await elsewhere.inbox.confirmationHash(other)).to.not.equal(await table.inbox.confirmationHash(other));
    });

    it("of the last member leave the inbox open to anyone", async () => {
      const alone = await RotationTable.lay(NUMBERS, 1);
      const at = (await time.latest()) + 10;
      const signatures = [await alone.sign(ANNE, confirmation()), await alone.sign(ANNE, other)];
      done(await alone.play(DORA, at, "reportEquivocation", [[confirmation(), other], signatures]));
      done(await alone.post(DORA, at + TERM * 2 + 1));
      expect(await alone.inbox.sequencer()).to.equal(ZeroAddress);
    });
  });

  it("forgets rosters of the past, and says so", async () => {
    done(await table.play(DORA, start + TERM, "join", [], STAKE));
    const term = BigInt((start + TERM) / TERM);
    await expect(table.inbox.leaderOf((start + TERM) / SLOT - 1))
      .to.be.revertedWithCustomError(table.inbox, "TermGone")
      .withArgs(term - 1n, term);
    expect(await table.inbox.leaderOf((start + TERM) / SLOT)).to.not.equal(ZeroAddress);
  });

  it("V09 refuses numbers that make no rotation, by name", async () => {
    const factory = await hre.ethers.getContractFactory("RotatingInbox");
    const code = (await hre.ethers.deployContract("Relay")).target as string;
    const make = (change: object, founders: string[] = [table.address(ANNE)], value = STAKE) =>
      factory.deploy({ stake: STAKE, ...NUMBERS, ...change }, founders, table.address(BEN), 30_000_000, 3_600, {
        value,
      });
    const cases: [object, string][] = [
      [{ stake: 0n }, "stake"],
      [{ stake: 2n ** 96n + 1n }, "stake"],
      [{ slotSeconds: 0 }, "slotSeconds"],
      [{ slotSeconds: 86_401 }, "slotSeconds"],
      [{ termSlots: 0 }, "termSlots"],
      [{ termSlots: 2 ** 32 + 1 }, "termSlots"],
      [{ graceSlots: 0 }, "graceSlots"],
      [{ graceSlots: 5 }, "openSlots"],
      [{ graceSlots: 2 ** 32 + 1, openSlots: 2 ** 33 }, "graceSlots"],
      [{ openSlots: 2 ** 32 + 1 }, "openSlots"],
      [{ leaveDelay: 365 * 86_400 + 1 }, "leaveDelay"],
    ];
    for (const [change, name] of cases)
      await expect(make(change), name)
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String(name));
    for (const founders of [[], [ZeroAddress], [code]])
      await expect(make({}, founders, STAKE * BigInt(founders.length)))
        .to.be.revertedWithCustomError(factory, "BadParameter")
        .withArgs(hre.ethers.encodeBytes32String("founders"));
    const twice = [table.address(ANNE), table.address(ANNE)];
    await expect(make({}, twice, 2n * STAKE)).to.be.revertedWithCustomError(factory, "AlreadyMember");
    await expect(make({}, undefined, STAKE - 1n)).to.be.revertedWithCustomError(factory, "WrongStake");
    await make({ graceSlots: 4, leaveDelay: 365 * 86_400, slotSeconds: 86_400, termSlots: 2 ** 32 });
    await make({ stake: 1n }, undefined, 1n);
  });

  it("V44 refuses a leader whose key is delegated to code, as one sequencer", async () => {
    const relay = await hre.ethers.deployContract("Relay");
    await setCode(table.address(ANNE), `0xef0100${String(relay.target).slice(2)}`);
    expect(await table.post(ANNE, slot(0))).to.equal("NotTopLevel");
    await setCode(table.address(ANNE), "0x");
    done(await table.post(ANNE, slot(0) + 1));
  });

  it("pins what a turn and a seat cost", async () => {
    const pin = async (name: string, refused: string | null, bound: number): Promise<void> => {
      done(refused);
      expectPinned("gas.rotation", `rotation: ${name}`, Number((await table.receipt()).gasUsed), bound);
    };
    done(await table.post(ANNE, slot(0)));
    await pin("post batch of one byte", await table.post(ANNE, slot(0) + 1), 90_000);
    await pin("join", await table.play(DORA, slot(0) + 2, "join", [], STAKE), 150_000);
    await pin("resign", await table.play(CARL, slot(0) + 3, "resign"), 80_000);
    const pair = [confirmation(), confirmation({ blockHash: id("another block") })];
    const signatures = [await table.sign(BEN, pair[0]), await table.sign(BEN, pair[1])];
    await pin(
      "report two blocks for one height",
      await table.play(DORA, slot(0) + 4, "reportEquivocation", [pair, signatures]),
      150_000,
    );
    await pin(
      "withdraw a stake",
      await table.play(CARL, start + 2 * TERM + NUMBERS.leaveDelay, "withdrawStake"),
      80_000,
    );
  });
});
