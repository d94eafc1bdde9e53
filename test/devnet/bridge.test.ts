import { expect } from "chai";
import { Contract, JsonRpcProvider, parseEther, Wallet } from "ethers";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";
import { runSolvent } from "./support/solvent";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const BALANCE = ["function balanceOf(address) view returns (uint256)"];

/** The commands over the bridge, as somebody types them. Seven days pass by `solvent time`. */
describe("devnet: solvent deposit, withdraw, prove, finalize", function () {
  this.timeout(300_000);
  const me = Wallet.createRandom();
  let devnet: RunningDevnet;
  let onL1: JsonRpcProvider, onL2: JsonRpcProvider;

  before(async () => {
    const quick = { l1IntervalMs: 100, blockTimeMs: 100, batchAgeMs: 500, assertionIntervalSeconds: 3 };
    devnet = await startDevnet({ ...quick, challengePeriodSeconds: 7 * 86_400 });
    const { l1, l2 } = devnet.info;
    [onL1, onL2] = [l1.url, l2.sequencer!].map((url) => new JsonRpcProvider(url, undefined, OPTIONS));
  });
  after(async () => {
    for (const provider of [onL1, onL2]) provider?.destroy();
    await devnet[Symbol.asyncDispose]();
  });

  /** What it prints, by the word before the colon; the last of each. @throws Error with what it says where it fails. */
  const solvent = async (...args: string[]): Promise<Record<string, string>> => {
    const { status, stdout, stderr } = await runSolvent([...args, "--url", devnet.info.l1.url], {
      SOLVENT_KEY: me.privateKey,
    });
    if (status !== 0) throw new Error(`${status} ${stderr}`);
    return Object.fromEntries(stdout.split("\n").map((line) => line.split(/: (.*)/).slice(0, 2) as [string, string]));
  };
  const tokens = (provider: JsonRpcProvider, token: string, owner: string): Promise<bigint> =>
    new Contract(token, BALANCE, provider).balanceOf(owner) as Promise<bigint>;

  it("brings ether to L2, and all of its way back", async () => {
    await (
      await new Wallet(devAccount(0).privateKey, onL1).sendTransaction({ to: me.address, value: parseEther("5") })
    ).wait();
    const { state } = await solvent("deposit", "2.5", "--wait");
    expect(state).to.equal("included");
    expect(await onL2.getBalance(me.address)).to.equal(parseEther("2.5"));

    const to = Wallet.createRandom().address;
    const started = await solvent("withdraw", "1", "--to", to);
    expect(started.state).to.be.oneOf(["waiting-for-assertion", "ready-to-prove"]);
    const hash = started["transaction on L2"];
    const early = await solvent("finalize", hash).catch(String);
    expect(early).to.match(/1 .*\[not-covered\] the withdrawal is (waiting-for-assertion|ready-to-prove)/);
    expect((await solvent("prove", hash, "--wait")).state).to.equal("in-challenge-period");
    const underway = await solvent("withdrawal", hash);
    expect(underway.state).to.equal("in-challenge-period");
    const { timestamp } = (await onL1.getBlock("latest"))!;
    expect(Date.parse(underway.expected.split(" ")[0]) / 1_000).to.be.closeTo(timestamp + 7 * 86_400, 300);
    await solvent("time", String(7 * 86_400));
    const paid = await solvent("finalize", hash, "--wait");
    expect(paid).to.include({ state: "finalized", paid: `1.0 ether to ${to.toLowerCase()}` });
    expect(await onL1.getBalance(to)).to.equal(parseEther("1"));
    expect((await solvent("withdrawal", hash)).state).to.equal("finalized");
  });

  it("gives test tokens on both layers, brings more to L2 and all of them back in one command", async () => {
    const { stdout } = await runSolvent(["fund", me.address, "7", "tokens", "--url", devnet.info.l1.url]);
    const { l1Token, l2Token } = JSON.parse(stdout) as { l1Token: string; l2Token: string };
    expect(await tokens(onL1, l1Token, me.address)).to.equal(parseEther("7"));
    const deposited = await solvent("deposit", "3", "--token", l1Token, "--wait");
    expect(deposited["token on L2"]).to.equal(l2Token);
    expect(await tokens(onL2, l2Token, me.address)).to.equal(parseEther("10"));
    expect(await tokens(onL1, l1Token, me.address)).to.equal(parseEther("4"));

    const to = Wallet.createRandom().address;
    const whole = solvent("withdraw", "9.5", "--token", l2Token, "--to", to, "--wait");
    let isPaid = false;
    const clock = (async () => {
      // Whoever waits with --wait sees the week pass.
      while (!isPaid) {
        await new Promise((resolve) => setTimeout(resolve, 5_000));
        await onL1.send("solvent_advanceTime", [7 * 86_400]);
      }
    })();
    expect(await whole.finally(() => (isPaid = true))).to.include({ state: "finalized" });
    await clock;
    expect(await tokens(onL1, l1Token, to)).to.equal(parseEther("9.5"));
    expect(await tokens(onL2, l2Token, me.address)).to.equal(parseEther("0.5"));
  });

  it("needs no devnet: two URLs and a key are enough", async () => {
    const { l1, l2 } = devnet.info;
    const urls = ["--l1", l1.url, "--l2", l2.verifier!];
    const { status, stdout } = await runSolvent(["deposit", "0.25", ...urls, "--key", me.privateKey]);
    expect(stdout).to.match(/^deposit: \d+\ntransaction on L2: 0x[0-9a-f]{64}\nstate: /);
    expect(status).to.equal(0);
  });

  it("refuses in one line what makes no sense, and what L1 and L2 refuse", async () => {
    const url = ["--url", devnet.info.l1.url];
    const poor = ["--key", Wallet.createRandom().privateKey];
    const refused: [args: string[], status: number, says: RegExp][] = [
      [["deposit", "much", ...url], 2, /an amount is a number above 0/],
      [["deposit", "0", ...url], 2, /an amount is a number above 0/],
      [["deposit", "1", "--to", "nobody", ...url], 2, /--to takes an address/],
      [["deposit", "1", "--key", "0x12", ...url], 2, /private key/],
      [["deposit", "1", "--l1", "http://127.0.0.1:1"], 2, /--l1 and --l2 go together/],
      [["deposit", "1", "--l1", "http://127.0.0.1:1", "--l2", devnet.info.l2.sequencer!], 2, /name who pays/],
      [["deposit", "1", ...poor, ...url], 1, /\[funds-missing\]/],
      [["withdraw", "1", ...poor, ...url], 1, /\[funds-missing\]/],
      [["withdraw", "1", "--token", me.address, ...url], 1, /\[transaction-reverted\]/],
      [["prove", "0x12", ...url], 2, /named by the hash of the transaction/],
      [["prove", `0x${"12".repeat(32)}`, ...url], 1, /\[no-withdrawal\] L2 has no transaction/],
    ];
    for (const [args, status, says] of refused) {
      const ended = await runSolvent(args, { SOLVENT_KEY: undefined });
      expect(ended.stderr, args.join(" ")).to.match(says);
      expect(ended.stderr.trim().split("\n"), args.join(" ")).to.have.length(1);
      expect(ended.status, args.join(" ")).to.equal(status);
    }
  });
});
