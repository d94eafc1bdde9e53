import { expect } from "chai";
import hre from "hardhat";
import { setCode, time } from "@nomicfoundation/hardhat-network-helpers";
import { hexlify, id, randomBytes, ZeroAddress, ZeroHash } from "ethers";
import { chunksHash } from "../../../protocol";
import { FORCE_DELAY, RotationTable, STAKE } from "./table";

const SLOT = 60;
const NUMBERS = { slotSeconds: SLOT, termSlots: 6, graceSlots: 2, openSlots: 5, leaveDelay: 1_000, isDrawn: false };
const TERM = SLOT * NUMBERS.termSlots;
const [ANNE, BEN, CARL, DORA] = [0, 1, 2, 3];
const FOUNDERS = 3;
const [CHALLENGE_WINDOW, RESOLVE_WINDOW, BOND] = [600, 300, 10n ** 17n];

/** The first second of a term to come; slot 0 of it is Anne's. */
async function nextTerm(): Promise<number> {
  return (Math.floor((await time.latest()) / TERM) + 2) * TERM;
}

describe("Rotation over blobs", () => {
  it("takes batches by turns, in the mode of blobs, also through a member with code", async () => {
    const table = await RotationTable.lay(NUMBERS, FOUNDERS, FORCE_DELAY, "RotatingBlobInbox");
    const { inbox } = table;
    expect([await inbox.dataMode(), await inbox.sequencingMode()]).to.deep.equal([2n, 1n]);
    const start = await nextTerm();
    expect(await table.post(ANNE, start)).to.equal(null);
    expect(await table.post(BEN, start + 1)).to.equal("NotSequencer");
    expect(await table.post(BEN, start + SLOT)).to.equal(null);
    await setCode(table.address(ANNE), "0x00");
    const args = [{ stake: STAKE, ...NUMBERS }, [table.address(ANNE)], table.address(BEN), 30_000_000, FORCE_DELAY];
    await hre.ethers.deployContract("RotatingBlobInbox", args, { value: STAKE });
    await setCode(table.address(ANNE), "0x");
  });
});

describe("Rotation over data off L1", () => {
  const windows = [CHALLENGE_WINDOW, RESOLVE_WINDOW, BOND];
  let table: RotationTable;
  let start: number;
  beforeEach(async () => {
    table = await RotationTable.lay(NUMBERS, FOUNDERS, FORCE_DELAY, "RotatingAltdaInbox", windows);
    start = await nextTerm();
  });

  /** Appends the next batch as a commitment. @returns why it is refused, or what it was appended as. */
  async function commit(by: number, at: number, data: Uint8Array, delayed = 0): Promise<string | unknown[]> {
    const { inbox } = table;
    const index = await inbox.committedCount();
    const previous = index === 0n ? ZeroHash : await inbox.committedRecord(index - 1n);
    const message = delayed === 0 ? ZeroHash : await inbox.messageHash(delayed - 1);
    const hash = chunksHash(data);
    const refused = await table.play(by, at, "postBatch", [index, previous, delayed, message, hash]);
    return refused ?? [previous, hash, delayed, await time.latestBlock(), at];
  }
  const held = () => hre.ethers.provider.getBalance(table.inbox.target);

  it("takes commitments by turns, pending ones of others before them, and never past an overdue message", async () => {
    const { inbox } = table;
    expect([await inbox.dataMode(), await inbox.sequencingMode()]).to.deep.equal([1n, 1n]);
    expect(await commit(ANNE, start, randomBytes(9))).to.be.an("array");
    expect(await commit(BEN, start + 1, randomBytes(9))).to.equal("NotSequencer");
    expect(await commit(BEN, start + SLOT, randomBytes(9))).to.be.an("array");
    expect([await inbox.batchCount(), await inbox.committedCount()]).to.deep.equal([0n, 2n]);
    expect(await table.send(DORA, start + SLOT + 1)).to.equal(null);
    const due = start + SLOT + 1 + FORCE_DELAY;
    const slot = Math.floor(due / SLOT) + 1;
    const leader = [ANNE, BEN, CARL].find((one) => slot % FOUNDERS === one)!;
    expect(await commit(leader, slot * SLOT, randomBytes(9))).to.equal("MessagesDue");
    expect(await commit(leader, slot * SLOT + 1, randomBytes(9), 1)).to.be.an("array");
  });

  it("counts a leader's silence from commitments, whether they count or not", async () => {
    expect(await commit(ANNE, start, randomBytes(9))).to.be.an("array");
    const last = start + NUMBERS.graceSlots * SLOT;
    expect(await commit(BEN, last, randomBytes(9)), "Carl's slot").to.equal("NotSequencer");
    expect(await commit(BEN, last + 1, randomBytes(9))).to.be.an("array");
  });

  it("keeps bonds and stakes apart: each is paid whole, whatever becomes of the others", async () => {
    const stakes = STAKE * BigInt(FOUNDERS);
    const data = randomBytes(2_000);
    const [lost, answered] = [await commit(ANNE, start, randomBytes(9)), await commit(ANNE, start + 1, data)];
    for (const [index, one] of [lost, answered].entries())
      expect(await table.play(DORA, start + 2 + index, "challenge", [index, one], BOND)).to.equal(null);
    expect(await held()).to.equal(stakes + 2n * BOND);
    expect(await table.play(CARL, start + 5, "resolve", [1, answered, hexlify(data)])).to.equal(null);

    const confirmation = { slot: 7, height: 12, expiry: 8 * SLOT, parentHash: id("parent"), blockHash: id("block") };
    const pair = [confirmation, { ...confirmation, blockHash: id("another") }];
    const signatures = await Promise.all(pair.map((one) => table.sign(BEN, one)));
    expect(await table.play(DORA, start + 6, "reportEquivocation", [pair, signatures])).to.equal(null);
    expect(await held()).to.equal(stakes + 2n * BOND - STAKE / 2n);

    const over = start + 2 + RESOLVE_WINDOW;
    expect(await table.play(DORA, over, "settle", [0, [lost, answered]])).to.equal("WindowOpen");
    expect(await table.play(DORA, over + 1, "settle", [0, [lost, answered]])).to.equal(null);
    for (const [i, who] of [DORA, CARL].entries())
      expect(await table.play(who, over + 2 + i, "withdrawBond", [table.address(who)])).to.equal(null);
    expect(await held()).to.equal(stakes - STAKE / 2n);

    expect(await table.play(CARL, over + 5, "resign")).to.equal(null);
    const [, payableAt] = await table.inbox.seatOf(table.address(CARL));
    expect(await table.play(CARL, Number(payableAt), "withdrawStake")).to.equal(null);
    expect(await held()).to.equal(STAKE + (await table.inbox.stakesBurnt()));
    expect(await table.inbox.sequencer()).to.not.equal(ZeroAddress);
  });
});
