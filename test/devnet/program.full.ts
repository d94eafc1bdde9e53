import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { JsonRpcProvider, Wallet } from "ethers";
import { startDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";
import { startFault } from "../../devnet/scenes";
import { StepReader } from "../../devnet/stepReader";
import { parseGameLog, QUEUE_ABI } from "../../games/edges";
import { fromHex } from "../../protocol";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { Hex } from "../../protocol/types";

const ROOT = join(__dirname, "..", "..");
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const FAST = { l1IntervalMs: 100, blockTimeMs: 100, batchAgeMs: 500 };

interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Other rules than this checkout's: what `solvent program` makes of them, who follows them, and what the game says of a bug. */
describe("devnet: a program of one's own", function () {
  this.timeout(900_000);
  const folder = mkdtempSync(join(tmpdir(), "solvent-program-"));
  after(() => rmSync(folder, { recursive: true, force: true }));

  const solvent = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        ["--require", require.resolve("tsx/cjs"), "scripts/solvent.ts", ...args],
        { cwd: ROOT, env: { ...process.env, ...env } },
        (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
      ),
    );
  /** Makes, changes and builds a program. @returns what `diff` says. */
  const change = async (name: string, file: string, from: string, to: string): Promise<string> => {
    const mine = join(folder, name);
    expect((await solvent(["program", "new", mine])).status).to.equal(0);
    const source = readFileSync(join(mine, file), "utf8");
    expect(source).to.include(from);
    writeFileSync(join(mine, file), source.replace(from, to));
    const built = await solvent(["program", "build", mine]);
    expect(built.status, built.stderr).to.equal(0);
    const { stdout, status, stderr } = await solvent(["program", "diff", mine]);
    expect(status, stderr).to.equal(0);
    return stdout;
  };

  it("finds no difference in a copy, and refuses to copy over one", async () => {
    const copy = join(folder, "copy");
    await solvent(["program", "new", copy]);
    expect((await solvent(["program", "build", copy])).status).to.equal(0);
    const { stdout } = await solvent(["program", "diff", copy]);
    expect(stdout)
      .to.match(/sources +0 of \d+ files differ/)
      .and.include("the same program");
    const again = await solvent(["program", "new", copy]);
    expect(again.stderr).to.match(/\[config-invalid\] .* is there already/);
    expect(again.status).to.equal(2);
  });

  it("deploys a rollup with another fee rule, which the old node refuses to follow", async () => {
    const rule = ["  addBalance(accountAt(FEE_VAULT), amount);", "  // Burnt instead."] as const;
    const text = await change("rule", "stf/block/fees.ts", ...rule);
    expect(text).to.match(/sources +1 of \d+ files differ\n +stf\/block\/fees\.ts\n +- addBalance/);
    expect(text, "by a line of the changed file").to.match(/^ {2}function with stf\/block\/fees\.ts:\d+$/m);
    expect(text)
      .to.match(/program hash 0x\S+ -> 0x\S+/)
      .and.include("another program");
    const build = join(folder, "rule", "build");
    process.env.SOLVENT_BUILD_DIR = build;
    try {
      await using devnet = await startDevnet({ ...FAST, dataDir: join(folder, "rule", "devnet") });
      const { l2, l1, deploymentFile } = devnet.info;
      const onL2 = new JsonRpcProvider(l2.sequencer!, undefined, OPTIONS);
      // Without a tip: that goes to the vault, too.
      const payment = { to: devAccount(1).address, value: 1n, maxPriorityFeePerGas: 0n, maxFeePerGas: 10n ** 10n };
      const sent = await new Wallet(devAccount(0).privateKey, onL2).sendTransaction(payment);
      expect((await sent.wait())!.fee > 0n).to.equal(true);
      expect(await onL2.getBalance(PREDEPLOYS.feeVault), "the vault's share is burnt").to.equal(0n);
      onL2.destroy();
      const node = ["verifier", "--deployment", deploymentFile, "--l1-url", l1.url, "--data-dir", join(folder, "old")];
      const old = await solvent(node, { SOLVENT_BUILD_DIR: undefined });
      expect(old.stderr).to.match(/\[program-mismatch\] L1 judges program 0x/);
      expect(old.status).to.equal(1);
    } finally {
      delete process.env.SOLVENT_BUILD_DIR;
    }
  });

  it("proves a bug down to the line that it is in", async () => {
    const text = await change("bug", "stf/block/intrinsic.ts", "GAS_BASE: u64 = 21000", "GAS_BASE: u64 = 20000");
    expect(text).to.include("every instruction stands where it stood");
    await using devnet = await startDevnet(FAST);
    const lines = await startFault(devnet, `other-program:${join(folder, "bug", "build")}`, 1, () => {});
    expect(lines.join("\n")).to.include("why: L1 executed one instruction");
    // The workshop's check asks the devnet for faults that were added while it ran.
    const check = (): Promise<Ended> => solvent(["check", "7", "--dir", folder, "--url", devnet.info.l1.url]);
    expect((await check()).stdout).to.match(/^MISSING +the game has proven the bug/m);
    const { l1, deployment } = devnet.info;
    const onL1 = new JsonRpcProvider(l1.url, undefined, OPTIONS);
    const logs = await onL1.getLogs({ address: deployment.addresses.queue, fromBlock: 0 });
    const proven = logs.find((log) => parseGameLog(log)?.kind === "StepProven")!;
    const { data } = (await onL1.getTransaction(proven.transactionHash))!;
    onL1.destroy();
    const place = new StepReader().explain(witnessIn(data)) as { place: { file: string }; source: { text: string }[] };
    expect(place.place.file).to.equal("stf/block/intrinsic.ts");
    expect(place.source.map(({ text: line }) => line).join("\n")).to.include("GAS_BASE");
  });
});

/** The witness of the `proveStep` in a transaction's calldata, alone or in a multicall. */
function witnessIn(data: string): Uint8Array {
  const call = QUEUE_ABI.parseTransaction({ data })!;
  if (call.name === "proveStep") return fromHex(call.args.witness as Hex);
  for (const inner of call.args[0] as string[])
    if (QUEUE_ABI.parseTransaction({ data: inner })?.name === "proveStep") return witnessIn(inner);
  throw new Error("no proveStep in the transaction");
}
