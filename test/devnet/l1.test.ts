import { execFile } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { Contract, Wallet, WebSocketProvider } from "ethers";
import { WebSocket } from "ws";
import { devAccount } from "../../devnet/accounts";
import { MULTICALL3_INIT_CODE } from "../../deployment/artifacts";
import { startL1, type L1 } from "./support/l1";

const CAST = `@foundry-rs/cast-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}/bin/cast`;
const RECEIVER = "0x00000000000000000000000000000000000000dd";
const HOUR = 3_600;

const wall = (): number => Math.floor(Date.now() / 1_000);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe("devnet: Hardhat's network as L1", function () {
  this.timeout(120_000);
  let l1: L1;
  const cast = async (...args: string[]): Promise<string> => {
    const { stdout } = await promisify(execFile)(require.resolve(CAST), [
      ...args.slice(0, 1),
      "--rpc-url",
      l1.url,
      ...args.slice(1),
    ]);
    return stdout.trim();
  };

  describe("that mines each 50 ms", () => {
    before(async () => (l1 = await startL1(50)));
    after(() => l1.stop());

    it("takes what cast sends: call, send, create, estimate", async () => {
      const key = ["--private-key", devAccount(0).privateKey];
      await cast("send", RECEIVER, "--value", "1ether", ...key);
      expect(await cast("balance", RECEIVER, "--ether")).to.match(/^1\./);
      const created = JSON.parse(await cast("send", "--json", ...key, "--create", MULTICALL3_INIT_CODE)) as {
        contractAddress: string;
      };
      const multicall = created.contractAddress;
      expect(await cast("call", multicall, "getChainId()(uint256)")).to.match(/^31337/);
      expect(Number(await cast("estimate", multicall, "getBlockNumber()"))).to.be.greaterThan(21_000);
    });

    it("takes data beside the same input, and refuses another", async () => {
      const call = (data: string, input: string): Promise<string> =>
        l1.send("eth_call", { to: `0x${"4".padStart(40, "0")}`, data, input }, "latest");
      expect(await call("0xAB", "0xab")).to.equal("0xab");
      await expectRejection(call("0xab", "0xac"), /both "data" and "input" are set and not equal/);
    });

    it("estimates under the cap of a transaction where a call demands more gas than it uses", async () => {
      // Reverts with less than 200,000 gas left, as the portal's check of a withdrawal's gas does: GAS, PUSH3, LT, PUSH1, JUMPI, revert.
      const code = "0x5a62030d4010600c575f5ffd5b00";
      await l1.send("hardhat_setCode", "0x00000000000000000000000000000000000000ee", code);
      const gas = await l1.send<string>("eth_estimateGas", { to: "0x00000000000000000000000000000000000000ee" });
      expect(Number(gas)).to.be.lessThan(16_777_217);
      expect(Number((await l1.send<{ gasLimit: string }>("eth_getBlockByNumber", "latest", false)).gasLimit)).to.equal(
        16_777_216,
      );
    });

    it("moves its clock by evm_increaseTime alone, and goes on from there", async () => {
      const before = await l1.newest();
      await l1.send("evm_increaseTime", HOUR);
      await pause(300);
      const after = await l1.newest();
      expect(after.time).to.be.within(before.time + HOUR, before.time + HOUR + 5);
      await pause(1_200);
      expect((await l1.newest()).time).to.be.greaterThan(after.time);
    });

    it("serves subscriptions over WebSocket", async () => {
      const provider = new WebSocketProvider(new WebSocket(l1.url.replace("http", "ws")) as never);
      const seen = await new Promise<number>((resolve) => void provider.once("block", resolve));
      expect(seen).to.be.greaterThan(0);
      await provider.destroy();
    });

    it("stays as it is when it is told to start anew", async () => {
      await expectRejection(l1.send("hardhat_reset"), /rollup's contracts would be gone/);
    });
  });

  describe("that mines when asked", () => {
    before(async () => (l1 = await startL1(0)));
    after(() => l1.stop());

    it("mines 100 blocks by hardhat_mine, each the child of the one before", async () => {
      const from = (await l1.newest()).number;
      await l1.send("hardhat_mine", "0x64", "0x3c");
      const blocks = await Promise.all(
        Array.from({ length: 101 }, (_, i) =>
          l1.send<{ hash: string; parentHash: string; timestamp: string }>(
            "eth_getBlockByNumber",
            `0x${(from + i).toString(16)}`,
            false,
          ),
        ),
      );
      for (let i = 1; i <= 100; i++) expect(blocks[i].parentHash).to.equal(blocks[i - 1].hash);
      expect(Number(blocks[100].timestamp) - Number(blocks[1].timestamp)).to.equal(99 * 60);
      await expectRejection(l1.send("hardhat_mine", "0xffffff"), /at most 10000/);
    });

    it("mines at a chosen time, which may not be before the newest block's", async () => {
      const { time } = await l1.newest();
      await l1.send("evm_setNextBlockTimestamp", time + 77);
      await l1.send("evm_mine");
      expect((await l1.newest()).time).to.equal(time + 77);
      await l1.send("evm_mine", time + 99);
      expect((await l1.newest()).time).to.equal(time + 99);
      await expectRejection(l1.send("evm_setNextBlockTimestamp", time), /lower than or equal to previous/);
      await expectRejection(l1.send("evm_increaseTime", "soon"), /whole number/);
    });

    it("goes back to a snapshot, not behind the wall clock, once", async () => {
      const { number, hash } = await l1.newest();
      const id = await l1.send<string>("evm_snapshot");
      await l1.send("evm_mine", wall() + 10 * HOUR);
      expect(await l1.send("evm_revert", id)).to.equal(true);
      expect(await l1.newest()).to.include({ number, hash });
      await l1.send("evm_mine");
      expect((await l1.newest()).time).to.be.at.least(wall() - 1);
      expect(await l1.send("evm_revert", id)).to.equal(false);
    });

    it("mines at once where it was told to", async () => {
      await l1.send("evm_setAutomine", true);
      const { number } = await l1.newest();
      const hash = await l1.send<string>("eth_sendTransaction", {
        from: devAccount(3).address,
        to: RECEIVER,
        value: "0x1",
      });
      expect((await l1.newest()).number).to.equal(number + 1);
      expect(await l1.send("eth_getTransactionReceipt", hash)).to.include({ status: "0x1" });
      await l1.send("evm_setAutomine", false);
    });
  });

  describe("that is started again with its journal", () => {
    const folder = mkdtempSync(join(tmpdir(), "solvent-journal-"));
    const journal = join(folder, "l1.journal");
    after(() => rmSync(folder, { recursive: true, force: true }));

    it("has the same blocks, balances and clock, whoever made them", async () => {
      l1 = await startL1(20, journal);
      const wallet = Wallet.createRandom();
      await l1.send("hardhat_setBalance", wallet.address, "0x1bc16d674ec80000");
      await l1.send("eth_sendTransaction", { from: devAccount(1).address, to: RECEIVER, value: "0x5" });
      await l1.send("hardhat_impersonateAccount", RECEIVER);
      await l1.send("hardhat_mine", "0x10");
      const signed = { to: RECEIVER, value: 7n, nonce: 0, chainId: 31337, gasLimit: 21_000n, type: 2 };
      const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 10n ** 9n };
      await l1.send("eth_sendRawTransaction", await wallet.signTransaction({ ...signed, ...fees }));
      await l1.send("evm_increaseTime", 30 * 24 * HOUR);
      const id = await l1.send<string>("evm_snapshot");
      await l1.send("eth_sendTransaction", { from: devAccount(1).address, to: RECEIVER, value: "0x100" });
      await l1.send("evm_mine");
      await l1.send("evm_revert", id);
      await pause(1_500);
      await l1.send("evm_setIntervalMining", 0);
      await pause(100);
      const ahead = (await l1.newest()).time - wall();
      expect(ahead).to.be.within(30 * 24 * HOUR + 10, 30 * 24 * HOUR + 16);
      const [last, balance] = [await l1.newest(), await l1.send<string>("eth_getBalance", RECEIVER, "latest")];
      expect(Number(balance)).to.equal(12);
      await l1.stop();
      // A line that a kill cut off.
      appendFileSync(journal, '{"time":17');
      for (let start = 0; start < 2; start++) {
        l1 = await startL1(20, journal);
        const same = await l1.send<{ hash: string }>("eth_getBlockByNumber", `0x${last.number.toString(16)}`, false);
        expect(same.hash).to.equal(last.hash);
        expect(await l1.send("eth_getBalance", RECEIVER, "latest")).to.equal(balance);
        await pause(1_300);
        const { time } = await l1.newest();
        expect(time - wall(), "seconds ahead of the wall clock").to.be.within(ahead - 2, ahead + 2);
        await l1.stop();
      }
    });
  });

  it("has the same blocks in each run with the same seed, on a clock of its own, and others with another", async () => {
    const run = async (seed: number): Promise<{ hashes: string[]; times: number[] }> => {
      const own = await startL1(0, undefined, undefined, seed);
      try {
        const blocks = [await own.newest()];
        for (let i = 0; i < 4; i++) {
          await own.send("eth_sendTransaction", { from: devAccount(1).address, to: RECEIVER, value: `0x${i + 1}` });
          await own.send("evm_mine");
          blocks.push(await own.newest());
          if (i === 1) await own.send("evm_increaseTime", HOUR);
        }
        const id = await own.send<string>("evm_snapshot");
        await own.send("hardhat_mine", "0x3", "0x3c");
        await own.send("evm_revert", id);
        await own.send("evm_mine");
        blocks.push(await own.newest());
        return { hashes: blocks.map(({ hash }) => hash), times: blocks.map(({ time }) => time - blocks[0].time) };
      } finally {
        await own.stop();
      }
    };
    const first = await run(7);
    // Half a second a block, whatever the wall clock does.
    expect(first.times).to.deep.equal([0, 0, 1, HOUR + 1, HOUR + 2, HOUR + 2]);
    expect(await run(7)).to.deep.equal(first);
    expect((await run(8)).hashes[0]).not.to.equal(first.hashes[0]);
  });

  it("answers a call of a contract as any node does", async () => {
    l1 = await startL1(0);
    const provider = new WebSocketProvider(new WebSocket(l1.url.replace("http", "ws")) as never);
    const contract = new Contract(RECEIVER, ["function missing() view returns (uint256)"], provider);
    await expectRejection(contract.missing(), /BAD_DATA|could not decode/);
    await provider.destroy();
    await l1.stop();
  });
});

async function expectRejection(promise: Promise<unknown>, message: RegExp): Promise<void> {
  const error = await promise.then(
    () => null,
    (cause: Error) => cause,
  );
  expect(error, "must be refused").to.not.equal(null);
  expect(error!.message).to.match(message);
}
