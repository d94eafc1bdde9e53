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
import { verifierConfig } from "../../verifier/config";
import { Verifier } from "../../verifier/verifier";
import { TestSystem, until } from "./support/system";

/** Initcode that recovers one signer after the other until its gas is gone: mstore(32, 27), mstore(64, 1), mstore(96, 1), then the loop. */
const RECOVERS: Hex = `0x${[
  "601b602052" + "6001604052" + "6001606052",
  "5b" + "600051600101600052" + "602060806080600060016" + "10bb8fa50" + "600f56",
].join("")}`;
/** Initcode that hashes its own word until its gas is gone: nothing that a memory of answers would spare. */
const HASHES: Hex = "0x5b602060002060005260005600";
const GAS = 16_000_000n;

describe("e2e: a long block is built beside all else", function () {
  this.timeout(180_000);
  const system = new TestSystem();
  let folder: string;
  let sequencer: Sequencer;
  let verifier: Verifier;
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
    const { l1Url, l1, deployment } = config;
    const others = { sequencerUrl: sequencer.rpcUrl!, sequencerPollMs: 50 };
    const following = parseConfig(verifierConfig, {
      ...{ dataDir: join(folder, "verifier"), deployment, l1Url, l1 },
      ...others,
    });
    const deps = { system: systemOf(system.deployment), open: openExecution, log };
    verifier = await Verifier.create(following, deps);
    await verifier.start();
  });
  after(async () => {
    await rpc?.close();
    await verifier?.stop();
    await sequencer?.stop();
    await system.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** @returns how long it took, and the longest time nothing else could run, in milliseconds. */
  async function timed(run: () => Promise<unknown>): Promise<{ took: number; longest: number }> {
    const began = performance.now();
    let last = began;
    let longest = 0;
    const look = (): void => {
      longest = Math.max(longest, performance.now() - last);
      last = performance.now();
    };
    const timer = setInterval(look, 5);
    await run();
    look();
    clearInterval(timer);
    return { took: performance.now() - began, longest };
  }

  /** Builds a block of transactions that take all of their gas. */
  async function buildLong(data = RECOVERS, gas = [GAS]): Promise<{ took: number; longest: number }> {
    for (const gasLimit of gas) await sequencer.submit(await system.sign(4, { data, gasLimit }));
    const times = await timed(() => sequencer.buildNow());
    expect(sequencer.core.chain.requireBlockAt(sequencer.core.chain.unsafe.number).header.gasUsed).to.equal(
      gas.reduce((sum, one) => sum + one, 0n),
    );
    return times;
  }

  it("answers while a block of 5,000 recovered signers is built, and the program reads it as it was built", async () => {
    const parts: number[] = [];
    for (let round = 0; round < 3; round++) {
      const { took, longest } = await buildLong();
      parts.push(longest / took);
    }
    expect(Math.min(...parts), `of ${parts.join(", ")}`).to.be.below(1 / 2);
  });

  it("answers while a verifier builds it anew, and while both derive it from L1", async () => {
    const [followed, derived]: number[][] = [[], []];
    for (let round = 0; round < 3; round++) {
      // The time of the block in a thread that does nothing else.
      const { took } = await buildLong(HASHES, [GAS, 14_000_000n]);
      const { hash } = sequencer.core.chain.unsafe;
      const isFollowed = (): boolean => verifier.core.chain.unsafe.hash === hash;
      followed.push((await timed(() => until("it follows", isFollowed))).longest / took);
      const derive = async (): Promise<void> => {
        await sequencer.flush();
        for (const { core } of [sequencer, verifier]) await until("it derives", () => core.chain.safe.hash === hash);
      };
      derived.push((await timed(derive)).longest / took);
    }
    // What else the machine does may hold it up in one round, a block that is not in a thread does in each.
    expect(Math.min(...followed), `of ${followed.join(", ")}`).to.be.below(1 / 2);
    expect(Math.min(...derived), `of ${derived.join(", ")}`).to.be.below(1 / 2);
    for (const { core } of [sequencer, verifier]) expect(core.health.toJSON().problems).to.deep.equal({});
    expect(sequencer["ledger"].ahead()).to.deep.equal([]);
    expect(sequencer.core.view.batchCount).to.equal(3);
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
    await sequencer.core.longRuns.threads.close();
    const { number } = sequencer.core.chain.unsafe;
    await buildLong();
    expect(sequencer.core.chain.unsafe.number).to.equal(number + 1);
  });
});
