import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Contract, JsonRpcProvider, parseEther, Wallet } from "ethers";
import { readArtifact } from "../../deployment";
import { devAccount } from "../../devnet/accounts";
import { createDevnet } from "../../devnet";
import { Devnet } from "../../devnet/devnet";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const PORTS = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
const RECEIVER = "0x00000000000000000000000000000000000000e9";
const MOST_MS = 300;

/** The same on each L1 that a devnet starts. */
for (const l1 of ["hardhat", "anvil"])
  describe(`devnet: snapshots of the whole system, over ${l1}`, function () {
    this.timeout(400_000);
    const folder = mkdtempSync(join(tmpdir(), "solvent-snapshots-"));
    const quick = l1 === "hardhat" ? { l1IntervalMs: 100 } : {};
    const options = { ...PORTS, ...quick, l1, blockTimeMs: 200, batchAgeMs: 500, assertionIntervalSeconds: 5 };
    let devnet: Devnet;
    let onL1: JsonRpcProvider, onL2: JsonRpcProvider, verifier: JsonRpcProvider;

    const start = async (): Promise<void> => {
      devnet = createDevnet({ ...options, dataDir: folder });
      const info = await devnet.start();
      const urls = [info.l1.url, info.l2.sequencer!, info.l2.verifier!];
      [onL1, onL2, verifier] = urls.map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
    };
    const stop = async (): Promise<void> => {
      for (const provider of [onL1, onL2, verifier]) provider?.destroy();
      await devnet.stop();
    };
    before(start);
    after(async () => {
      await stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    });

    const eventually = async (what: string, probe: () => Promise<boolean>): Promise<void> => {
      const end = Date.now() + 60_000;
      while (!(await probe())) {
        if (Date.now() > end) expect.fail(`not within 60 s: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };
    const transfer = async (): Promise<{ blockNumber: number; blockHash: string; hash: string }> => {
      const wallet = new Wallet(devAccount(2).privateKey, onL2);
      return (await (await wallet.sendTransaction({ to: RECEIVER, value: 1n })).wait())!;
    };
    const batchCount = async (): Promise<number> => {
      const { inbox } = devnet.info.deployment.addresses;
      return Number(await new Contract(inbox, readArtifact("inbox/Inbox").abi, onL1).batchCount());
    };
    const alerts = async (): Promise<unknown[]> =>
      ((await verifier.send("rollup_getAudit", [])) as { alerts: unknown[] }).alerts;
    /** Milliseconds of each, in the order they were measured in. */
    const taken = new Map<string, number[]>();
    const timed = async <T>(what: string, task: () => Promise<T>): Promise<T> => {
      const began = performance.now();
      const result = await task();
      const ms = performance.now() - began;
      console.log(`      ${what}: ${ms.toFixed(0)} ms`);
      const all = taken.get(what) ?? [];
      taken.set(what, [...all, ms]);
      return result;
    };

    it("goes back on L1, L2, in the pool, the batches and the game, and goes on from there", async () => {
      const early = await transfer();
      const waiting = await new Wallet(devAccount(3).privateKey, onL2).sendTransaction({
        to: RECEIVER,
        value: 5n,
        nonce: 1,
      });
      // Its head is read before: a block may come at any time, and one that came after the snapshot is gone.
      const head = (await onL2.getBlock("latest"))!;
      const id = (await onL2.send("evm_snapshot", [])) as string;
      const [l1Balance, batches] = [await onL1.getBalance(RECEIVER), await batchCount()];

      const late = await transfer();
      // The one before it: what waited behind the gap is in a block, too.
      await (await new Wallet(devAccount(3).privateKey, onL2).sendTransaction({ to: RECEIVER, nonce: 0 })).wait();
      await (await new Wallet(devAccount(4).privateKey, onL1).sendTransaction({ to: RECEIVER, value: 7n })).wait();
      await onL2.send("solvent_flush", []);
      expect(await batchCount()).to.be.greaterThan(batches);
      await onL2.send("solvent_advanceTime", [86_400]);

      // L1's own RPC means all of it, as L2's does.
      expect(await onL1.send("evm_revert", [id])).to.equal(true);
      expect((await onL2.getBlock(head.number))!.hash).to.equal(head.hash);
      expect((await onL2.getBlock(early.blockNumber))!.hash).to.equal(early.blockHash);
      expect(await onL2.getTransactionReceipt(late.hash)).to.equal(null);
      const pool = (await onL2.send("txpool_content", [])) as { queued: object };
      expect(JSON.stringify(pool.queued)).to.contain(waiting.hash);
      expect(await onL1.getBalance(RECEIVER)).to.equal(l1Balance);
      expect(await batchCount()).to.be.at.most(batches + 1);
      expect(await onL2.send("evm_revert", [id]), "it is used up").to.equal(false);

      const again = await transfer();
      await onL2.send("solvent_flush", []);
      await eventually("the verifier is as far", async () => {
        const block = await verifier.getBlock("safe");
        return block !== null && block.number >= again.blockNumber;
      });
      expect((await verifier.getBlock(again.blockNumber))!.hash).to.equal(again.blockHash);
      expect((await verifier.getBlock(head.number))!.hash).to.equal(head.hash);
      const newest = async (): Promise<number> =>
        Number(((await verifier.send("rollup_getAssertions", [1])) as { l2BlockNumber: string }[])[0]?.l2BlockNumber);
      await eventually("what follows is asserted", async () => (await newest()) >= again.blockNumber);
      expect(await alerts()).to.deep.equal([]);
    });

    it("takes less than 300 ms each way on a chain of 1,000 blocks", async () => {
      await onL2.send("hardhat_mine", ["0x3e8"]);
      await onL2.send("solvent_flush", []);
      for (let i = 0; i < 5; i++) {
        const { number, hash } = (await onL2.getBlock("latest"))!;
        const id = await timed("evm_snapshot", () => onL2.send("evm_snapshot", []) as Promise<string>);
        await transfer();
        expect(await timed("evm_revert", () => onL2.send("evm_revert", [id]) as Promise<boolean>)).to.equal(true);
        expect((await onL2.getBlock(number))!.hash).to.equal(hash);
      }
      // Others may run beside it: the one in the middle is what it takes.
      for (const [what, all] of taken) expect(all.toSorted((a, b) => a - b)[2], what).to.be.below(MOST_MS);
      expect(taken.size).to.equal(2);
    });

    it("takes a deposit back with it, and the auditor sees nothing wrong", async () => {
      const id = (await onL1.send("evm_snapshot", [])) as string;
      const wallet = new Wallet(devAccount(5).privateKey, onL1);
      const { portal } = devnet.info.deployment.addresses;
      await (await wallet.sendTransaction({ to: portal, value: parseEther("3"), gasLimit: 300_000n })).wait();
      await transfer();
      await onL2.send("solvent_flush", []);
      expect(await onL2.send("evm_revert", [id])).to.equal(true);
      await transfer();
      await onL2.send("solvent_flush", []);
      const { number } = (await onL2.getBlock("safe"))!;
      await eventually("the verifier is as far", async () => (await verifier.getBlock("safe"))!.number >= number);
      expect(await alerts()).to.deep.equal([]);
    });

    it("keeps what it went back to when it is started again", async () => {
      const before = await transfer();
      const id = (await onL2.send("evm_snapshot", [])) as string;
      const gone = await transfer();
      await onL2.send("solvent_flush", []);
      expect(await onL2.send("evm_revert", [id])).to.equal(true);
      await stop();
      await start();
      expect((await onL2.getBlock(before.blockNumber))!.hash).to.equal(before.blockHash);
      expect(await onL2.getTransactionReceipt(gone.hash)).to.equal(null);
      const after = await transfer();
      await onL2.send("solvent_flush", []);
      await eventually("the verifier is as far", async () => {
        const block = await verifier.getBlock("safe");
        return block !== null && block.number >= after.blockNumber;
      });
      expect((await verifier.getBlock(after.blockNumber))!.hash).to.equal(after.blockHash);
      expect(await alerts()).to.deep.equal([]);
    });

    if (l1 === "hardhat")
      it("writes all of it into a file with which another devnet begins", async () => {
        const sent = await transfer();
        await onL2.send("solvent_flush", []);
        const { file } = (await onL1.send("solvent_save", ["copy"])) as { file: string };
        const later = await transfer();
        const copy = new Devnet({ ...options, load: file });
        try {
          const info = await copy.start();
          const there = new JsonRpcProvider(info.l2.sequencer!, undefined, OPTIONS);
          expect((await there.getBlock(sent.blockNumber))!.hash).to.equal(sent.blockHash);
          expect(await there.getTransactionReceipt(later.hash)).to.equal(null);
          const wallet = new Wallet(devAccount(6).privateKey, there);
          expect((await (await wallet.sendTransaction({ to: RECEIVER })).wait())!.status).to.equal(1);
          there.destroy();
        } finally {
          await copy.stop();
        }
      });

    it("says so where an actor was started again since, and changes nothing", async () => {
      const id = (await onL2.send("evm_snapshot", [])) as string;
      await devnet.processes.stopOne("verifier");
      await devnet.startVerifier("verifier", Number(new URL(devnet.info.l2.verifier!).port));
      const sent = await transfer();
      const error = await onL2.send("evm_revert", [id]).catch((cause: Error) => cause);
      expect(String(error)).to.match(/verifier was started again since the snapshot/);
      expect((await onL2.getTransactionReceipt(sent.hash))!.blockHash).to.equal(sent.blockHash);
      await transfer();
    });
  });
