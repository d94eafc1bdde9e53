import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { id, JsonRpcProvider, Wallet } from "ethers";
import { startDevnet, type ActorStatus, type RunningDevnet } from "../../devnet";
import { devAccount, ROLES } from "../../devnet/accounts";
import { SLOW_RESPONSE_SECONDS } from "../../devnet/options";
import { startReferee, untilSlashed } from "../../devnet/referee";
import { startFault } from "../../devnet/scenes";
import { builtFile } from "../../node/modules";
import { jump } from "../support/jump";

const run = promisify(execFile);
const SOLVENT = join(__dirname, "..", "..", "scripts", "solvent.ts");
const STEP_PROVEN = id("StepProven(bytes32,address,uint256)");
const PERMIT2 = "0x000000000022D473030F116dDEE9F6B43aC78BA3";
const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };

/** The commands of `solvent` and the same over RPC, at a devnet that a test started in its own process. */
describe("devnet: control while it runs", function () {
  this.timeout(300_000);
  let devnet: RunningDevnet;
  let onL1: JsonRpcProvider, onL2: JsonRpcProvider;

  before(async () => {
    devnet = await startDevnet({
      ...{ l1IntervalMs: 100, blockTimeMs: 100, batchAgeMs: 500, verifiers: 2, challengers: 2 },
      responseTimeSeconds: SLOW_RESPONSE_SECONDS,
    });
    const { l1, l2 } = devnet.info;
    [onL1, onL2] = [l1.url, l2.sequencer!].map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
  });
  after(async () => {
    for (const provider of [onL1, onL2]) provider?.destroy();
    await devnet[Symbol.asyncDispose]();
  });

  /** What a command prints; it answers while actors are stopped. */
  const solvent = async (...args: string[]): Promise<string> => {
    const url = ["--url", devnet.info.l1.url];
    const { stdout } = await run(process.execPath, ["--require", "tsx/cjs", SOLVENT, ...args, ...url]);
    return stdout.trim();
  };
  const eventually = async (what: string, probe: () => Promise<boolean>, seconds = 60): Promise<void> => {
    const end = Date.now() + seconds * 1_000;
    while (!(await probe().catch(() => false))) {
      if (Date.now() > end) expect.fail(`not within ${seconds} s: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  };
  const statusOf = async (name: string): Promise<ActorStatus> =>
    ((await onL1.send("solvent_status", [])) as ActorStatus[]).find((one) => one.name === name)!;

  it("says of each actor where it answers and how it is", async () => {
    const text = await solvent("status");
    for (const name of ["sequencer", "verifier", "verifier-2", "challenger", "challenger-2"])
      expect(text).to.match(new RegExp(`^${name} +(well|unwell)`, "m"));
    const { metrics } = await statusOf("sequencer");
    expect(JSON.parse(await solvent("targets"))).to.deep.include({
      targets: [new URL(metrics!).host],
      labels: { actor: "sequencer" },
    });
    expect(await (await fetch(`${metrics}/metrics`)).text()).to.contain("solvent_head_safe");
    expect(await solvent("logs", "sequencer", "1")).to.match(/^\{/);
  });

  it("stops an actor and starts it again, while the others go on", async () => {
    expect(await solvent("stop", "sequencer")).to.equal("sequencer: stopped");
    expect((await statusOf("sequencer")).isRunning).to.equal(false);
    expect((await statusOf("verifier")).isRunning).to.equal(true);
    expect(await solvent("start", "sequencer")).to.equal("sequencer: runs");
    const sent = await new Wallet(devAccount(2).privateKey, onL2).sendTransaction({ to: devAccount(3).address });
    expect((await sent.wait())!.status).to.equal(1);
    await solvent("restart", "verifier-2");
    expect((await statusOf("verifier-2")).isRunning).to.equal(true);
  });

  it("refuses what makes no sense, in one line", async () => {
    const error = await solvent("stop", "nobody").catch((cause: { stderr: string; code: number }) => cause);
    expect(error).to.include({ code: 2 });
    expect((error as { stderr: string }).stderr).to.match(/no actor "nobody"; there are .*sequencer/);
    expect((error as { stderr: string }).stderr.trim().split("\n").length).to.equal(1);
  });

  it("1.4 says of a fault that told no lie that it told none", async () => {
    const same = await startFault(devnet, `other-program:${dirname(builtFile("stf.wasm"))}`, 1, () => {}).catch(String);
    expect(same).to.match(/that is the program that L1 judges, so nothing it says is false/);
    const referee = await startReferee(devnet.info.l1.url, devnet.info.deployment);
    try {
      const honest = devAccount(ROLES.challenger).address;
      const ended = await untilSlashed(referee, honest, 0, 0).catch(String);
      expect(ended).to.match(/no verdict .* so it told no lie; \d+ assertions/);
    } finally {
      referee.stop();
    }
  });

  it("gives ether on both layers", async () => {
    const { address } = Wallet.createRandom();
    await solvent("fund", address, "2.5");
    await eventually("the deposit", async () => (await onL2.getBalance(address)) === 2_500_000_000_000_000_000n);
    expect(await onL1.getBalance(address)).to.equal(2_500_000_000_000_000_000n);
  });

  it("puts what clients of other chains ask for on L2", async () => {
    expect(await onL2.getCode(PERMIT2)).to.equal("0x");
    expect((await solvent("preinstall")).split("\n")).to.include(`${PERMIT2}  Permit2`);
    expect(await onL2.getCode(PERMIT2)).to.match(/^0x60/);
  });

  it("has L1 take back blocks, go away for a while, ask for more, and leave an account out", async () => {
    const before = await onL1.getBlockNumber();
    const { shared, gone } = JSON.parse(await solvent("l1", "reorg", "5")) as {
      shared: { number: number; hash: string };
      gone: number;
    };
    expect(gone).to.be.at.least(5);
    expect(shared.number).to.be.at.least(before);
    expect((await onL1.getBlock(shared.number))!.hash).to.equal(shared.hash);
    await solvent("l1", "outage", "2");
    const error = await onL1.send("eth_blockNumber", []).catch((cause: Error) => cause);
    expect(String(error)).to.match(/this L1 is out/);
    await eventually("L1 is back", async () => (await onL1.getBlockNumber()) > 0);
    await solvent("l1", "fee", "900");
    await eventually("the fee", async () => (await onL1.getBlock("latest"))!.baseFeePerGas! > 100_000_000_000n);
    const { address } = devAccount(ROLES.stranger);
    await solvent("l1", "censor", address, "2");
    const stranger = new Wallet(devAccount(ROLES.stranger).privateKey, onL1);
    const sent = await stranger.sendTransaction({ to: address });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await onL1.getTransactionReceipt(sent.hash)).to.equal(null);
  });

  it("adds a liar at run time, who is slashed, and says how it ended", async () => {
    expect(await solvent("fault", "add", "nonsense").catch((cause: { code: number }) => cause.code)).to.equal(2);
    await solvent("fault", "add", "wrong-state", "7");
    const isOver = async (): Promise<boolean> => /wrong-state: (ended|failed)/.test(await solvent("fault", "list"));
    const proven = { address: devnet.info.deployment.addresses.queue, topics: [STEP_PROVEN], fromBlock: 0 };
    await eventually("L1 executes the step", async () => (await onL1.getLogs(proven)).length > 0, 200);
    await jump(devnet.info);
    await eventually("the lie is slashed", isOver, 260);
    expect(await solvent("fault", "list")).to.match(/why: L1 executed one instruction/);
    // Whoever comes later knows what was, and what that has cost is not the next lie's.
    const late = await startReferee(devnet.info.l1.url, devnet.info.deployment);
    late.stop();
    expect(late.seen.some(({ told }) => told?.kind === "proven")).to.equal(true);
    expect(late.spentBy(devAccount(ROLES.liar).address)).to.deep.equal({ transactions: 0, gas: 0n, moves: {} });
    await solvent("fault", "add", "wrong-state");
    await eventually("the liar runs", async () => (await statusOf("liar")).isRunning);
    expect(await solvent("fault", "remove")).to.equal("removed");
  });
});
