import { expect } from "chai";
import { readdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { JsonRpcProvider } from "ethers";
import { parseConfig } from "../../actor/config/load";
import { openExecution, type OpenExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { systemOf } from "../../actor/deployedSystem";
import { devAccount, ROLES } from "../../devnet/accounts";
import { SolventError } from "../../protocol/errors";
import type { BuildRequest, Engine } from "../../node/engine/types";
import { replayEvidence } from "../../actor/evidence";
import { sequencerConfig } from "../../sequencer/config";
import { Sequencer, type SequencerDeps } from "../../sequencer/sequencer";
import { L1Proxy } from "./support/l1Proxy";
import { TestSystem, until } from "./support/system";

describe("e2e: the sequencer doubts itself before it halts", function () {
  this.timeout(180_000);
  const system = new TestSystem();
  let proxy: L1Proxy;
  let l1Url: string;
  let folder: string;
  let sequencer: Sequencer;

  before(async () => {
    await system.start();
    proxy = new L1Proxy(system.devnet.info.l1.url);
    l1Url = await proxy.start();
    folder = mkdtempSync(join(tmpdir(), "solvent-doubt-"));
  });
  after(async () => {
    await sequencer?.stop();
    await proxy?.stop();
    await system.stop();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => {
    proxy.mode = "honest";
    proxy.answer = () => undefined;
  });

  async function restart(deps: Partial<SequencerDeps> = {}): Promise<Sequencer> {
    await sequencer?.stop();
    const config = parseConfig(sequencerConfig, {
      dataDir: join(folder, "sequencer"),
      deployment: system.devnet.info.deploymentFile,
      l1Url,
      l1: { pollIntervalMs: 50, finality: 8, timeoutMs: 500 },
      privateKey: devAccount(ROLES.sequencer).privateKey,
      // The test says when; nothing happens by the clock.
      blockTimeMs: 1_000_000,
      batch: { maxAgeMs: 1_000_000 },
    });
    sequencer = await Sequencer.create(config, {
      system: systemOf(system.deployment),
      open: openExecution,
      log: createLogger("sequencer", process.env.SOLVENT_LOG ?? "silent"),
      ...deps,
    });
    void sequencer.failed.then((error) => console.error("sequencer failed:", error));
    await sequencer.start();
    return sequencer;
  }

  async function block(): Promise<number> {
    await sequencer.submit(await system.sign(3, { to: `0x${"77".repeat(20)}`, value: 1n }));
    return (await sequencer.buildNow())!.header.number;
  }

  const healthy = (): void => {
    expect(sequencer.core.health.toJSON().problems).to.not.have.any.keys("program", "check");
  };

  it("N2 closes any number of batches that L1 does not have yet, and all of them land", async () => {
    await restart({ mayPost: () => false });
    const blocks: number[] = [];
    for (let i = 0; i < 8; i++) {
      blocks.push(await block());
      await sequencer.flush();
      healthy();
    }
    const hash = sequencer.core.chain.unsafe.hash;
    expect(sequencer.core.view.batchCount).to.equal(0);
    await restart();
    expect(sequencer.core.chain.unsafe.hash).to.equal(hash);
    await until("all batches are on L1", () => sequencer.core.chain.safe.hash === hash);
    expect(sequencer.core.view.batchCount).to.equal(8);
    healthy();
  });

  it("N2 goes on while L1 is away, queues batches, and posts them when it is back", async () => {
    proxy.mode = "no connection";
    for (let i = 0; i < 5; i++) {
      await block();
      await sequencer.flush();
      healthy();
    }
    const { hash } = sequencer.core.chain.unsafe;
    await until("health names L1", () => sequencer.core.health.has("l1"));
    proxy.mode = "honest";
    await until("all batches are on L1", () => sequencer.core.chain.safe.hash === hash);
    await until("it is healthy", () => sequencer.core.health.summary() === null);
  });

  it("N2 waits where a difference appears while L1 cannot be asked, and goes on when it can", async () => {
    await block();
    await block();
    // The program reads another L1 than the blocks were built for: the record of the batch before is not the one.
    const { view } = sequencer.core;
    const batch = view.batch.bind(view);
    view.batch = (index) => {
      const found = batch(index);
      return found && { ...found, record: `0x${"99".repeat(32)}` };
    };
    proxy.mode = "no connection";
    await sequencer.flush();
    expect(sequencer.core.health.has("program")).to.equal(false);
    view.batch = batch;
    proxy.mode = "honest";
    await sequencer.flush();
    const { hash } = sequencer.core.chain.unsafe;
    await until("it landed", () => sequencer.core.chain.safe.hash === hash);
    healthy();
  });

  it("N9 posts anew what L1 took back, by more than anybody remembers", async () => {
    const provider = new JsonRpcProvider(system.devnet.info.l1.url, undefined, { batchMaxCount: 1, cacheTimeout: -1 });
    const snapshot = (await provider.send("evm_snapshot", [])) as string;
    for (let i = 0; i < 3; i++) {
      await block();
      await sequencer.flush();
      const { hash } = sequencer.core.chain.unsafe;
      await until("it landed", () => sequencer.core.chain.safe.hash === hash);
    }
    for (let i = 0; i < 70; i++) await provider.send("evm_mine", []);
    const mined = await provider.getBlockNumber();
    await until("it is read", () => sequencer.core.view.tip!.number >= mined);
    await provider.send("evm_revert", [snapshot]);
    provider.destroy();
    await until("the view went back", () => sequencer.core.view.tip!.number < mined);
    const number = await block();
    await sequencer.flush();
    await until("everything is on L1 again", () => sequencer.core.chain.safe.number >= number).catch((error: Error) => {
      throw new Error(`${error.message}: ${sequencer.core.health.summary()}`);
    });
    healthy();
  });

  it("N2 halts on a true difference, says which block, keeps what replays, and goes on serving reads", async () => {
    const before = await block();
    await sequencer.flush();
    await until("it landed", () => sequencer.core.chain.safe.number >= before);
    await restart({ open: withFault });
    const number = await block();
    await sequencer.flush();
    const { problems } = sequencer.core.health.toJSON();
    expect(problems.program).to.contain(`block ${number}`);
    expect(await sequencer.buildNow()).to.equal(null);
    const provider = new JsonRpcProvider(sequencer.rpcUrl, undefined, { batchMaxCount: 1 });
    expect(await provider.getBlockNumber()).to.equal(number);
    expect(((await provider.send("rollup_syncStatus", [])) as { unhealthy: string }).unhealthy).to.contain("differ");
    provider.destroy();

    const [name] = readdirSync(join(folder, "sequencer", "differences"));
    const file = join(folder, "sequencer", "differences", name);
    const { evidence, now } = replayEvidence(file, withFault);
    expect(evidence.blockNumber).to.equal(number);
    expect([now.engine, now.program]).to.deep.equal([evidence.expected, evidence.actual]);
    // The builds at hand have no such fault: with them both sides agree, and the command says so.
    const sound = replayEvidence(file, openExecution).now;
    expect(sound.engine).to.equal(sound.program).and.to.equal(evidence.actual);
    const text = execFileSync("npx", ["tsx", "actor/replay.ts", file], { encoding: "utf8" });
    expect(text).to.contain(`block ${number}`).and.to.contain("they agree now");

    await restart();
    await until("a sound engine builds it anew or confirms it", () => !sequencer.core.health.has("program"));
  });

  it("N2 D1 halts on a block that its engine cannot build, keeps what replays, and goes on serving reads", async () => {
    await restart({ open: withTrap });
    const { number } = sequencer.core.chain.unsafe;
    await sequencer.submit(await system.sign(3, { to: `0x${"77".repeat(20)}`, value: 1n }));
    expect(await sequencer.buildNow()).to.equal(null);
    const problem = sequencer.core.health.toJSON().problems.program;
    expect(problem)
      .to.contain(`block ${number + 1}`)
      .and.to.contain("planted");
    const file = /replay\.ts (\S+)`/.exec(problem)![1];
    expect(replayEvidence(file, withTrap).now.engine).to.contain("planted");
    expect(replayEvidence(file, openExecution).now.engine).to.match(/^0x/);
    const provider = new JsonRpcProvider(sequencer.rpcUrl, undefined, { batchMaxCount: 1 });
    expect(await provider.getBlockNumber()).to.equal(number);
    provider.destroy();
    // A sound engine builds it: the transaction was kept.
    await restart();
    await sequencer.buildNow();
    expect(sequencer.core.chain.unsafe.number).to.equal(number + 1);
    healthy();
  });
});

/** An engine that traps at the end of every block. */
const withTrap: OpenExecution = (nodes) => {
  const execution = openExecution(nodes);
  const buildBlock = (request: BuildRequest): never => {
    execution.engine!.buildBlock(request);
    throw new SolventError("program-trapped", "the program trapped: planted");
  };
  return { ...execution, engine: Object.assign(Object.create(execution.engine!) as Engine, { buildBlock }) };
};

/** An engine with a planted fault: it leaves the last transaction out of the block, not out of the batch. */
const withFault: OpenExecution = (nodes) => {
  const execution = openExecution(nodes);
  const engine = execution.engine!;
  const buildBlock = (request: BuildRequest) => {
    const { body } = engine.buildBlock(request);
    return {
      ...engine.buildBlock({
        ...request,
        candidates: request.candidates.slice(0, -1),
        place: placeFor(request, body, engine),
      }),
      body,
    };
  };
  return { ...execution, engine: Object.assign(Object.create(engine) as Engine, { buildBlock }) };
};

/** The place that makes the shorter block end where the longer one would. */
function placeFor(request: BuildRequest, body: Uint8Array, engine: Engine): BuildRequest["place"] {
  const short = engine.buildBlock({ ...request, candidates: request.candidates.slice(0, -1) }).body;
  return { ...request.place, offset: request.place.offset + body.length - short.length };
}
