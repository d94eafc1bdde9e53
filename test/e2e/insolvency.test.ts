import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type Contract, ContractFactory, keccak256, parseEther, solidityPacked, toBeHex, ZeroAddress } from "ethers";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution, type OpenExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { mintInto } from "../../adversary/mint";
import { MESSAGE_PASSER_ABI } from "../../client/abi";
import { readArtifact } from "../../deployment";
import { devAccount } from "../../devnet/accounts";
import { PREDEPLOYS } from "../../protocol/predeploys";
import type { Hex } from "../../protocol/types";
import type { Audit } from "../../verifier/audit/audit";
import type { AuditReport } from "../../verifier/audit/report";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { eventually, TestSystem } from "./support/system";

const USER = 4;

function reportIn(folder: string): AuditReport {
  return JSON.parse(readFileSync(join(folder, "audit.json"), "utf8")) as AuditReport;
}

describe("e2e: planted insolvencies", function () {
  this.timeout(600_000);
  let system: TestSystem;
  let folder: string;
  const verifiers: Verifier[] = [];

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "solvent-insolvency-"));
    system = new TestSystem();
    await system.start();
  });
  afterEach(async () => {
    for (const verifier of verifiers.splice(0)) await verifier.stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  /** A verifier in this process. @param open - what runs its blocks: the program, or one that is wrong. */
  async function startVerifier(open: OpenExecution = openExecution): Promise<Verifier> {
    const config = parseConfig(verifierConfig, {
      dataDir: join(folder, `verifier-${verifiers.length}`),
      deployment: system.devnet.info.deploymentFile,
      l1Url: system.devnet.info.l1.url,
      l1: { pollIntervalMs: 30, finality: 8 },
    });
    const deps = { system: systemOf(system.deployment), open, log: createLogger("verifier", "silent") };
    const verifier = await Verifier.create(config, deps);
    verifiers.push(verifier);
    await verifier.start();
    return verifier;
  }

  /** `solvent audit`, into the test's folder. */
  const audit = (url: string): Promise<{ status: number | null; stdout: string; stderr: string }> =>
    new Promise((resolve) => {
      const command = ["--require", require.resolve("tsx/cjs"), "scripts/solvent.ts", "audit"];
      const args = [...command, "--rpc", url, "--from", system.devnet.info.deploymentFile, "--out", folder];
      const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
      const said = { stdout: "", stderr: "" };
      child.stdout.on("data", (part: Buffer) => (said.stdout += part.toString()));
      child.stderr.on("data", (part: Buffer) => (said.stderr += part.toString()));
      child.on("close", (status) => resolve({ status, ...said }));
    });

  /** The audit of everything that L1 holds now. */
  const settled = (verifier: Verifier, block: number): Promise<Audit> =>
    eventually("the audit", () => {
      const audit = verifier.audit.current;
      return Promise.resolve(audit !== null && audit.l2Block.number >= block && audit);
    });
  const found = (verifier: Verifier): Promise<Audit> =>
    eventually("a finding", () => {
      const audit = verifier.audit.current;
      return Promise.resolve(audit !== null && audit.alerts.length > 0 && audit);
    });

  /** The program, but that one block credits more than it should. Everything after builds on it. */
  const wrongAt =
    (number: number, amount: bigint): OpenExecution =>
    (nodes) => {
      const execution = openExecution(nodes);
      const { program } = execution;
      const advance = program.advance.bind(program);
      program.advance = (...args) => {
        const block = advance(...args);
        if (block === null || Number(block.header.number) !== number) return block;
        return mintInto(nodes, block, devAccount(USER).address, amount);
      };
      return execution;
    };

  it("created: a bridge that mints a deposit twice, and a supply that drifts by a wei, each in its block", async () => {
    await system.deposit(USER, parseEther("3"));
    await system.postBatch([[]]);
    // Each in a batch of its own: of two in one, the second may be ahead of L1's clock, and so no block at all.
    await system.postBatch([[]]);
    await system.postBatch([[]]);
    const sound = await settled(await startVerifier(), 3);
    expect(sound.alerts).to.deep.equal([]);
    for (const [block, amount] of [
      [1, parseEther("3")],
      [2, 1n],
    ] as const) {
      const { alerts } = await found(await startVerifier(wrongAt(block, amount)));
      const [first] = alerts;
      expect([first.name, first.asset, first.block]).to.deep.equal(["created", "ether", block]);
      const brought = block === 1 ? parseEther("3") : 0n;
      expect(first.text).to.equal(
        `block ${block} creates ${brought + amount} of ether, its messages brought ${brought}`,
      );
    }
  });

  it("solvent audit: covered, with a forecast; short, where a token shrinks on L1; neither, where L1 does not answer", async () => {
    const { tokenBridge } = system.deployment.addresses;
    await system.deposit(USER, parseEther("3"));
    const passer = MESSAGE_PASSER_ABI.encodeFunctionData("initiateWithdrawal", [ZeroAddress, 50_000, "0x"]) as Hex;
    const start = { to: PREDEPLOYS.messagePasser, value: parseEther("1"), data: passer, gasLimit: 200_000n };
    // Not of the depositor, whose nonce the deposit has moved.
    await system.postBatch([[await system.sign(USER + 1, start)]]);
    const { url } = system.devnet.info.l1;
    const sound = await audit(url);
    expect(sound.status, sound.stderr).to.equal(0);
    const first = reportIn(folder);
    expect([first.verdict, first.alerts, first.warnings]).to.deep.equal(["solvent", [], []]);
    const { oldest, guard } = first.forecast!;
    expect([oldest?.block, oldest?.assertion, guard.stake]).to.deep.equal([1, null, String(parseEther("1"))]);
    expect(sound.stdout).to.contain("is in no assertion yet");
    expect(readFileSync(join(folder, "audit.html"), "utf8")).to.contain("<h1>Solvent</h1>");

    const { abi, bytecode } = readArtifact("test/Tokens:RebasingToken");
    const signer = system.signer(USER);
    const token = (await new ContractFactory(abi as never, bytecode, signer).deploy()) as Contract;
    await (await token.mint(devAccount(USER).address, 1_000)).wait();
    await (await token.approve(tokenBridge, 1_000)).wait();
    const deposit = system
      .contract("bridge/TokenBridge", tokenBridge, USER)
      .connect(signer)
      .getFunction("depositToken");
    await (await deposit(token.target, token.target, devAccount(USER).address, 1_000)).wait();
    await (await token.rebase(50)).wait();
    const shrunk = await audit(url);
    expect(shrunk.status, shrunk.stderr).to.equal(1);
    const asset = (token.target as string).toLowerCase();
    expect(reportIn(folder).alerts).to.deep.equal([
      { name: "short", block: 1, asset, text: `${asset} is 500 short on L1` },
    ]);
    expect(shrunk.stdout).to.contain("insolvent at L1 block").and.to.contain("short in L2 block 1");
    expect((await audit("http://127.0.0.1:1")).status).to.equal(2);
  });

  it("paid-twice and paid-unrecorded: one withdrawal paid again, and one that no block knows", async () => {
    const { addresses } = system.deployment;
    await system.deposit(USER, parseEther("3"));
    await system.postBatch([[]]);
    const verifier = await startVerifier();
    expect((await settled(verifier, 1)).alerts).to.deep.equal([]);
    // A portal that forgets what it has paid: the same event again, by code in its place.
    const hash = keccak256("0x01");
    const topics = [keccak256(Buffer.from("WithdrawalFinalized(bytes32,bool)")), hash];
    const code = solidityPacked(
      ["bytes", "bytes32", "bytes", "bytes32", "bytes"],
      // PUSH1 1 PUSH0 MSTORE; PUSH32 hash PUSH32 topic PUSH1 32 PUSH0 LOG2 STOP
      ["0x60015f527f", topics[1], "0x7f", topics[0], "0x60205fa200"],
    );
    const original = await system.provider.getCode(addresses.portal);
    await system.provider.send("hardhat_setCode", [addresses.portal, code]);
    const pay = async () => (await (await system.signer(USER).sendTransaction({ to: addresses.portal })).wait())!;
    await pay();
    await system.provider.send("hardhat_setCode", [addresses.portal, original]);
    const first = await found(verifier);
    expect(first.alerts.map(({ name }) => name))
      .to.include("paid-unrecorded")
      .and.not.to.include("paid-twice");
    await system.provider.send("hardhat_setCode", [addresses.portal, code]);
    await pay();
    await system.provider.send("hardhat_setCode", [addresses.portal, original]);
    const again = await eventually("the second payment", () => {
      const { current } = verifier.audit;
      return Promise.resolve(current !== null && current.alerts.some(({ name }) => name === "paid-twice") && current);
    });
    expect(again.alerts.find(({ name }) => name === "paid-twice")!.text).to.contain(hash);
    // And ether that leaves without any event.
    await system.provider.send("hardhat_setBalance", [addresses.portal, toBeHex(parseEther("1"))]);
    await eventually("the missing ether", () =>
      Promise.resolve(verifier.audit.current!.alerts.some(({ name, asset }) => name === "short" && asset === "ether")),
    );
  });
});
