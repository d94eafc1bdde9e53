import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { devAccount } from "../../devnet/accounts";
import { readDevnetInfo, type DevnetInfo } from "../../devnet/devnet";

const FLAGS = [
  "--l1-port",
  "0",
  "--port",
  "0",
  "--verifier-port",
  "0",
  "--explorer-port",
  "0",
  "--without",
  "challenger",
];

const PAID = "0x00000000000000000000000000000000000000f1";
const DAY = 86_400;

describe("e2e: npm start", function () {
  this.timeout(180_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-start-"));
  const dataDir = join(folder, "data");
  let devnet: ChildProcess;
  let block: { hash: string; number: number };

  /** Starts the devnet as npm does and waits for its READY line. */
  async function start(): Promise<string> {
    const args = ["scripts/boot.cjs", "devnet", ...FLAGS, "--datadir", dataDir];
    devnet = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
    let output = "";
    return new Promise((resolve, reject) => {
      devnet.stderr!.on("data", (chunk: Buffer) => (output += chunk.toString()));
      devnet.once("exit", (code) => reject(new Error(`ended with status ${code}: ${output}`)));
      devnet.stdout!.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        if (/^READY/m.test(output)) resolve(output);
      });
    });
  }

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    devnet.removeAllListeners("exit");
    const gone = new Promise<number | null>((resolve) => devnet.once("exit", resolve));
    devnet.kill(signal);
    return gone;
  }

  const urls = ({ l1, l2, explorer }: DevnetInfo): string[] => [l1.url, l2.sequencer!, l2.verifier!, explorer!];
  const answers = (url: string): Promise<boolean> =>
    fetch(url).then(
      () => true,
      () => false,
    );

  after(async () => {
    if (devnet.exitCode === null && devnet.signalCode === null) await end("SIGTERM");
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it("prints accounts, addresses and URLs, then READY, and writes the same as JSON", async () => {
    const output = await start();
    const info = readDevnetInfo(dataDir);
    for (const text of [...urls(info), ...Object.values(info.deployment.addresses), info.mnemonic])
      expect(output).to.contain(text);
    for (const { address, privateKey } of info.accounts) expect(output).to.contain(address).and.to.contain(privateKey);
    for (const url of urls(info)) expect(await answers(url), url).to.equal(true);
    const l2 = new JsonRpcProvider(info.l2.sequencer!, undefined, { cacheTimeout: -1, pollingInterval: 100 });
    const sent = await new Wallet(devAccount(0).privateKey, l2).sendTransaction({
      to: devAccount(1).address,
      value: 1n,
    });
    const receipt = (await sent.wait())!;
    block = { hash: receipt.blockHash, number: receipt.blockNumber };
    l2.destroy();
  });

  it("leaves its folder to no second devnet", async () => {
    const args = ["scripts/boot.cjs", "devnet", ...FLAGS, "--datadir", dataDir];
    const journal = readFileSync(join(dataDir, "l1.journal"), "utf8");
    const { status, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(stderr).to.match(/^devnet: \[datadir-in-use\] .*another --datadir$/m);
    expect(status).to.equal(1);
    expect(readFileSync(join(dataDir, "l1.journal"), "utf8").startsWith(journal)).to.equal(true);
  });

  it("lets L1's clock be put forward, and L2 follows", async () => {
    const { l1, l2 } = readDevnetInfo(dataDir);
    const [onL1, onL2] = [l1.url, l2.sequencer!].map(
      (url) => new JsonRpcProvider(url, undefined, { cacheTimeout: -1 }),
    );
    const paid = { from: devAccount(5).address, to: PAID, value: "0x5" };
    await onL1.send("eth_sendTransaction", [paid]);
    await onL1.send("evm_increaseTime", [DAY]);
    const end = Date.now() + 60_000;
    while ((await onL2.getBlock("latest"))!.timestamp < Date.now() / 1_000 + DAY - 60) {
      if (Date.now() > end) expect.fail("L2 did not follow");
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    expect(await onL1.getBalance(PAID)).to.equal(5n);
    onL1.destroy();
    onL2.destroy();
  });

  it("ends L1, actors and explorer when it is interrupted", async () => {
    const info = readDevnetInfo(dataDir);
    expect(await end("SIGINT")).to.equal(0);
    for (const url of urls(info)) expect(await answers(url), url).to.equal(false);
  });

  it("goes on with the same chains at the next start", async () => {
    await start();
    const info = readDevnetInfo(dataDir);
    const l2 = new JsonRpcProvider(info.l2.sequencer!, undefined, { cacheTimeout: -1 });
    expect((await l2.getBlock(block.number))!.hash).to.equal(block.hash);
    expect(await l2.getBalance(devAccount(1).address)).to.equal(100n * 10n ** 18n + 1n);
    l2.destroy();
    const l1 = new JsonRpcProvider(info.l1.url, undefined, { cacheTimeout: -1 });
    expect(await l1.getBalance(PAID), "what somebody did on L1").to.equal(5n);
    expect((await l1.getBlock("latest"))!.timestamp).to.be.greaterThan(Date.now() / 1_000 + DAY - 60);
    l1.destroy();
    const logs = ["sequencer", "verifier"].map((name) => readFileSync(join(dataDir, "logs", `${name}.log`), "utf8"));
    for (const log of logs) expect(log).to.not.contain("l1-wrong-chain");
  });

  it("leaves nothing behind when it is killed", async () => {
    const info = readDevnetInfo(dataDir);
    await end("SIGKILL");
    const end10 = Date.now() + 10_000;
    for (const url of urls(info))
      while (await answers(url)) {
        if (Date.now() > end10) expect.fail(`${url} still answers`);
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
  });
});
