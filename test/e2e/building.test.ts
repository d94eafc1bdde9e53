import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../actor/config/load";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { systemOf } from "../../actor/deployedSystem";
import { devAccount, ROLES } from "../../devnet/accounts";
import { L1Rpc } from "../../node/l1/rpc";
import { sequencerConfig } from "../../sequencer/config";
import { Sequencer } from "../../sequencer/sequencer";
import type { Hex } from "../../protocol/types";
import { TestSystem } from "./support/system";

/** Initcode that recovers one signer after the other until its gas is gone: mstore(32, 27), mstore(64, 1), mstore(96, 1), then the loop. */
const RECOVERS: Hex = `0x${[
  "601b602052" + "6001604052" + "6001606052",
  "5b" + "600051600101600052" + "602060806080600060016" + "10bb8fa50" + "600f56",
].join("")}`;
const GAS = 16_000_000n;

describe("e2e: a long block is built beside all else", function () {
  this.timeout(180_000);
  const system = new TestSystem();
  let folder: string;
  let sequencer: Sequencer;
  let rpc: L1Rpc;

  before(async () => {
    await system.start();
    folder = mkdtempSync(join(tmpdir(), "solvent-building-"));
    const config = parseConfig(sequencerConfig, {
      dataDir: join(folder, "sequencer"),
      deployment: system.devnet.info.deploymentFile,
      l1Url: system.devnet.info.l1.url,
      l1: { pollIntervalMs: 50, finality: 8 },
      privateKey: devAccount(ROLES.sequencer).privateKey,
      // The test says when; nothing happens by the clock.
      blockTimeMs: 1_000_000,
      controlUrl: system.devnet.info.l1.url,
      batch: { maxAgeMs: 1_000_000 },
    });
    const log = createLogger("sequencer", process.env.SOLVENT_LOG ?? "silent");
    sequencer = await Sequencer.create(config, { system: systemOf(system.deployment), open: openExecution, log });
    await sequencer.start();
    rpc = new L1Rpc(sequencer.rpcUrl!, { retries: 0 });
  });
  after(async () => {
    await rpc?.close();
    await sequencer?.stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Builds a block of one transaction that takes all of its gas. @returns how long it took, and the longest time nothing else could run, in milliseconds. */
  async function buildLong(): Promise<{ took: number; longest: number }> {
    await sequencer.submit(await system.sign(4, { data: RECOVERS, gasLimit: GAS }));
    const began = performance.now();
    let last = began;
    let longest = 0;
    const look = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(look, 5);
    const head = await sequencer.buildNow();
    look();
    clearInterval(timer);
    expect(BigInt(head!.header.gasUsed)).to.equal(GAS);
    return { took: performance.now() - began, longest };
  }

  it("answers while a block of 5,000 recovered signers is built, and the program reads it as it was built", async () => {
    await buildLong();
    const { took, longest } = await buildLong();
    expect(longest, `of ${took} ms`).to.be.below(took / 2);
    await sequencer.flush();
    expect(sequencer.core.health.toJSON().problems).to.deep.equal({});
    expect(sequencer["ledger"].ahead().length + sequencer.core.view.batchCount).to.equal(1);
  });

  it("is paused for a jump of the clock only when the block under way is on the chain", async () => {
    await sequencer.submit(await system.sign(4, { data: RECOVERS, gasLimit: GAS }));
    const { number } = sequencer.core.chain.unsafe;
    let isBuilt = false;
    const building = sequencer.buildNow().finally(() => (isBuilt = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(isBuilt).to.equal(false);
    expect(await rpc.send("devnet_pause", [true])).to.equal(true);
    expect(sequencer.core.chain.unsafe.number, "what is posted before the clock jumps").to.equal(number + 1);
    await building;
    await rpc.send("devnet_pause", [false]);
  });

  it("builds it by itself where the thread is gone", async () => {
    await sequencer["threads"].close();
    const { number } = sequencer.core.chain.unsafe;
    await buildLong();
    expect(sequencer.core.chain.unsafe.number).to.equal(number + 1);
  });
});
