import { expect } from "chai";
import { setTimeout as setTimeoutAsync } from "node:timers/promises";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../actor/config/load";
import { systemOf } from "../../actor/deployedSystem";
import { openExecution } from "../../actor/execution";
import { createLogger } from "../../actor/log";
import { devAccount, ROLES } from "../../devnet/accounts";
import { L1Rpc } from "../../node/l1/rpc";
import { toHex } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { sequencerConfig } from "../../sequencer/config";
import { encodeEntry } from "../../sequencer/failover/entry";
import { NatsLog } from "../../sequencer/failover/nats/log";
import { Sequencer } from "../../sequencer/sequencer";
import { NatsServer, requireNats } from "../support/nats";
import type { Role } from "./support/cluster";
import { eventually, TestSystem, until } from "./support/system";

const USER = 3;

describe("e2e: two sequencers with one key over a fenced log", function () {
  this.timeout(400_000);
  const system = new TestSystem();
  const nats = new NatsServer();
  const running = new Map<string, Sequencer>();
  /** Every hash that was shown for a height. */
  const shown = new Map<number, Set<Hex>>();
  const ended: string[] = [];
  let folder: string;
  let name: string;

  async function start(id: string, anew = false): Promise<Sequencer> {
    const config = parseConfig(sequencerConfig, {
      dataDir: join(folder, id),
      deployment: system.devnet.info.deploymentFile,
      l1Url: system.devnet.info.l1.url,
      l1: { pollIntervalMs: 100, finality: 100_000, timeoutMs: 5_000 },
      privateKey: devAccount(ROLES.sequencer).privateKey,
      ...{ blockTimeMs: 150, l1Confirmations: 1, batch: { maxAgeMs: 800 } },
      failover: { url: nats.url, id, leaseMs: 600, anew },
    });
    const log = createLogger(id, process.env.SOLVENT_LOG ?? "silent");
    const started = await Sequencer.create(config, { system: systemOf(system.deployment), open: openExecution, log });
    void started.failed.then((error) => ended.push(`${id}: ${error.stack}`));
    started.core.chain.subscribe({
      onHead: ({ added }) => {
        for (const { header, hash } of added)
          shown.set(header.number, (shown.get(header.number) ?? new Set()).add(hash));
      },
    });
    await started.start();
    running.set(id, started);
    return started;
  }

  const role = (sequencer: Sequencer): Promise<Role> => new L1Rpc(sequencer.rpcUrl!).send<Role>("rollup_failover", []);
  const leader = (): Promise<Sequencer> =>
    eventually("one leads", async () => {
      for (const sequencer of running.values()) if ((await role(sequencer)).leads) return sequencer;
      return false;
    });
  const head = ({ core }: Sequencer): number => core.chain.unsafe.number;
  const grows = async (sequencer: Sequencer): Promise<number> => {
    const before = head(sequencer);
    return until("blocks go on", () => head(sequencer) > before + 1 && head(sequencer));
  };
  const problemOf = ({ core }: Sequencer): string => core.health.toJSON().problems.failover ?? "";

  before(async function () {
    requireNats(this);
    folder = mkdtempSync(join(tmpdir(), "solvent-failover-"));
    await Promise.all([system.start(), nats.start()]);
    const { chainId, genesisOutputRoot } = systemOf(system.deployment);
    name = `SOLVENT_${chainId}_${genesisOutputRoot.slice(2, 18)}`;
    await start("one");
    await leader();
    await start("two");
  });
  after(async () => {
    for (const sequencer of running.values()) await sequencer.stop();
    await system.stop();
    await nats.remove();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  afterEach(() => {
    expect(ended).to.deep.equal([]);
    for (const [number, hashes] of shown) expect([...hashes], `block ${number}`).to.have.length(1);
  });

  it("has a follower show the leader's blocks, and hand on what it is given", async () => {
    const [one, two] = [running.get("one")!, running.get("two")!];
    expect(await role(one)).to.include({ leads: true, leader: "one" });
    const rpc = new L1Rpc(two.rpcUrl!);
    const hash = await rpc.send<Hex>("eth_sendRawTransaction", [
      toHex(await system.sign(USER, { to: devAccount(USER).address as Hex, value: 1n })),
    ]);
    await until(
      "a receipt at both",
      () => one.reader.receipt(hash) !== undefined && two.reader.receipt(hash) !== undefined,
    );
    const [at, also] = [one, two].map(({ core }) => core.chain.place(hash)!.block.hash);
    expect(also).to.equal(at);
    expect(await role(two)).to.include({ leads: false, leader: "one", waiting: 0 });
  });

  it("posts each batch once, and both derive what was promised", async () => {
    const [one, two] = [running.get("one")!, running.get("two")!];
    const target = head(one);
    await until("both derive it", () => [one, two].every(({ core }) => core.chain.safe.number >= target));
    expect(two.sender.pending()).to.deep.equal([]);
    expect(two.core.chain.blockAt(target)!.hash).to.equal(one.core.chain.blockAt(target)!.hash);
  });

  it("shows no block that the log refuses because another has written meanwhile, and follows", async () => {
    const before = await leader();
    const { fenced } = await role(before);
    const foreign = NatsLog.open({ url: [nats.url], name, replicas: 1, timeoutMs: 1_000 });
    await eventually("an entry of somebody else", async () => {
      const { last } = (await foreign.bounds())!;
      return (await foreign.append(encodeEntry({ kind: "term", id: "foreign", data: new Uint8Array() }), last)) > 0;
    });
    await foreign.close();
    await eventually("its next write is refused", async () => (await role(before)).fenced > fenced);
    await grows(await leader());
    await until("both have the same", () => new Set([...running.values()].map(head)).size === 1);
  });

  it("builds nothing while the log is full, says so, and goes on once there is room", async () => {
    const connection = await connect({ servers: nats.url });
    const { streams } = await jetstreamManager(connection);
    await streams.update(name, { max_msgs: (await streams.info(name)).state.messages });
    const full = await leader();
    await until("it says so", () => /the log is full/.test(problemOf(full)));
    const stood = head(full);
    await setTimeoutAsync(1_000);
    expect(head(full)).to.equal(stood);
    expect((await role(full)).leads).to.equal(true);
    await streams.update(name, { max_msgs: -1 });
    await grows(full);
    expect(problemOf(full)).to.equal("");
    await connection.close();
  });

  it("promises nothing while the log is away, and goes on where it was", async () => {
    const before = await leader();
    await nats.stop("SIGKILL");
    await until("it says so", () => /apt-get install nats-server/.test(problemOf(before)));
    const stood = head(before);
    await setTimeoutAsync(1_000);
    expect(head(before)).to.equal(stood);
    await nats.start();
    await grows(await leader());
  });

  it("has another lead at once where the leader ends, which goes on with its batches and takes back nothing", async () => {
    const before = await leader();
    const [id] = [...running].find(([, sequencer]) => sequencer === before)!;
    const rpc = new L1Rpc(before.rpcUrl!);
    await rpc.send("eth_sendRawTransaction", [
      toHex(await system.sign(USER, { to: devAccount(USER).address as Hex, value: 1n })),
    ]);
    running.delete(id);
    await before.stop();
    const next = await leader();
    const target = await grows(next);
    await until("all of it lands on L1", () => next.core.chain.safe.number >= target);
    await start(id);
    await until("who was away has it too", () => head(running.get(id)!) >= target);
  });

  it("builds nothing over a log that is lost, and begins another with what it has promised where it is told to", async () => {
    const connection = await connect({ servers: nats.url });
    await (await jetstreamManager(connection)).streams.delete(name);
    await connection.close();
    for (const sequencer of running.values())
      await until("it says so", () => /docs\/failover.md#a-log-that-is-lost/.test(problemOf(sequencer)));
    const [best, ...others] = [...running.keys()].sort((a, b) => head(running.get(b)!) - head(running.get(a)!));
    const promised = head(running.get(best)!);
    for (const sequencer of running.values()) await sequencer.stop();
    running.clear();
    await grows(await start(best, true));
    for (const id of others) {
      const follower = await start(id, true);
      await until("it has what was promised", () => head(follower) > promised);
    }
  });
});
