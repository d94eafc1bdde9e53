import { expect } from "chai";
import { JsonRpcProvider, NonceManager, parseEther, Wallet } from "ethers";
import { finalizeWithdrawal, proveWithdrawal, startWithdrawal, withdrawalStatus, type LayerSigner } from "../../client";
import { devAccount } from "../../devnet/accounts";
import { Devnet } from "../../devnet/devnet";

const DAY = 86_400;
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const PORTS = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };

/** The same on each L1 that a devnet starts. */
for (const l1 of ["hardhat", "anvil"])
  describe(`devnet: time, over ${l1}`, function () {
    this.timeout(400_000);
    const quick = l1 === "hardhat" ? { l1IntervalMs: 100 } : {};
    const periods = { challengePeriodSeconds: 7 * DAY, responseTimeSeconds: 3_600, assertionIntervalSeconds: 5 };
    const devnet = new Devnet({ ...PORTS, ...quick, ...periods, l1, blockTimeMs: 200, batchAgeMs: 500 });
    let onL1: JsonRpcProvider, onL2: JsonRpcProvider, verifier: JsonRpcProvider;

    before(async () => {
      const info = await devnet.start();
      const urls = [info.l1.url, info.l2.sequencer!, info.l2.verifier!];
      [onL1, onL2, verifier] = urls.map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
    });
    after(async () => {
      for (const provider of [onL1, onL2, verifier]) provider?.destroy();
      await devnet.stop();
    });

    const timeOf = async (provider: JsonRpcProvider): Promise<number> => (await provider.getBlock("latest"))!.timestamp;
    const eventually = async (what: string, probe: () => Promise<boolean>): Promise<void> => {
      const end = Date.now() + 120_000;
      while (!(await probe())) {
        if (Date.now() > end) expect.fail(`not within 120 s: ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    };

    it("moves both layers by solvent_advanceTime and by the usual names, on either node's RPC", async () => {
      const before = await timeOf(onL2);
      const { l1: l1Time, l2 } = (await verifier.send("solvent_advanceTime", [DAY])) as { l1: number; l2: number };
      expect(l2).to.be.at.least(before + DAY);
      expect(l1Time).to.be.within(l2 - 300, l2 + 60);
      await onL2.send("evm_increaseTime", [3_600]);
      expect(await timeOf(onL2)).to.be.at.least(l2 + 3_600);
    });

    // anvil stalls where each of many transactions at once makes a block.
    if (l1 === "hardhat")
      it("moves by a second, again and again, while L1 makes blocks at the same moments", async () => {
        let isOver = false;
        const mineOn = async (index: number): Promise<void> => {
          const wallet = new Wallet(devAccount(index).privateKey, onL1);
          const fee = { type: 0, gasLimit: 21_000, gasPrice: 10n ** 11n, to: wallet.address };
          for (let nonce = await wallet.getNonce(); !isOver; nonce++) await wallet.sendTransaction({ ...fee, nonce });
        };
        await onL1.send("evm_setAutomine", [true]);
        const mining = [6, 7, 8, 9].map(mineOn);
        try {
          for (let i = 0; i < 60; i++) await onL2.send("solvent_advanceTime", [1]);
        } finally {
          isOver = true;
          await Promise.all(mining);
          await onL1.send("evm_setAutomine", [false]);
        }
      });

    it("keeps what L2 has confirmed when L1's clock jumps by L1's own RPC", async () => {
      const wallet = new NonceManager(new Wallet(devAccount(6).privateKey, onL2));
      for (const jump of ["evm_increaseTime", "evm_mine", "hardhat_mine"]) {
        const sent = await wallet.sendTransaction({ to: devAccount(7).address, value: 1 });
        const { blockNumber, blockHash } = (await sent.wait())!;
        const at = (await timeOf(onL1)) + DAY;
        await onL1.send(jump, { evm_increaseTime: [DAY], evm_mine: [at], hardhat_mine: [2, DAY] }[jump]!);
        await eventually("L2 follows", async () => (await timeOf(onL2)) >= at - 60);
        expect((await onL2.getBlock(blockNumber))!.hash, jump).to.equal(blockHash);
      }
    });

    it("keeps every block that is confirmed while the clock jumps", async () => {
      const wallet = new NonceManager(new Wallet(devAccount(8).privateKey, onL2));
      const confirmed: { blockNumber: number; blockHash: string }[] = [];
      let isOver = false;
      const sending = (async () => {
        while (!isOver) {
          const sent = await wallet.sendTransaction({ to: devAccount(7).address, value: 1 });
          confirmed.push((await sent.wait())!);
        }
      })();
      // On a quiet machine three jumps are over before a fourth transaction is confirmed.
      for (let i = 0; i < 3 || (confirmed.length <= 3 && i < 30); i++) await onL2.send("solvent_advanceTime", [DAY]);
      isOver = true;
      await sending;
      await onL2.send("solvent_flush", []);
      for (const { blockNumber, blockHash } of confirmed)
        expect((await onL2.getBlock(blockNumber))!.hash).to.equal(blockHash);
      expect(confirmed.length).to.be.greaterThan(3);
    });

    it("makes a block at exactly the time that was chosen", async () => {
      const at = (await timeOf(onL2)) + 1_000;
      await onL2.send("evm_setNextBlockTimestamp", [at]);
      const sent = await new Wallet(devAccount(2).privateKey, onL2).sendTransaction({ to: devAccount(3).address });
      const { blockNumber } = (await sent.wait())!;
      expect((await onL2.getBlock(blockNumber))!.timestamp).to.equal(at);
      await onL2.send("evm_mine", [at + 500]);
      const blocks = [(await onL2.getBlockNumber()) - 3, await onL2.getBlockNumber()];
      const times = await Promise.all(
        Array.from({ length: 4 }, async (_, i) => (await onL2.getBlock(blocks[0] + i))!.timestamp),
      );
      expect(times).to.include(at + 500);
    });

    it("mines 100 blocks a minute apart, and refuses times of the past", async () => {
      const [number, time] = [await onL2.getBlockNumber(), await timeOf(onL2)];
      await onL2.send("hardhat_mine", ["0x64", "0x3c"]);
      expect(await onL2.getBlockNumber()).to.be.at.least(number + 100);
      expect(await timeOf(onL2)).to.be.at.least(time + 99 * 60);
      const refusal = await onL2.send("evm_setNextBlockTimestamp", [time]).catch((error: Error) => error);
      expect(String(refusal)).to.match(/lower than or equal to previous/);
    });

    it("mines hundreds in a row while L2 makes blocks of its own, over more time than a batch may be old", async () => {
      const number = await onL2.getBlockNumber();
      // Three parts of at most a quarter of a day; building takes longer than L2 waits for its next block.
      await onL2.send("hardhat_mine", ["0x12c", "0xc8"]);
      const head = await onL2.getBlockNumber();
      expect(head).to.be.at.least(number + 300);
      const times = await Promise.all([head - 150, head - 149].map((at) => onL2.getBlock(at)));
      expect(times[1]!.timestamp - times[0]!.timestamp).to.equal(200);
      await onL2.send("hardhat_mine", ["0x3", `0x${(DAY / 2).toString(16)}`]);
      await onL2.send("solvent_flush", []);
      const { hash } = (await onL2.getBlock(head - 150))!;
      await eventually(
        "the verifier has derived them",
        async () => (await verifier.getBlock(head - 150))?.hash === hash,
      );
    });

    it("pays a withdrawal out after seven days that take seconds, and raises no alarm", async () => {
      const { portal, queue, inbox, tokenBridge } = devnet.info.deployment.addresses;
      const rollup = { portal, queue, inbox, tokenBridge } as Parameters<typeof withdrawalStatus>[1];
      const signerOf = (provider: JsonRpcProvider): LayerSigner =>
        new NonceManager(new Wallet(devAccount(4).privateKey, provider)) as NonceManager & {
          provider: JsonRpcProvider;
        };
      const [l1Signer, l2Signer] = [signerOf(onL1), signerOf(onL2)];
      const to = "0x00000000000000000000000000000000000000e7";
      const withdrawal = await startWithdrawal(l2Signer, { amount: parseEther("1"), to });
      const prover = devAccount(4).address;
      const stateIs = (state: string) => async () =>
        (await withdrawalStatus(onL1, rollup, withdrawal, prover)).state === state;
      await eventually("an assertion that covers it", stateIs("ready-to-prove"));
      await proveWithdrawal(l1Signer, onL2, rollup, withdrawal);
      const started = Date.now();
      await onL2.send("solvent_advanceTime", [7 * DAY + 60]);
      await eventually("the assertion is confirmed", stateIs("ready-to-finalize"));
      await finalizeWithdrawal(l1Signer, rollup, withdrawal);
      expect(await onL1.getBalance(to)).to.equal(parseEther("1"));
      console.log(`      seven days in ${((Date.now() - started) / 1_000).toFixed(1)} s`);
      const audit = (await verifier.send("rollup_getAudit", [])) as { alerts: unknown[] };
      expect(audit.alerts).to.deep.equal([]);
    });

    it("leaves the verifier with the sequencer's chain, from L1 alone", async () => {
      await onL2.send("solvent_flush", []);
      const head = (await onL2.getBlock("safe"))!;
      await eventually("the verifier is as far", async () => (await verifier.getBlock("safe"))!.number >= head.number);
      expect((await verifier.getBlock(head.number))!.hash).to.equal(head.hash);
    });
  });
