import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { devAccount, ROLES } from "../../../devnet/accounts";
import { freePort, Processes } from "../../../devnet/processes";
import { L1Rpc } from "../../../node/l1/rpc";
import { NatsServer } from "../../support/nats";
import { eventually, TestSystem } from "./system";

/** What a sequencer process says of itself and its leader. */
export interface Role {
  id: string;
  leads: boolean;
  term: number | null;
  leader: string | null;
  sequence: number;
  waiting: number;
  fenced: number;
}

/** Sequencer processes with one key over one NATS server, on a real L1. */
export class Cluster {
  readonly system = new TestSystem();
  readonly nats = new NatsServer();
  readonly names: readonly string[];
  readonly clients = new Map<string, L1Rpc>();
  readonly processes: Processes;
  private readonly folder = mkdtempSync(join(tmpdir(), "solvent-failover-"));
  private readonly files = new Map<string, string>();

  constructor(size: number) {
    this.names = Array.from({ length: size }, (_, i) => `sequencer-${i + 1}`);
    this.processes = new Processes(join(this.folder, "logs"));
  }

  /** @param more - of each process's configuration. */
  async start(more: object = {}): Promise<void> {
    await Promise.all([this.system.start(), this.nats.start()]);
    const { info } = this.system.devnet;
    for (const id of this.names) {
      const port = await freePort();
      const config = {
        dataDir: join(this.folder, id),
        deployment: info.deploymentFile,
        l1Url: info.l1.url,
        l1: { pollIntervalMs: 200, finality: 64, timeoutMs: 5_000 },
        privateKey: devAccount(ROLES.sequencer).privateKey,
        rpc: { port },
        ...{ blockTimeMs: 200, l1Confirmations: 1, batch: { maxAgeMs: 2_000 }, logLevel: "warn" },
        failover: { url: this.nats.url, id },
        ...more,
      };
      this.files.set(id, join(this.folder, `${id}.json`));
      writeFileSync(this.files.get(id)!, JSON.stringify(config));
      this.clients.set(id, new L1Rpc(`http://127.0.0.1:${port}`, { timeoutMs: 1_500, retries: 0 }));
    }
    for (const id of this.names) await this.revive(id);
  }

  async stop(): Promise<void> {
    await this.processes.stop();
    await this.system.stop();
    await this.nats.remove();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  /** Starts a process, as whoever watches over it does when it has ended. */
  async revive(id: string): Promise<void> {
    await this.processes.startNode(id, "sequencer/main", ["--config", this.files.get(id)!]);
  }

  kill(id: string): Promise<void> {
    return this.processes.stopOne(id, "SIGKILL");
  }

  signal(id: string, signal: NodeJS.Signals): void {
    process.kill(this.processes.pid(id)!, signal);
  }

  ask<T>(id: string, method: string, ...params: unknown[]): Promise<T> {
    return this.clients.get(id)!.send<T>(method, params);
  }

  role(id: string): Promise<Role> {
    return this.ask<Role>(id, "rollup_failover");
  }

  /** Who leads, once somebody does. */
  leader(): Promise<Role> {
    return eventually("somebody leads", async () => {
      const roles = await Promise.all(this.names.map((id) => this.role(id).catch(() => null)));
      const leaders = roles.filter((role) => role?.leads === true).sort((a, b) => b!.term! - a!.term!);
      return leaders[0] ?? false;
    });
  }
}
