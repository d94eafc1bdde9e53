import type { Logger } from "pino";
import type { NodeCore } from "../../actor/core";
import type { BuiltBlock } from "../../node/engine/types";
import type { SignedConfirmation } from "../../node/rotation/confirmation";
import type { Promises } from "../../node/rotation/promises";
import type { RpcMethods } from "../../node/rpc";
import type { WriteBatch } from "../../node/store/database";
import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { ClosedBatch } from "../batch/records";
import type { Ledger } from "../blocks/ledger";
import type { SequencerConfig } from "../config";
import type { PoolJournal } from "../pool/journal";
import type { Mempool } from "../pool/mempool";
import type { Failover } from "./failover";
import { Forwarder } from "./forwarder";
import { openFailover } from "./open";

interface LeadershipDeps {
  core: NodeCore;
  ledger: Ledger;
  promises: Promises;
  pool: Mempool;
  journal: PoolJournal;
  log: Logger;
  /** Runs a task in the queue of all that changes the chain. */
  run<T>(task: () => Promise<T>): Promise<T>;
  /** This process leads from now on; runs in that queue. */
  onLead(): Promise<void>;
}

/**
 * Whether a sequencer process leads, of those with its key, and what goes between them and its pool. Where it is the only one, it always
 * leads, and nothing here has an effect.
 */
export class Leadership {
  /** Null where this is the only process of its key. */
  private readonly failover: Failover | null;
  private readonly forwarder: Forwarder;
  /** Run of the leader that was given what waits here. */
  private handedTo: string | null = null;
  private isStopped = false;

  constructor(
    config: SequencerConfig["failover"],
    private readonly deps: LeadershipDeps,
  ) {
    const { core, ledger, promises, log, run, onLead } = deps;
    this.failover = openFailover(config, core.system, {
      ...{ core, ledger, promises, log, run, onLead },
      onFollowed: () => this.noteFollowed(),
      onPooled: (raw) => this.takePooled(raw),
    });
    this.forwarder = new Forwarder(
      () => (this.failover === null ? undefined : this.failover.leaderUrl),
      (hash) => core.chain.place(hash) !== undefined,
    );
  }

  /** Whether this process, of those with its key, builds and posts. */
  get leads(): boolean {
    return this.failover?.leads !== false;
  }

  get methods(): RpcMethods {
    const { failover } = this;
    return failover === null ? {} : { rollup_failover: () => failover.status() };
  }

  /** @param url - where this process takes transactions. */
  start(url: string): void {
    this.failover?.start(url);
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    await this.failover?.stop();
  }

  /** Runs in the queue of all that changes the chain. */
  async tick(): Promise<void> {
    await this.failover?.tick();
  }

  /** Hands a transaction to who leads. @returns its hash; null where this process leads and has to take it itself. */
  forward(raw: Uint8Array): Promise<Hex | null> {
    return this.forwarder.submit(raw);
  }

  /** Shows the others a transaction that was taken in. */
  gossip(raw: Uint8Array): void {
    this.failover?.gossip(raw);
  }

  /** Nobody sees a block before the others have it. @returns null where it must not be seen: it was taken out of the batch. */
  async promise(built: BuiltBlock, promise: SignedConfirmation | null): Promise<((write: WriteBatch) => void) | null> {
    if (this.failover === null) return () => {};
    try {
      return await this.failover.promise(built, promise);
    } catch (error) {
      if (!isFailover(error)) throw error;
      this.deps.ledger.abandon();
      return null;
    }
  }

  /** Nobody posts a batch before the others have it. @throws as `isFailover` tells: it stays open. */
  async close(batch: ClosedBatch): Promise<void> {
    await this.failover?.close(batch);
  }

  /** What kept this process from its work while it led is another's now. */
  forgetDuties(): void {
    for (const topic of ["poster", "turn", "pending", "check"]) this.deps.core.health.report(topic, null);
  }

  /** Blocks of another process have come. */
  private async noteFollowed(): Promise<void> {
    await this.deps.journal.remove(this.deps.pool.refresh());
    const run = this.failover?.leader?.run ?? null;
    if (run === this.handedTo) return;
    this.handedTo = run;
    if (run !== null) void this.handOver();
  }

  /** The leader gets what waits here: it may have been taken in while this process led. */
  private async handOver(): Promise<void> {
    const { pool } = this.deps;
    for (const { raw } of [...pool.pending(), ...pool.queued()]) {
      if (this.leads || this.isStopped) return;
      await this.forwarder.submit(raw).catch(() => null);
    }
  }

  /** The leader has it on its disk: here it is for the case that this process leads next. */
  private takePooled(raw: Uint8Array): void {
    const { core, pool } = this.deps;
    try {
      const { entry } = pool.add(Uint8Array.from(raw));
      core.answers?.rememberSender(entry.tx);
    } catch (error) {
      if (!(error instanceof SolventError)) throw error;
    }
  }
}

/** Another process leads, or the log takes nothing: the health page says which. */
export function isFailover(error: unknown): boolean {
  return error instanceof SolventError && error.code.startsWith("failover-");
}
