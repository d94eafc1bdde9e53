import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { HDNodeWallet, JsonRpcProvider, Wallet } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { readDevnetInfo } from "../../devnet/devnet";
import { anvilBinary } from "../../devnet/l1/anvil";
import { freePort } from "../../devnet/processes";
import { L1Rpc } from "../../node/l1/rpc";
import { eventually } from "./support/system";

const PORTS = ["--port", "0", "--verifier-port", "0", "--explorer-port", "0"];
const STRANGE_MNEMONIC = "legal winner thank year wave sausage worth useful legal winner thank yellow";

/** `npm start` over each kind of L1, as a user calls it. */
describe("e2e: npm start over other L1s", function () {
  this.timeout(300_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-l1-"));
  const children = new Set<ChildProcess>();

  function run(command: string, args: string[]): ChildProcess {
    const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
    children.add(child);
    child.once("exit", () => children.delete(child));
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    if (!children.has(child)) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGINT");
    await gone;
  }

  /** Runs the devnet until READY, or to its end. @returns what it has said. */
  async function start(...flags: string[]): Promise<{ devnet: ChildProcess; output: string; isReady: boolean }> {
    const args = ["scripts/boot.cjs", "devnet", ...PORTS, ...flags];
    const devnet = run(process.execPath, args);
    let output = "";
    return new Promise((resolve) => {
      devnet.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
      devnet.once("exit", () => resolve({ devnet, output, isReady: false }));
      devnet.stdout!.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (/^READY/m.test(output)) resolve({ devnet, output, isReady: true });
      });
    });
  }

  async function startL1(command: string, args: string[], port: number): Promise<ChildProcess> {
    const child = run(command, args);
    const rpc = new L1Rpc(`http://127.0.0.1:${port}`, { retries: 0, timeoutMs: 500 });
    await eventually("L1 answers", async () => (await rpc.send("eth_chainId", [])) !== null);
    await rpc.close();
    return child;
  }

  const startAnvil = (port: number, ...args: string[]) =>
    startL1(
      anvilBinary(),
      ["--port", String(port), "--silent", "--hardfork", "osaka", "--block-time", "1", ...args],
      port,
    );
  const startHardhat = (port: number) => {
    const cli = require.resolve("hardhat/internal/cli/cli.js");
    const config = join(__dirname, "..", "bench", "rpc", "hardhat.bench.config.cjs");
    return startL1(process.execPath, [cli, "--config", config, "node", "--port", String(port)], port);
  };

  /** A transfer on L2 that the verifier then has from L1. @returns hash and number of its block. */
  async function transfer(dataDir: string): Promise<{ hash: string; number: number }> {
    const { l2 } = readDevnetInfo(dataDir);
    const options = { cacheTimeout: -1, pollingInterval: 100 };
    const sequencer = new JsonRpcProvider(l2.sequencer!, undefined, options);
    const verifier = new JsonRpcProvider(l2.verifier!, undefined, options);
    try {
      const wallet = new Wallet(devAccount(0).privateKey, sequencer);
      const sent = await wallet.sendTransaction({ to: devAccount(1).address, value: 1n });
      const { blockHash: hash, blockNumber: number } = (await sent.wait())!;
      const isSafe = async () => (await verifier.getBlock("safe"))!.number >= number;
      await eventually("the block is safe at the verifier", isSafe);
      expect((await verifier.getBlock(number))!.hash).to.equal(hash);
      return { hash, number };
    } finally {
      sequencer.destroy();
      verifier.destroy();
    }
  }

  async function hashOf(dataDir: string, number: number): Promise<string> {
    const provider = new JsonRpcProvider(readDevnetInfo(dataDir).l2.verifier!);
    const block = await provider.getBlock(number);
    provider.destroy();
    return block!.hash!;
  }

  /** Two starts with the same folder: the second has the first one's blocks and makes more. */
  async function expectToGoOn(dataDir: string, flags: string[]): Promise<void> {
    const first = await start(...flags);
    expect(first.isReady, first.output).to.equal(true);
    const { hash, number } = await transfer(dataDir);
    await end(first.devnet);
    const second = await start(...flags);
    expect(second.isReady, second.output).to.equal(true);
    expect(await hashOf(dataDir, number)).to.equal(hash);
    expect((await transfer(dataDir)).number).to.be.greaterThan(number);
    await end(second.devnet);
  }

  after(async () => {
    await Promise.all([...children].map(end));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("goes on with anvil's chain at the next start", async () => {
    const dataDir = join(folder, "anvil");
    const flags = ["--l1", "anvil", "--l1-port", "0", "--datadir", dataDir];
    await expectToGoOn(dataDir, flags);
  });

  it("runs over a Hardhat node of somebody else, again after a restart, and not when that node has lost its chain", async () => {
    const dataDir = join(folder, "hardhat");
    const port = await freePort();
    const l1 = await startHardhat(port);
    const flags = ["--l1", `http://127.0.0.1:${port}`, "--datadir", dataDir];
    await expectToGoOn(dataDir, flags);
    await end(l1);
    const other = await startHardhat(port);
    const third = await start(...flags);
    expect(third.isReady).to.equal(false);
    expect(third.output).to.contain("[l1-wrong-chain]").and.to.contain("--datadir");
    await end(other);
  });

  it("takes its ether from the test mnemonic's first account where the actors' accounts have none", async () => {
    const port = await freePort();
    const l1 = await startAnvil(port); // ten accounts, none of the actors' among them
    const dataDir = join(folder, "ten");
    const { devnet, output, isReady } = await start("--l1", `http://127.0.0.1:${port}`, "--datadir", dataDir);
    expect(isReady, output).to.equal(true);
    await transfer(dataDir);
    await end(devnet);
    await end(l1);
  });

  it("asks for a funder on an L1 where the test mnemonic has no ether, and runs with one", async () => {
    const port = await freePort();
    const l1 = await startAnvil(port, "--mnemonic", STRANGE_MNEMONIC);
    const flags = ["--l1", `http://127.0.0.1:${port}`, "--datadir", join(folder, "funder")];
    const poor = await start(...flags);
    expect(poor.isReady).to.equal(false);
    expect(poor.output).to.contain("[funds-missing]").and.to.contain("--funder");
    const { privateKey } = HDNodeWallet.fromPhrase(STRANGE_MNEMONIC);
    const rich = await start(...flags, "--funder", privateKey);
    expect(rich.isReady, rich.output).to.equal(true);
    await transfer(join(folder, "funder"));
    await end(rich.devnet);
    await end(l1);
  });
});
