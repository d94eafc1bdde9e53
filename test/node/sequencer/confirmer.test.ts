import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id } from "ethers";
import { devAccount } from "../../../devnet/accounts";
import type { BuiltBlock } from "../../../node/engine/types";
import { signConfirmation, signerOf, type SignedConfirmation } from "../../../node/rotation/confirmation";
import { Promises } from "../../../node/rotation/promises";
import { Store } from "../../../node/store/store";
import { SolventError } from "../../../protocol/errors";
import type { Hex } from "../../../protocol/types";
import { Confirmer } from "../../../sequencer/blocks/confirmer";
import type { OwnSlot, Turns } from "../../../sequencer/turns/turns";

const DOMAIN = { l1ChainId: 1n, inbox: `0x${"1b".repeat(20)}` as Hex };
const { privateKey, address } = devAccount(3);
const hash = (text: string): Hex => id(text) as Hex;
const block = (number: number, name: string): BuiltBlock =>
  ({ header: { number, parentHash: hash(`${number - 1}`) }, blockHash: hash(name) }) as BuiltBlock;

describe("sequencer: what a leader signs", () => {
  let folder: string;
  let store: Store;
  let promises: Promises;
  let confirmer: Confirmer;
  let slot: OwnSlot | null | SolventError;

  const open = async (): Promise<void> => {
    store = await Store.open(folder, "test");
    promises = new Promises(store);
    const turns = { ownSlot: () => (slot instanceof Error ? Promise.reject(slot) : Promise.resolve(slot)) };
    confirmer = new Confirmer(promises, () => Promise.resolve(turns as unknown as Turns), DOMAIN, privateKey);
  };
  /** As the sequencer does it: signed, and on disk with the block. */
  const build = async (number: number, name: string): Promise<SignedConfirmation | null> => {
    const promise = await confirmer.confirm(block(number, name), 0);
    if (promise !== null) await store.write((write) => promises.putIn(write, promise));
    return promise;
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-confirmer-"));
    await open();
    // The slot that the disk begins with.
    slot = { slot: 4, ends: 30 };
    expect(await build(1, "lost with a disk?")).to.equal(null);
    slot = { slot: 5, ends: 36 };
  });
  afterEach(async () => {
    await store.database.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("is its block, by the key that posts, until the slot ends", async () => {
    const promise = (await build(8, "a"))!;
    expect(promise).to.include({ slot: 5, height: 8, expiry: 36, parentHash: hash("7"), blockHash: hash("a") });
    expect(signerOf(DOMAIN, promise, promise.signature)).to.equal(address.toLowerCase());
    expect(promises.at(8)).to.deep.equal([promise]);
    expect(promises.at(9)).to.deep.equal([]);
  });

  it("is one block for each slot and height, whatever was dropped, also after a restart", async () => {
    await build(8, "a");
    expect(await build(8, "b"), "the same slot").to.equal(null);
    expect(await build(9, "c"), "another height").to.not.equal(null);
    await store.database.close();
    await open();
    expect(await build(8, "b"), "a new process").to.equal(null);
    slot = { slot: 4, ends: 30 };
    expect(await build(8, "b"), "a clock that went back").to.equal(null);
    slot = { slot: 6, ends: 42 };
    expect(await build(8, "b"), "a later slot").to.include({ slot: 6, blockHash: hash("b") });
    expect(promises.at(8).map((one) => one.slot)).to.deep.equal([6, 5]);
  });

  it("is nothing in the slot that its disk begins with, before or after", async () => {
    slot = { slot: 4, ends: 30 };
    expect(await build(30, "x")).to.equal(null);
    slot = { slot: 3, ends: 24 };
    expect(await build(31, "x")).to.equal(null);
  });

  it("is nothing in a slot that is not its own, nor while L1 does not say; what is no failure of L1 is thrown", async () => {
    slot = null;
    expect(await build(8, "a")).to.equal(null);
    slot = new SolventError("l1-unavailable", "away");
    expect(await build(8, "a")).to.equal(null);
    slot = new SolventError("sequencing-unknown", "a mode of tomorrow");
    expect(String(await build(8, "a").catch((error: unknown) => error))).to.match(/a mode of tomorrow/);
  });

  describe("promises that are seen", () => {
    const sign = (change: Partial<SignedConfirmation> = {}): SignedConfirmation =>
      signConfirmation(
        DOMAIN,
        { slot: 5, height: 8, expiry: 36, parentHash: hash("7"), blockHash: hash("a"), ...change },
        privateKey,
      );

    it("are kept once, and tell of a signer's first fault", async () => {
      const other = sign({ blockHash: hash("b") });
      expect(await promises.add(sign())).to.equal(false);
      expect(promises.has(sign())).to.equal(true);
      expect(promises.has(other)).to.equal(false);
      expect(await promises.add(sign())).to.equal(false);
      expect(await promises.add(sign({ slot: 6, blockHash: hash("b") })), "a later slot").to.equal(false);
      expect(promises.at(8)).to.have.length(2);
      expect(promises.faults()).to.deep.equal([]);
      expect(await promises.add(other)).to.equal(true);
      expect(promises.at(8)).to.have.length(3);
      expect(await promises.add(sign({ blockHash: hash("c") })), "two prove it, a third adds nothing").to.equal(false);
      expect(promises.at(8)).to.have.length(3);
      expect(promises.faults()).to.deep.equal([[sign(), other]]);
    });

    it("are no more than sixteen for a height, but for one that proves a fault", async () => {
      for (let i = 0; i < 20; i++) await promises.add(sign({ parentHash: hash(`parent ${i}`) }));
      expect(promises.at(8)).to.have.length(16);
      expect(await promises.add(sign({ parentHash: hash("parent 0"), blockHash: hash("b") }))).to.equal(true);
      expect(promises.at(8)).to.have.length(17);
    });
  });
});
