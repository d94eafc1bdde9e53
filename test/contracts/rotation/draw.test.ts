import { expect } from "chai";
import hre from "hardhat";
import { mineUpTo, takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import { ZeroHash, id, toBeHex, zeroPadValue } from "ethers";
import { leaderOf, type Schedule } from "../../../node/rotation/schedule";
import type { Hex } from "../../../protocol/types";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { DRAW_GAS } from "../../../sequencer/turns/rotation/turns";
import { expectPinned } from "../../support/snapshot";
import { writeBeaconRoot } from "./beaconRoots";
import { RotationTable, STAKE } from "./table";

const FILE = "gas.rotation";
const SLOT = 60;
const NUMBERS = { slotSeconds: SLOT, termSlots: 6, graceSlots: 2, openSlots: 50, leaveDelay: 1_000, isDrawn: true };
const TERM = SLOT * NUMBERS.termSlots;
const FOUNDERS = 5;
/** The first second of a term that nothing has drawn yet; always the same, for what a draw costs hangs on the slot. */
const START = 5_555_562 * TERM;
/** Of its slots the one whose leader is the last of a round of 64. */
const LAST_OF_64 = 3;
/** Seconds in which L1 makes the block that draws. */
const SEARCH = 64;
/** Seconds for which L1 keeps a root. */
const HISTORY = 8_191;
/** Of a batch with a byte of data. */
const MOST_GAS = 160_000;

describe("Rotation: an order that beacon roots draw", function () {
  this.timeout(120_000);
  let table: RotationTable;
  let snapshot: SnapshotRestorer;

  before(async () => {
    await compileOnce();
    await writeBeaconRoot((await time.latest()) + 5, id("before the deployment"));
    table = await RotationTable.lay(NUMBERS, FOUNDERS);
    snapshot = await takeSnapshot();
  });
  beforeEach(() => snapshot.restore());
  // Other tests have other times.
  after(() => snapshot?.restore());

  /** Draws the term that begins at `START`, so many seconds behind the start of the one before. */
  const draw = (root: string, late = 0): Promise<void> => writeBeaconRoot(START - TERM + late, root);

  async function schedule(): Promise<Schedule> {
    const [term, rosters, accounts, draws] = await table.inbox.schedule();
    return {
      term: Number(term),
      rosters: [...rosters] as [bigint, bigint, bigint],
      accounts: (accounts as string[]).map((account) => account.toLowerCase() as Hex),
      draws: [...draws] as Hex[],
    };
  }

  /** Numbers of those who lead the slots of the term, by contract and node. */
  async function leaders(from = START): Promise<number[]> {
    const found: number[] = [];
    const known = await schedule();
    for (let slot = from / SLOT; slot < from / SLOT + NUMBERS.termSlots; slot++) {
      const leader = (await table.inbox.leaderOf(slot)) as string;
      expect(leaderOf(NUMBERS, known, slot)).to.equal(leader.toLowerCase());
      found.push(table.wallets.findIndex(({ address }) => address === leader));
    }
    return found;
  }

  const bySeats = (): number[] => Array.from({ length: NUMBERS.termSlots }, (_, i) => (START / SLOT + i) % FOUNDERS);

  it("lets each member lead once in each round, in an order that follows from the root alone", async () => {
    const seen = new Set<string>();
    const first = new Set<number>();
    const drawn = await takeSnapshot();
    for (let number = 0; number < 24; number++) {
      await drawn.restore();
      await draw(id(`root ${number}`));
      const order = await leaders();
      // Rounds are those of all slots: a term may begin within one.
      const border = (FOUNDERS - ((START / SLOT) % FOUNDERS)) % FOUNDERS;
      for (const round of [order.slice(0, border), order.slice(border, border + FOUNDERS)])
        expect(new Set(round).size).to.equal(round.length);
      seen.add(order.join());
      first.add(order[0]);
    }
    expect(seen.size, "orders of 24 roots").to.be.above(12);
    expect(first.size, "who is first").to.equal(FOUNDERS);
  });

  it("takes a batch from whom the root names, and from no other", async () => {
    await draw(id("a draw"));
    const [first, second] = await leaders();
    // A silence would open the slots to all members.
    expect(await table.post(0, START - 1)).to.equal(null);
    expect(await table.post(second, START + 1)).to.equal("NotSequencer");
    expect(await table.inbox.sequencer()).to.equal(table.address(first));
    expect(await table.post(first, START + 2)).to.equal(null);
    expect(await table.post(second, START + SLOT)).to.equal(null);
    const { gasUsed } = await table.receipt();
    expectPinned(FILE, "rotation: post batch of one byte, order drawn among five", Number(gasUsed), MOST_GAS);
  });

  for (const [late, when] of [
    [1, "a second late"],
    [SEARCH - 1, "in the last second"],
  ] as const)
    it(`costs a batch no more than half of what a sequencer allows for it, where L1 made its block ${when}`, async () => {
      const half = Number(DRAW_GAS) / 2;
      await writeBeaconRoot(START - TERM - 1, id("before the deployment"));
      const founders = Array.from({ length: 64 }, (_, i) =>
        i === 0 ? table.address(0) : zeroPadValue(toBeHex(i), 20),
      );
      const args = [{ stake: 1n, ...NUMBERS }, founders, table.address(1), 30_000_000, 3_600];
      const full = await hre.ethers.deployContract("RotatingInbox", args, { value: 64n });
      await draw(id("a draw"), late);
      await time.setNextBlockTimestamp(START + LAST_OF_64 * SLOT + 1);
      await mineUpTo((await time.latestBlock()) + 1);
      const gas = Number(await full.sequencer.estimateGas());
      expectPinned(FILE, `rotation: to find the leader among 64, drawn ${when}`, gas, half);
    });

  it("draws by the first block from the start of the term before on, whatever comes later", async () => {
    await writeBeaconRoot(START - TERM - 1, id("too early"));
    await draw(id("a draw"), 7);
    const order = await leaders();
    await writeBeaconRoot(START - TERM + 8, id("too late"));
    expect(await leaders()).to.deep.equal(order);
    await writeBeaconRoot(START + 1, id("the next term's"));
    expect(await leaders()).to.deep.equal(order);
    const [root] = (await schedule()).draws;
    expect(root).to.equal(id("a draw"));
  });

  it(`goes by seats where L1 makes no block for ${SEARCH} seconds, and not where it makes one a second before`, async () => {
    const before = await takeSnapshot();
    await draw(id("a draw"), SEARCH - 1);
    expect((await schedule()).draws.at(-1)).to.equal(id("a draw"));
    expect(await leaders()).to.not.deep.equal(bySeats());
    await before.restore();
    await draw(id("a draw"), SEARCH);
    expect((await schedule()).draws.at(-1)).to.equal(ZeroHash);
    expect(await leaders()).to.deep.equal(bySeats());
    await writeBeaconRoot(START - 1, id("later"));
    expect(await leaders()).to.deep.equal(bySeats());
  });

  it("says of a term that is not drawn yet that it is not", async () => {
    await writeBeaconRoot(START - TERM - 1, id("the term before's end"));
    const { inbox } = table;
    const notYet = async (from: number): Promise<void> => {
      const refused = expect(inbox.leaderOf(from / SLOT)).to.be.revertedWithCustomError(inbox, "NotDrawn");
      await refused.withArgs(Math.floor(from / TERM));
    };
    await notYet(START);
    expect((await schedule()).draws).to.have.length(2);
    await time.setNextBlockTimestamp(START - TERM);
    await mineUpTo((await time.latestBlock()) + 1);
    expect((await schedule()).draws, "the first block has no root here").to.have.length(1);
    await notYet(START);
    expect(leaderOf(NUMBERS, await schedule(), START / SLOT)).to.equal(null);
    await draw(id("a draw"), 1);
    expect((await schedule()).draws).to.deep.equal([ZeroHash, id("a draw")]);
    await notYet(START + TERM);
  });

  it("keeps a draw to the last second of the longest term that L1's history holds", async () => {
    const long = {
      ...NUMBERS,
      slotSeconds: 1,
      termSlots: Math.floor(HISTORY / 2),
      openSlots: 2 ** 32,
      graceSlots: 2 ** 31,
    };
    const seconds = long.termSlots;
    await writeBeaconRoot((await time.latest()) + 5, id("before the deployment"));
    const lasting = await RotationTable.lay(long, FOUNDERS);
    const from = (Math.floor((await time.latest()) / seconds) + 2) * seconds;
    await writeBeaconRoot(from - seconds, id("long ago"));
    await writeBeaconRoot(from + seconds - 1, id("the last second"));
    const [, , , draws] = await lasting.inbox.schedule();
    expect(draws[0]).to.equal(id("long ago"));
  });

  it("V09 refuses an L1 that writes no such roots, and terms that its history does not hold", async () => {
    const factory = await hre.ethers.getContractFactory("RotatingInbox");
    const make = (change: object) =>
      factory.deploy({ stake: STAKE, ...NUMBERS, ...change }, [table.address(0)], table.address(1), 30_000_000, 3_600, {
        value: STAKE,
      });
    const refused = async (change: object, name: string): Promise<void> => {
      const making = expect(make(change), name).to.be.revertedWithCustomError(factory, "BadParameter");
      await making.withArgs(hre.ethers.encodeBytes32String(name));
    };
    await writeBeaconRoot((await time.latest()) + 5, id("a root"));
    await refused({ slotSeconds: 1, termSlots: Math.floor(HISTORY / 2) + 1 }, "termSlots");
    await refused({ slotSeconds: 1, termSlots: SEARCH - 1 }, "termSlots");
    await make({ slotSeconds: 1, termSlots: Math.floor(HISTORY / 2) });
    await make({ slotSeconds: 1, termSlots: SEARCH });
    await time.increase(SEARCH + 1);
    await refused({}, "isDrawn");
    await make({ isDrawn: false });
  });
});
