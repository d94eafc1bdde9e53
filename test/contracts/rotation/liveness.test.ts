import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { takeSnapshot, time, type SnapshotRestorer } from "@nomicfoundation/hardhat-network-helpers";
import { id } from "ethers";
import { RotationTable } from "./table";

const SLOT = 60;
const NUMBERS = { slotSeconds: SLOT, termSlots: 4, graceSlots: 2, openSlots: 5, leaveDelay: 1_000, isDrawn: false };
const TERM = SLOT * NUMBERS.termSlots;
const MEMBERS = 4;
/** From one to the next, four members and three stand in the same turns: whenever a run is, it sees the same. */
const ROUND = 12 * TERM;
const [STRANGER, SENDER] = [5, 6];
/** Whoever may append does so this often. */
const TICK = 20;
const SLOTS = 16;
const SPEC = join(__dirname, "..", "..", "..", "docs", "spec", "18-rotation.md");

type Way = "honest" | "dead" | "censoring" | "equivocating";
const SCENES: [what: string, ways: Way[]][] = [
  ["all four honest", ["honest", "honest", "honest", "honest"]],
  ["one dead", ["dead", "honest", "honest", "honest"]],
  ["half dead, side by side", ["dead", "dead", "honest", "honest"]],
  ["half dead, every other", ["dead", "honest", "dead", "honest"]],
  ["all but one dead", ["dead", "dead", "dead", "honest"]],
  ["all dead", ["dead", "dead", "dead", "dead"]],
  ["half censoring, side by side", ["censoring", "censoring", "honest", "honest"]],
  ["all but one censoring", ["censoring", "censoring", "censoring", "honest"]],
  ["one equivocating", ["equivocating", "honest", "honest", "honest"]],
];

/** What a user has of a rotation in which some are faulty, by the real contract; the table of docs/spec/18-rotation.md#liveness. */
describe("Rotation: liveness and fairness with faulty members", function () {
  this.timeout(300_000);
  let table: RotationTable;
  let snapshot: SnapshotRestorer;

  before(async () => {
    table = await RotationTable.lay(NUMBERS, MEMBERS);
    snapshot = await takeSnapshot();
  });
  beforeEach(() => snapshot.restore());

  /** Two signed blocks, shown on L1. */
  async function equivocate(by: number, at: number): Promise<void> {
    const one = { slot: Math.floor(at / SLOT), height: 1, expiry: at, parentHash: id("parent"), blockHash: id("a") };
    const two = { ...one, blockHash: id("b") };
    const signatures = [await table.sign(by, one), await table.sign(by, two)];
    expect(await table.play(SENDER, at, "reportEquivocation", [[one, two], signatures])).to.equal(null);
  }

  /** Who appends at a moment, where somebody may: the leader, else a member in turn, else a stranger. */
  async function append(ways: readonly Way[], at: number, consumed: number, waiting: number): Promise<number | null> {
    const leader = await table.inbox.leaderOf(Math.floor(at / SLOT));
    const leads = table.wallets.findIndex(({ address }) => address === leader);
    const alive = ways.flatMap((way, by) => (way === "honest" || way === "censoring" ? [by] : []));
    const turn = alive[Math.floor(at / TICK) % Math.max(1, alive.length)];
    const by = alive.includes(leads) ? leads : (turn ?? STRANGER);
    const refused = await table.post(by, at, ways[by] === "censoring" ? consumed : waiting);
    if (refused !== null) expect(refused).to.equal("NotSequencer");
    return refused === null ? by : null;
  }

  async function row(what: string, ways: readonly Way[]): Promise<string> {
    const start = (Math.floor((await time.latest()) / ROUND) + 2) * ROUND;
    const liar = ways.indexOf("equivocating");
    const [filled, counts] = [new Set<number>(), new Map<number, number>()];
    const sent: number[] = [];
    let [last, longest, consumed, wait] = [start - TICK, 0, 0, 0];
    // Before it nobody was there: the slot is open to anyone.
    expect(await table.post(STRANGER, last, 0)).to.equal(null);
    for (let at = start; at < start + SLOTS * SLOT; at += TICK) {
      if (liar >= 0 && at === start + 2 * TICK) await equivocate(liar, at - 1);
      const by = await append(ways, at, consumed, sent.length);
      if (by !== null) {
        longest = Math.max(longest, at - last);
        last = at;
        filled.add(Math.floor(at / SLOT));
        counts.set(by, (counts.get(by) ?? 0) + 1);
        if (ways[by] !== "censoring")
          for (; consumed < sent.length; consumed++) wait = Math.max(wait, at - sent[consumed]);
      }
      // A message in each slot, behind its first batch.
      if ((at - start) % SLOT === 0) {
        expect(await table.send(SENDER, at + 1)).to.equal(null);
        sent.push(at + 1);
      }
    }
    expect(last, "nobody is silent for ever").to.be.at.least(start + SLOTS * SLOT - NUMBERS.openSlots * SLOT - TICK);
    const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
    const shares = [...counts.values()].map((count) => Math.round((100 * count) / total));
    const share = shares.length === 1 ? "100 %" : `${Math.min(...shares)} to ${Math.max(...shares)} %`;
    return `| ${what} | ${filled.size} of ${SLOTS} | ${longest} s | ${wait} s | ${counts.size}: ${share} |`;
  }

  for (const [what, ways] of SCENES)
    it(`is as the specification has it: ${what}`, async () => {
      const lines = readFileSync(SPEC, "utf8").split("\n");
      expect(await row(what, ways)).to.equal(lines.find((line) => line.startsWith(`| ${what} |`)));
    });
});
