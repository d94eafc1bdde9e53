import { expect } from "chai";
import { id, SigningKey } from "ethers";
import hre from "hardhat";
import {
  confirmationHash,
  isEquivocation,
  signConfirmation,
  signerOf,
  type SoftConfirmation,
} from "../../../node/rotation/confirmation";
import type { Hex } from "../../../protocol/types";
import { RotationTable } from "./table";

const NUMBERS = { slotSeconds: 60, termSlots: 6, graceSlots: 2, openSlots: 5, leaveDelay: 1_000, isDrawn: false };
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const hash = (text: string): Hex => id(text) as Hex;
const CONFIRMATION: SoftConfirmation = {
  ...{ slot: 7, height: 12, expiry: 480 },
  ...{ parentHash: hash("parent"), blockHash: hash("block") },
};

describe("Rotation: soft confirmations as nodes sign and read them", function () {
  this.timeout(120_000);
  let table: RotationTable;
  let domain: { l1ChainId: bigint; inbox: Hex };

  before(async () => {
    table = await RotationTable.lay(NUMBERS, 2);
    const { chainId } = await hre.ethers.provider.getNetwork();
    domain = { l1ChainId: chainId, inbox: table.inbox.target as Hex };
  });

  it("have the contract's hash, in every field", async () => {
    const changes: Partial<SoftConfirmation>[] = [
      {},
      { slot: 2 ** 40 },
      { height: 2 ** 40 },
      { expiry: 0 },
      { parentHash: hash("another parent") },
      { blockHash: hash("another block") },
    ];
    const hashes = new Set<string>();
    for (const change of changes) {
      const one = { ...CONFIRMATION, ...change };
      const ours = confirmationHash(domain, one);
      expect(ours, JSON.stringify(change)).to.equal(await table.inbox.confirmationHash(one));
      hashes.add(ours);
    }
    expect(hashes.size).to.equal(changes.length);
  });

  it("are signed so that the contract takes a stake for two of them", async () => {
    const { privateKey, address } = table.wallets[1];
    const one = signConfirmation(domain, CONFIRMATION, privateKey);
    const two = signConfirmation(domain, { ...CONFIRMATION, blockHash: hash("another block") }, privateKey);
    expect(one.leader).to.equal(address.toLowerCase());
    expect(signerOf(domain, one, one.signature)).to.equal(one.leader);
    expect(isEquivocation(one, two)).to.equal(true);
    const signatures = [one.signature, two.signature];
    const { timestamp } = (await hre.ethers.provider.getBlock("latest"))!;
    expect(await table.play(0, timestamp + 10, "reportEquivocation", [[one, two], signatures])).to.equal(null);
  });

  it("name nobody for another inbox's signature, a changed field, a high s, or other bytes", () => {
    const { privateKey } = table.wallets[0];
    const { leader, signature } = signConfirmation(domain, CONFIRMATION, privateKey);
    expect(signerOf({ ...domain, l1ChainId: 1n }, CONFIRMATION, signature)).to.not.equal(leader);
    expect(signerOf(domain, { ...CONFIRMATION, expiry: 481 }, signature)).to.not.equal(leader);
    const { r, s, v } = new SigningKey(privateKey).sign(confirmationHash(domain, CONFIRMATION));
    const high = (ORDER - BigInt(s)).toString(16).padStart(64, "0");
    const mirrored = `${r}${high}${v === 27 ? "1c" : "1b"}` as Hex;
    for (const bytes of [mirrored, "0x", `0x${"11".repeat(65)}`, `${signature}00`] as Hex[])
      expect(signerOf(domain, CONFIRMATION, bytes), bytes).to.equal(null);
  });

  it("contradict each other in one slot, height and parent, from one leader, with two blocks", () => {
    const one = { ...CONFIRMATION, leader: hash("a"), signature: hash("s") };
    const other = { ...one, blockHash: hash("another block") };
    expect(isEquivocation(one, other)).to.equal(true);
    expect(isEquivocation(one, { ...other, expiry: 1 })).to.equal(true);
    const changes = [{ slot: 8 }, { height: 13 }, { parentHash: hash("x") }, { leader: hash("b") }];
    for (const change of changes)
      expect(isEquivocation(one, { ...other, ...change }), JSON.stringify(change)).to.equal(false);
    expect(isEquivocation(one, { ...one, expiry: 1 })).to.equal(false);
  });
});
