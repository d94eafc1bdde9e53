import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { createTestClient, defineChain, http, parseEther, publicActions, walletActions, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { devAccount } from "../../devnet/accounts";
import { Devnet, L2_CHAIN_ID } from "../../devnet/devnet";

const ROOT = join(__dirname, "..", "..");
const MODULES = join(ROOT, "node_modules");
const HARDHAT_SAMPLE = join(MODULES, "hardhat", "sample-projects", "javascript");
const RECEIVER: Hex = "0x00000000000000000000000000000000000000eb";

/** What people test contracts with elsewhere, unmodified, against L2. */
describe("devnet: development tools against L2", function () {
  this.timeout(240_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-tools-"));
  const ports = { l1Port: 0, sequencerPort: 0, verifierPort: 0 };
  const devnet = new Devnet({ ...ports, l1IntervalMs: 100, blockTimeMs: 100, batchAgeMs: 500 });
  let url: string;

  before(async () => {
    url = (await devnet.start()).l2.sequencer!;
  });
  after(async () => {
    await devnet.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (command: string, args: string[], cwd: string, env: Record<string, string>): Promise<string> =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
      let output = "";
      for (const stream of [child.stdout, child.stderr])
        stream.on("data", (chunk: Buffer) => (output += String(chunk)));
      child.once("error", reject);
      child.once("exit", (code) => (code === 0 ? resolve(output) : reject(new Error(`status ${code}:\n${output}`))));
    });

  it("runs the tests of Hardhat's sample project, and the examples of its network helpers", async () => {
    const project = join(folder, "hardhat");
    mkdirSync(project);
    cpSync(join(HARDHAT_SAMPLE, "contracts"), join(project, "contracts"), { recursive: true });
    cpSync(join(HARDHAT_SAMPLE, "test"), join(project, "test"), { recursive: true });
    cpSync(join(__dirname, "hardhat", "hardhat.config.js"), join(project, "hardhat.config.js"));
    cpSync(join(__dirname, "hardhat", "helpers.js"), join(project, "test", "helpers.js"));
    writeFileSync(join(project, "package.json"), "{}");
    symlinkSync(MODULES, join(project, "node_modules"));
    const keys = [0, 1, 2].map((i) => devAccount(i).privateKey).join(",");
    const args = [join(MODULES, "hardhat", "internal", "cli", "cli.js"), "test", "--network", "solvent"];
    // Its matchers look for a receipt as soon as a transaction is sent.
    await fetch(url, {
      method: "POST",
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "evm_setAutomine", params: [true] }),
    });
    const output = await run(process.execPath, args, project, {
      SOLVENT_L2_URL: url,
      SOLVENT_KEYS: keys,
      HARDHAT_DISABLE_TELEMETRY_PROMPT: "true",
    });
    expect(output).to.match(/15 passing/);
  });

  it("runs forge's tests on a fork", async () => {
    const provider = new JsonRpcProvider(url, undefined, { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 });
    const sender = new Wallet(devAccount(3).privateKey, provider);
    const receipt = (await (await sender.sendTransaction({ to: RECEIVER, value: 5n })).wait())!;
    const project = join(folder, "forge");
    cpSync(join(__dirname, "forge"), project, { recursive: true });
    const args = ["test", "--fork-url", url, "--offline", "--use", join(__dirname, "support", "solc.cjs")];
    const env = { L2_URL: url, RECEIVER, RICH: devAccount(9).address, BEFORE: String(receipt.blockNumber - 1) };
    provider.destroy();
    expect(await run(forgeBinary(), args, project, { ...env, HOME: folder })).to.match(/3 tests? passed, 0 failed/);
  });

  for (const mode of ["hardhat", "anvil"] as const)
    it(`answers viem's test client as ${mode} does`, async () => {
      const chain = defineChain({
        id: L2_CHAIN_ID,
        name: "Solvent",
        nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: [url] } },
      });
      const account = privateKeyToAccount(devAccount(4).privateKey);
      const client = createTestClient({ mode, chain, account, transport: http(), pollingInterval: 50 })
        .extend(publicActions)
        .extend(walletActions);
      const number = await client.getBlockNumber({ cacheTime: 0 });
      await client.mine({ blocks: 3 });
      expect(await client.getBlockNumber({ cacheTime: 0 })).to.satisfy((now: bigint) => now >= number + 3n);
      const { timestamp } = await client.getBlock();
      await client.increaseTime({ seconds: 420 });
      await client.mine({ blocks: 1 });
      expect((await client.getBlock()).timestamp).to.satisfy((now: bigint) => now >= timestamp + 420n);
      const at = (await client.getBlock()).timestamp + 500n;
      await client.setNextBlockTimestamp({ timestamp: at });
      await client.mine({ blocks: 1 });
      expect((await client.getBlock()).timestamp).to.satisfy((now: bigint) => now >= at);

      const before = await client.getBalance({ address: RECEIVER });
      const id = await client.snapshot();
      await client.waitForTransactionReceipt({
        hash: await client.sendTransaction({ to: RECEIVER, value: parseEther("1") }),
      });
      expect(await client.getBalance({ address: RECEIVER })).to.equal(before + parseEther("1"));
      await client.revert({ id });
      expect(await client.getBalance({ address: RECEIVER })).to.equal(before);

      await client.setAutomine(false);
      expect(await client.getAutomine()).to.equal(false);
      const waiting = await client.sendTransaction({ to: RECEIVER, value: 1n });
      const standing = await client.getBlockNumber({ cacheTime: 0 });
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(await client.getBlockNumber({ cacheTime: 0 })).to.equal(standing);
      await client.dropTransaction({ hash: waiting });
      const kept = await client.sendTransaction({ to: RECEIVER, value: 2n });
      await client.mine({ blocks: 1 });
      expect((await client.getTransactionReceipt({ hash: kept })).status).to.equal("success");
      expect(await client.getBalance({ address: RECEIVER })).to.equal(before + 2n);
      await client.setAutomine(true);
      expect(await client.getAutomine()).to.equal(true);
      const quick = await client.sendTransaction({ to: RECEIVER, value: 3n });
      await client.waitForTransactionReceipt({ hash: quick });
      await client.setIntervalMining({ interval: 1 });
      const idle = await client.getBlockNumber({ cacheTime: 0 });
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      expect(await client.getBlockNumber({ cacheTime: 0 })).to.satisfy((now: bigint) => now > idle);
    });
});

/** The platform's own binary. */
function forgeBinary(): string {
  const name = `@foundry-rs/forge-${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  return require.resolve(`${name}/bin/forge`);
}
