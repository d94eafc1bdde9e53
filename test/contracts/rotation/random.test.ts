import { expect } from "chai";
import { takeSnapshot, time } from "@nomicfoundation/hardhat-network-helpers";
import { id, ZeroAddress } from "ethers";
import type { Hex } from "../../../protocol/types";
import { leaderOf, type Schedule } from "../../../node/rotation/schedule";
import { Random } from "../../../simulator/random";
import { compileOnce } from "../../../simulator/boards/contracts/compile";
import { writeBeaconRoot } from "./beaconRoots";
import { RotationModel } from "./model";
import { FORCE_DELAY, RotationTable } from "./table";

const SEEDS = Number(process.env.SOLVENT_SEEDS ?? (process.env.SOLVENT_FULL ? 12 : 3));
const NUMBERS = { slotSeconds: 60, termSlots: 6, graceSlots: 2, openSlots: 5, leaveDelay: 400, isDrawn: false };
/** Seconds after which every count of members is at its first seat, and a term begins. */
const ALIGNED = 60 * NUMBERS.slotSeconds * NUMBERS.termSlots;
const FOUNDERS = 4;
/** Accounts that may be members; the last stays outside and reports what it sees. */
const ACCOUNTS = 6;
const OUTSIDER = ACCOUNTS - 1;
/** How a leader plays for the whole of a rotation. */
const WAYS = ["honest", "honest", "dead", "censoring", "equivocating", "late"] as const;
type Way = (typeof WAYS)[number];

/** What became of a run, for the line that is printed. */
interface Tally {
  batches: number;
  refused: number;
  punished: number;
  forced: number;
}

/** One seeded rotation: contract and model side by side, leaders of all kinds, messages from L1 that want to be in. */
class Play {
  readonly ways: Way[];
  private readonly model: RotationModel;
  private readonly random: Random;
  private readonly messageTimes: number[] = [];
  private consumed = 0;
  private now: number;
  private readonly confirmed = new Map<string, string>();

  constructor(
    private readonly table: RotationTable,
    seed: number,
    now: number,
    private readonly tally: Tally,
  ) {
    this.random = new Random(seed);
    // The same place among the slots in every run, so that a seed plays the same.
    this.now = (Math.floor(now / ALIGNED) + 2) * ALIGNED - 1;
    const accounts = table.wallets.slice(0, FOUNDERS).map(({ address }) => address);
    this.model = new RotationModel(table.numbers, accounts, table.startTime);
    this.ways = Array.from({ length: ACCOUNTS }, () => this.random.pick(WAYS));
    // One honest member at least: without one nobody is promised anything but forced inclusion.
    this.ways[this.random.below(FOUNDERS)] = "honest";
    this.ways[OUTSIDER] = "dead";
  }

