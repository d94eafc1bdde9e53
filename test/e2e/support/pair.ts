import { expect } from "chai";
import { jetstreamManager, type StreamAPI } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseConfig } from "../../../actor/config/load";
import { systemOf } from "../../../actor/deployedSystem";
import { openExecution } from "../../../actor/execution";
import { createLogger } from "../../../actor/log";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { L1Rpc } from "../../../node/l1/rpc";
import { toHex } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { sequencerConfig } from "../../../sequencer/config";
import { Sequencer } from "../../../sequencer/sequencer";
import { NatsServer } from "../../support/nats";
import type { Role } from "./cluster";
import { eventually, TestSystem, until } from "./system";

const [USER, DEPOSITOR] = [3, 4];

/** Sequencers with one key in this process, over one NATS server and a real L1. */
export class Pair {
  readonly nats = new NatsServer();
  readonly running = new Map<string, Sequencer>();
  private readonly system = new TestSystem();
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-failover-"));
  /** Every hash that was shown for a height. */
  private readonly shown = new Map<number, Set<Hex>>();
  private readonly ended: string[] = [];

  /** Starts two, `one` of which leads. */
  async start(): Promise<void> {
    await Promise.all([this.system.start(), this.nats.start()]);
    await this.startOne("one");
    await this.leader();
    await this.startOne("two");
  }

  async stop(): Promise<void> {
    for (const sequencer of this.running.values()) await sequencer.stop();
    await this.system.stop();
    await this.nats.remove();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Of the log. */
  get name(): string {
    const { chainId, genesisOutputRoot } = systemOf(this.system.deployment);
    return `SOLVENT_${chainId}_${genesisOutputRoot.slice(2, 18)}`;
  }

  /** @param url - of the log, by default the server's own. */
  async startOne(id: string, anew = false, url = this.nats.url): Promise<Sequencer> {
    const { system } = this;
    const config = parseConfig(sequencerConfig, {
      dataDir: join(this.folder, id),
      deployment: system.devnet.info.deploymentFile,
      l1Url: system.devnet.info.l1.url,
      // Nothing is final, so the log forgets nothing.
      l1: { pollIntervalMs: 100, finality: 100_000, timeoutMs: 5_000 },
      privateKey: devAccount(ROLES.sequencer).privateKey,
      ...{ blockTimeMs: 150, l1Confirmations: 1, batch: { maxAgeMs: 800 } },
      failover: { url, id, leaseMs: 600, anew },
    });
    const log = createLogger(id, process.env.SOLVENT_LOG ?? "silent");
    const started = await Sequencer.create(config, { system: systemOf(system.deployment), open: openExecution, log });
    void started.failed.then((error) => this.ended.push(`${id}: ${error.stack}`));
    started.core.chain.subscribe({
      onHead: ({ added }) => {
        for (const { header, hash } of added)
          this.shown.set(header.number, (this.shown.get(header.number) ?? new Set()).add(hash));
      },
    });
    await started.start();
    this.running.set(id, started);
    return started;
  }

  role(sequencer: Sequencer): Promise<Role> {
    return new L1Rpc(sequencer.rpcUrl!).send<Role>("rollup_failover", []);
  }

  leader(): Promise<Sequencer> {
    return eventually("one leads", async () => {
      for (const sequencer of this.running.values()) if ((await this.role(sequencer)).leads) return sequencer;
      return false;
    });
  }

  /** @returns the head, once blocks have come. */
  grows(sequencer: Sequencer): Promise<number> {
    const before = headOf(sequencer);
    return until("blocks go on", () => headOf(sequencer) > before + 1 && headOf(sequencer));
  }

  /** Hands a transfer to one of them. @returns its hash. */
  async transact({ rpcUrl }: Sequencer): Promise<Hex> {
    const call = { to: devAccount(USER).address as Hex, value: 1n };
    const raw = toHex(await this.system.sign(USER, call));
    return new L1Rpc(rpcUrl!).send<Hex>("eth_sendRawTransaction", [raw]);
  }

  /** What L1 has of their key: batches, and transactions that it took. */
  async posted(): Promise<{ batches: number; transactions: number }> {
    const { system } = this;
    const batches = Number(await system.inbox(ROLES.sequencer).batchCount());
    const transactions = await system.provider.getTransactionCount(devAccount(ROLES.sequencer).address);
    return { batches, transactions };
  }

  /** So many blocks of L1: time in which L2 would have gone on. */
  async waitForL1(blocks: number): Promise<void> {
    const { provider } = this.system;
    const end = (await provider.getBlockNumber()) + blocks;
    await eventually("blocks of L1", async () => (await provider.getBlockNumber()) >= end);
  }

  /** The next so many blocks of L1 come and are gone; what comes in their place is longer. @param act - Done in the first of them. */
  async reorganise(depth: number, act: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
    // L1 alone: by its usual names these mean the whole devnet, L2's pool included.
    const raw = (method: string, params: unknown[]): Promise<unknown> =>
      this.system.provider.send("devnet_raw", [method, params]);
    const { provider } = this.system;
    const snapshot = await raw("evm_snapshot", []);
    const before = await provider.getBlockNumber();
    await act();
    await eventually("blocks of L1", async () => (await provider.getBlockNumber()) >= before + depth);
    const gone = await provider.getBlockNumber();
    await raw("evm_revert", [snapshot]);
    for (let i = before; i <= gone; i++) await raw("evm_mine", []);
  }

  /** Pays ether in on L1, for an account that does nothing else. */
  deposit(): Promise<void> {
    return this.system.deposit(DEPOSITOR, 1n);
  }

  /** Does something to the log as whoever runs the server can. */
  async withStreams(change: (streams: StreamAPI) => Promise<unknown>): Promise<void> {
    const connection = await connect({ servers: this.nats.url });
    await change((await jetstreamManager(connection)).streams);
    await connection.close();
  }

  /** None ended by itself, and nobody has seen two blocks of one height. */
  check(): void {
    expect(this.ended).to.deep.equal([]);
    for (const [number, hashes] of this.shown) expect([...hashes], `block ${number}`).to.have.length(1);
  }
}

export function headOf({ core }: Sequencer): number {
  return core.chain.unsafe.number;
}

/** What the health page says of failover. */
export function problemOf({ core }: Sequencer): string {
  return core.health.toJSON().problems.failover ?? "";
}
