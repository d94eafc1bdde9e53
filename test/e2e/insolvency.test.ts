import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { keccak256, parseEther, solidityPacked, toBeHex } from "ethers";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution, type OpenExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { mintInto } from "../../adversary/mint";
import { devAccount } from "../../devnet/accounts";
import type { Audit } from "../../verifier/audit/audit";
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { eventually, TestSystem } from "./support/system";

const USER = 4;

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