  /** Slot after slot: what each member does in it, then the others. */
  async slots(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const slotStart = (Math.floor(this.now / 60) + 1) * 60;
      this.now = Math.max(this.now, slotStart - 1);
      if (this.table.numbers.isDrawn) await this.draw(slotStart);
      if (this.random.chance(0.3)) await this.send();
      if (this.random.chance(0.2)) await this.membership();
      await this.lead();
      if (this.random.chance(0.4)) await this.intrude();
      await this.agree();
    }
  }

  /** Time passes without a batch until messages are about to be overdue. */
  pause(): void {
    const oldest = this.messageTimes[this.consumed];
    if (oldest !== undefined) this.now = Math.max(this.now, oldest + FORCE_DELAY - this.random.below(120));
  }

  /** Stakes in the contract are those of its members, and of what was burnt. */
  async settle(): Promise<void> {
    const { inbox } = this.table;
    expect(await inbox.stakesBurnt()).to.equal((BigInt(this.model.burnt) * 10n ** 18n) / 2n);
    const held = BigInt(this.model.memberCount) * 10n ** 18n + (await inbox.stakesBurnt());
    expect(await inbox.runner!.provider!.getBalance(inbox.target)).to.equal(held);
  }

  /** L1 makes a block with a beacon root at the start of a term, sometimes late, and others, which draw nothing. */
  private async draw(slotStart: number): Promise<void> {
    const isFirst = this.model.slotAt(slotStart) % NUMBERS.termSlots === 0;
    if (!isFirst && this.random.chance(0.7)) return;
    this.now += 1 + (this.random.chance(0.2) ? this.random.below(50) : 0);
    const root = id(`root at ${this.now}`);
    await writeBeaconRoot(this.now, root);
    this.model.seeRoot(root, this.now);
  }

  private overdue(at: number): number {
    return this.messageTimes.filter((sent, i) => i < this.consumed || sent + FORCE_DELAY <= at).length;
  }

  private tick(): number {
    return (this.now += 1 + this.random.below(9));
  }

  private async send(): Promise<void> {
    const at = this.tick();
    expect(await this.table.send(OUTSIDER, at)).to.equal(null);
    this.messageTimes.push(at);
  }

  private async membership(): Promise<void> {
    const { table, model, random } = this;
    const by = random.below(ACCOUNTS - 1);
    const at = this.tick();
    const account = table.address(by);
    const [name, expected, value] = random.pick([
      ["join", () => model.join(account, at), 10n ** 18n],
      ["resign", () => model.resign(account, at), 0n],
      ["withdrawStake", () => model.withdraw(account, at), 0n],
    ] as const);
    this.same(await table.play(by, at, name, [], value), expected(), `${name} of ${by}`);
  }

  /** Whoever leads the slot does what it does; where it does nothing, an honest member does what it may. */
  private async lead(): Promise<void> {
    const { table, model } = this;
    const slot = model.slotAt(this.now + 10);
    const leader = table.wallets.findIndex(({ address }) => address === model.leaderOf(slot));
    const way = leader < 0 ? "dead" : this.ways[leader];
    if (way === "honest") {
      expect(await this.post(leader, this.tick()), "an honest leader is never blocked in its slot").to.equal(null);
      await this.confirm(leader, slot, false);
    }
    if (way === "censoring") await this.post(leader, this.tick(), this.consumed);
    if (way === "late") await this.post(leader, (this.now = (slot + 1) * 60 + 1), this.consumed);
    if (way === "equivocating" && (await this.post(leader, this.tick())) === null)
      await this.confirm(leader, slot, true);
    const honest = this.ways.findIndex((one, by) => one === "honest" && model.isMember(table.address(by)));
    if (way !== "honest" && honest >= 0) await this.post(honest, this.tick());
  }

  /** Posts in both, and holds what each slot promises. @returns the error's name. */
  private async post(
    by: number,
    at: number,
    delayed = Math.max(this.consumed, this.overdue(at)),
  ): Promise<string | null> {
    const { table, model } = this;
    const due = this.overdue(at);
    const turn = model.commit(table.address(by), at);
    const expected = turn ?? (delayed < due ? "MessagesDue" : null);
    this.same(await table.post(by, at, delayed), expected, `batch of ${by} (${this.ways[by]})`);
    if (expected !== null) return expected;
    this.tally.batches++;
    if (delayed > this.consumed) this.tally.forced += delayed - this.consumed;
    this.consumed = delayed;
    model.lastPost = at;
    // The bound: after any batch nothing is overdue, whoever made it.
    expect(this.consumed, "no batch passes an overdue message by").to.be.at.least(due);
    return null;
  }

  /** What a leader signs; one that lies signs a second block, and the outsider shows both. */
  private async confirm(by: number, slot: number, isTwice: boolean): Promise<void> {
    const { table, model } = this;
    const one = {
      slot,
      height: slot,
      expiry: (slot + 1) * 60,
      parentHash: id(`${slot - 1}`),
      blockHash: id(`${slot}`),
    };
    const two = { ...one, blockHash: id(`${slot} again`) };
    // Who is honest has signed the block before as well, and the same block once more: nothing of it is a fault.
    const earlier = this.confirmed.get(table.address(by));
    const pair = isTwice ? [one, two] : [one, { ...one, height: slot - 1, blockHash: earlier ?? one.blockHash }];
    this.confirmed.set(table.address(by), one.blockHash);
    const signatures = [await table.sign(by, pair[0]), await table.sign(by, pair[1])];
    const at = this.tick();
    const expected = isTwice ? model.slash(table.address(by), at) : "NoConflict";
    this.same(await table.play(OUTSIDER, at, "reportEquivocation", [pair, signatures]), expected, `report of ${by}`);
    if (isTwice) this.tally.punished++;
    else expect(model.isMember(table.address(by)), "no honest leader loses its stake").to.equal(true);
  }

  /** Somebody posts whose turn it may not be. */
  private async intrude(): Promise<void> {
    await this.post(this.random.below(ACCOUNTS), this.tick());
  }

  private same(actual: string | null, expected: string | null, what: string): void {
    expect(actual, `${what} at ${this.now}`).to.equal(expected);
    if (actual !== null) this.tally.refused++;
  }

  private async agree(): Promise<void> {
    const { inbox } = this.table;
    const slot = this.model.slotAt(await time.latest());
    const [term, rosters, accounts, draws] = await inbox.schedule();
    const lower = (accounts as string[]).map((account) => account.toLowerCase() as Hex);
    const schedule: Schedule = {
      term: Number(term),
      rosters: [...rosters] as [bigint, bigint, bigint],
      accounts: lower,
      draws: [...draws] as Hex[],
    };
    for (const ahead of [0, 1, 1 + this.random.below(20)]) {
      // What is not drawn yet has a test of its own.
      const isKnown = draws.length === 0 || this.model.termOf(slot + ahead) < Number(term) + draws.length;
      if (!isKnown) continue;
      const leader = await inbox.leaderOf(slot + ahead);
      expect(leader, `leader of slot ${slot + ahead}`).to.equal(this.model.leaderOf(slot + ahead) ?? ZeroAddress);
      const computed = leaderOf(NUMBERS, schedule, slot + ahead) ?? ZeroAddress;
      expect(computed, `leader of slot ${slot + ahead} as a node computes it`).to.equal(leader.toLowerCase());
    }
  }
}

describe("Rotation: contract and model", () => {
  for (const isDrawn of [false, true])
    it(`are equal in rotations with faulty leaders, ${isDrawn ? "in drawn orders, " : ""}nobody honest blocked or slashed: seeds 1 to ${SEEDS}`, async function () {
      this.timeout(3_600_000);
      await compileOnce();
      await writeBeaconRoot((await time.latest()) + 5, id("before the deployment"));
      const table = await RotationTable.lay({ ...NUMBERS, isDrawn }, FOUNDERS);
      const tally: Tally = { batches: 0, refused: 0, punished: 0, forced: 0 };
      const snapshot = await takeSnapshot();
      for (let seed = 1; seed <= SEEDS; seed++) {
        await snapshot.restore();
        const play = new Play(table, seed, await time.latest(), tally);
        // A rotation of all slots, then a long pause in which messages come of age, then another.
        await play.slots(NUMBERS.termSlots);
        play.pause();
        await play.slots(NUMBERS.termSlots);
        await play.settle();
      }
      console.log(
        `      ${SEEDS} rotations: ${tally.batches} batches, ${tally.refused} refused, ${tally.punished} liars punished, ${tally.forced} messages due`,
      );
      expect(tally.batches).to.be.above(5 * SEEDS);
      for (const count of [tally.refused, tally.punished, tally.forced]) expect(count).to.be.above(SEEDS / 4);
    });
});
