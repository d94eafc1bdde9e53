import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect } from "chai";
import { Contract, JsonRpcProvider, parseEther, Wallet } from "ethers";
import {
  depositEther,
  finalizeWithdrawal,
  forceTransaction,
  proveWithdrawal,
  startWithdrawal,
  withdrawalStatus,
  type RollupAddresses,
} from "../../client";
import { readArtifact } from "../../deployment";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";

const ROOT = join(__dirname, "..", "..");
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/** As the pages name them. */
const RECEIVERS = {
  heads: "0x00000000000000000000000000000000c1a55002",
  forced: "0x00000000000000000000000000000000c1a55004",
};

/** Exercises 1 to 5 of docs/workshop on a devnet: each check fails before its exercise is done, and passes after. */
describe("workshop: what solvent check finds on a devnet", function () {
  this.timeout(600_000);
  let devnet: RunningDevnet;
  let l1: JsonRpcProvider, l2: JsonRpcProvider;
  let rollup: RollupAddresses;

  before(async () => {
    devnet = await startDevnet({ forceDelaySeconds: 5 });
    const { info } = devnet;
    [l1, l2] = [info.l1.url, info.l2.sequencer!].map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
    rollup = info.deployment.addresses as unknown as RollupAddresses;
  });
  after(async () => {
    for (const provider of [l1, l2]) provider?.destroy();
    await devnet?.[Symbol.asyncDispose]();
  });

  const check = (exercise: number, url = devnet.info.l1.url): Promise<{ status: number; stdout: string }> =>
    new Promise((resolve) =>
      execFile(
        process.execPath,
        ["--require", "tsx/cjs", "scripts/solvent.ts", "check", String(exercise), "--url", url],
        { cwd: ROOT },
        (error, stdout, stderr) =>
          resolve({ status: error === null ? 0 : Number(error.code), stdout: stdout + stderr }),
      ),
    );
  const expectMissing = async (exercise: number, url?: string): Promise<string> => {
    const { status, stdout } = await check(exercise, url);
    expect(stdout)
      .to.match(/^MISSING /m)
      .and.include("not done yet");
    expect(status).to.equal(1);
    return stdout;
  };
  const expectDone = async (exercise: number, url?: string): Promise<void> => {
    const end = Date.now() + 180_000;
    for (;;) {
      const { status, stdout } = await check(exercise, url);
      if (status === 0) return void expect(stdout).to.match(new RegExp(`exercise ${exercise}, .*: done`));
      if (Date.now() > end) expect.fail(`exercise ${exercise}: ${stdout}`);
    }
  };
  const user = (index: number, layer: JsonRpcProvider): Wallet => new Wallet(devAccount(index).privateKey, layer);
  const until = async (state: string, probe: () => Promise<{ state: string }>): Promise<void> => {
    while ((await probe()).state !== state) await new Promise((resolve) => setTimeout(resolve, 300));
  };

  it("1: a deposit", async () => {
    await expectMissing(1);
    await depositEther(user(0, l1) as never, rollup, { amount: parseEther("1") });
    await expectDone(1);
  });

  it("2: ether under all three heads", async () => {
    await expectMissing(2);
    await (await user(1, l2).sendTransaction({ to: RECEIVERS.heads, value: 1n })).wait();
    await expectDone(2);
  });

  it("3: a withdrawal that is paid", async () => {
    await expectMissing(3);
    const withdrawal = await startWithdrawal(user(0, l2) as never, { amount: parseEther("0.5") });
    const status = () => withdrawalStatus(l1 as never, rollup, withdrawal, devAccount(0).address);
    await until("ready-to-prove", status);
    await expectMissing(3);
    await proveWithdrawal(user(0, l1) as never, l2 as never, rollup, withdrawal);
    await l1.send("solvent_advanceTime", [60]);
    await until("ready-to-finalize", status);
    await finalizeWithdrawal(user(0, l1) as never, rollup, withdrawal);
    await expectDone(3);
  });

  it("4: a message that was forced in while there was no sequencer", async () => {
    expect(await expectMissing(4)).to.match(/^MISSING {2}the Inbox has a message/m);
    await l1.send("solvent_stop", ["sequencer"]);
    await forceTransaction(user(4, l1) as never, rollup, { to: RECEIVERS.forced, value: 1000n, gasLimit: 50_000n });
    expect(await expectMissing(4)).to.match(/^ok {7}the Inbox has a message/m);
    const inbox = new Contract(rollup.inbox, readArtifact("inbox/Inbox").abi, user(4, l1));
    const count = (await inbox.delayedCount()) as bigint;
    while (((await inbox.overdueCount()) as bigint) < count) await new Promise((resolve) => setTimeout(resolve, 300));
    await (await inbox.forceInclude(await inbox.batchCount(), count)).wait();
    await expectDone(4);
    await l1.send("solvent_start", ["sequencer"]);
  });

  it("5: a liar whose stake is gone, by a step that L1 executed", async () => {
    await expectMissing(5);
    await l1.send("solvent_addFault", ["wrong-state", 7]);
    await expectDone(5);
  });

  it("5: the same under the game of claims", async () => {
    await using other = await startDevnet({ game: "claims" });
    const { url } = other.info.l1;
    await expectMissing(5, url);
    const provider = new JsonRpcProvider(url, undefined, OPTIONS);
    await provider.send("solvent_addFault", ["wrong-state", 7]).finally(() => provider.destroy());
    await expectDone(5, url);
  });
});
