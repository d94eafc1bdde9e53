import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { id, JsonRpcProvider, NonceManager, parseEther, Wallet } from "ethers";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { finalizeWithdrawal, proveWithdrawal, startWithdrawal, withdrawalStatus, type LayerSigner } from "../../client";
import { startDevnet, type RunningDevnet } from "../../devnet";
import { devAccount } from "../../devnet/accounts";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { L1Proxy } from "./support/l1Proxy";
import { eventually } from "./support/system";

const OPTIONS = { batchMaxCount: 1, cacheTimeout: -1, pollingInterval: 50 };
const PAID = id("WithdrawalFinalized(bytes32,bool)");
const AMOUNT = parseEther("1");

describe("e2e: an auditor whose L1 node leaves payments out", function () {
  this.timeout(240_000);
  let devnet: RunningDevnet;
  let proxy: L1Proxy;
  let folder: string;
  const providers: JsonRpcProvider[] = [];
  const verifiers: Verifier[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-hidden-"));
    devnet = await startDevnet();
    proxy = new L1Proxy(devnet.info.l1.url);
    await proxy.start();
    await payOut();
  });
  afterEach(async () => {
    for (const verifier of verifiers.splice(0)) await verifier.stop();
    proxy.answer = () => undefined;
  });
  after(async () => {
    for (const provider of providers) provider.destroy();
    await proxy.stop();
    await devnet[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A withdrawal from its start until L1 has paid it. */
  async function payOut(): Promise<void> {
    const { addresses } = devnet.info.deployment;
    const rollup = addresses as Parameters<typeof withdrawalStatus>[1];
    const [onL1, onL2] = [devnet.info.l1.url, devnet.info.l2.sequencer!].map(
      (url) => new JsonRpcProvider(url, undefined, OPTIONS),
    );
    providers.push(onL1, onL2);
    const signerOf = (provider: JsonRpcProvider): LayerSigner =>
      new NonceManager(new Wallet(devAccount(4).privateKey, provider)) as NonceManager & { provider: JsonRpcProvider };
    const withdrawal = await startWithdrawal(signerOf(onL2), { amount: AMOUNT, to: devAccount(5).address });
    const is = (state: string) => async () =>
      (await withdrawalStatus(onL1, rollup, withdrawal, devAccount(4).address)).state === state;
    await eventually("an assertion covers it", is("ready-to-prove"));
    await proveWithdrawal(signerOf(onL1), onL2, rollup, withdrawal);
    await onL1.send("solvent_advanceTime", [7 * 86_400]);
    await eventually("it can be paid", is("ready-to-finalize"));
    await finalizeWithdrawal(signerOf(onL1), rollup, withdrawal);
  }

  /** A verifier in this process that reads L1 through the proxy. */
  async function startVerifier(): Promise<Verifier> {
    const config = parseConfig(verifierConfig, {
      dataDir: join(folder, String(Math.random())),
      deployment: devnet.info.deploymentFile,
      l1Url: proxy.url,
      l1: { pollIntervalMs: 50, finality: 8 },
    });
    const deps = {
      system: systemOf(devnet.info.deployment),
      open: openExecution,
      log: createLogger("verifier", "silent"),
    };
    const verifier = await Verifier.create(config, deps);
    verifiers.push(verifier);
    await verifier.start();
    return verifier;
  }

  const asksForPayments = (filter: { topics?: unknown[] }): boolean =>
    JSON.stringify(filter.topics ?? []).includes(PAID);

  it("N3 takes a payment that every range of logs lacks for no hole, however far back it lies", async () => {
    // So far that no block is read by itself but after doubts.
    await providers[0].send("hardhat_mine", ["0x96"]);
    let hidden = 0;
    proxy.answer = ({ method, params }) => {
      const filter = (params[0] ?? {}) as { topics?: unknown[]; blockHash?: string };
      if (method !== "eth_getLogs" || filter.blockHash !== undefined || !asksForPayments(filter)) return undefined;
      hidden++;
      return [];
    };
    const verifier = await startVerifier();
    const said = new Set<string>();
    await eventually("an audit", () => {
      for (const text of Object.values(verifier.core.health.toJSON().problems)) said.add(text);
      return Promise.resolve(verifier.audit.current !== null);
    });
    const audit = verifier.audit.current!;
    expect(hidden, "ranges that lacked it").to.be.greaterThan(1);
    expect([...said].join()).to.match(/the portal has paid withdrawal 0x\w+, of which L1's logs do not tell/);
    expect(audit.alerts).to.deep.equal([]);
    const ether = audit.assets.find(({ asset }) => asset === "ether")!;
    expect([ether.withdrawalsUnderWay, ether.surplus >= 0n]).to.deep.equal([0n, true]);
  });

  it("N3 sees a payment at the head though no range has it", async () => {
    const verifier = await startVerifier();
    await eventually("an audit", () => Promise.resolve(verifier.audit.current));
    proxy.answer = ({ method, params }) => {
      const filter = (params[0] ?? {}) as { topics?: unknown[]; blockHash?: string };
      return method === "eth_getLogs" && filter.blockHash === undefined && asksForPayments(filter) ? [] : undefined;
    };
    const before = verifier.audit.current!;
    await payOut();
    const { number } = (await providers[0].getBlock("latest"))!;
    await eventually("the next audit", () => Promise.resolve(verifier.audit.current!.l1Block.number >= number));
    const audit = verifier.audit.current!;
    expect(audit.alerts).to.deep.equal([]);
    const [was, is] = [before, audit].map(({ assets }) => assets.find(({ asset }) => asset === "ether")!);
    expect(is.withdrawalsUnderWay).to.equal(was.withdrawalsUnderWay);
  });
});
