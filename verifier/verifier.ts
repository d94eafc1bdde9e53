import type { Logger } from "pino";
import { SolventReader } from "../node/chain/reader";
import type { Actor } from "../actor/cli";
import { NodeCore } from "../actor/core";
import { DataKeeper } from "../actor/dataKeeper";
import type { OpenExecution } from "../actor/execution";
import { SolventError } from "../protocol/errors";
import { HealthServer } from "../actor/health";
import { controlMethods } from "../actor/control";
import { promiseMethods } from "../actor/promiseMethods";
import { Marks, type DevnetAnswers } from "../actor/marks";
import { SystemInfo } from "../actor/rollupInfo";
import { FEED_PATH, FeedServer } from "../node/feed/server";
import type { ToldBlock } from "../node/feed/guard";
import { L1Sender } from "../node/l1/sender";
import { Promises } from "../node/rotation/promises";
import type { RpcServer } from "../node/rpc";
import { createRpcServer } from "../actor/rpcBackend";
import { createStateReader } from "../node/state";
import { Serial } from "../protocol/serial";
import type { Hex } from "../protocol/types";
import { Timers } from "../actor/timers";
import type { RollupSystem } from "../actor/system";
import { SolvencyAudit } from "./audit/audit";
import { Webhook } from "./audit/webhook";
import type { VerifierConfig } from "./config";
import { openFeed } from "./feed/open";
import type { FeedReader } from "./feed/reader";
import { ForwardedPool } from "./forwarded";
import { auditMethods, gameMethods } from "./methods";
import { PromiseWatch } from "./promiseWatch";
import { SequencerClient } from "./sequencerClient";
import { SyncProgress } from "./syncProgress";
import { UnsafeFollower } from "./unsafeFollower";

/** How a report is bid for: as a batch is by default. */
const REPORTER_OPTIONS = { stuckBlocks: 3, maxFeePerGas: 500_000_000_000n };
/** Between two looks at what leaders sign. */
const WATCH_MS = 1_000;

export interface VerifierDeps {
  system: RollupSystem;
  /** Must open an engine, too. */
  open: OpenExecution;
  log: Logger;
}

/**
 * Rebuilds the chain from L1 alone with `stf.wasm`, serves it over JSON-RPC, and audits that L1 holds what L2 owes. Where a sequencer is
 * named, its blocks above the safe head are re-executed and shown as `latest`.
 */
export class Verifier implements Actor {
  readonly failed: Promise<Error>;
  private fail!: (error: Error) => void;
  private readonly serial = new Serial();
  /** Looks at what leaders sign: whoever is asked may be slow, and nothing waits for it. */
  private readonly watching = new Serial();
  private readonly timers = new Timers((error) => this.fail(error));
  private readonly health: HealthServer;
  private readonly progress: SyncProgress;
  private readonly reader: SolventReader;
  /** What this node's own readers are told. */
  private readonly relay: FeedServer;
  private readonly feed: FeedReader | null;
  private readonly unsafe: UnsafeFollower | null;
  private readonly forwarded: ForwardedPool;
  /** Whether a look at the feed is due already. */
  private isFollowing = false;
  private watch: PromiseWatch | null = null;
  readonly audit: SolvencyAudit;
  private readonly info: SystemInfo;
  private rpc: RpcServer | null = null;
  private readonly marks: Marks;
  private readonly keeper: DataKeeper;
  private isStopped = false;

  private constructor(
    private readonly config: VerifierConfig,
    private readonly deps: VerifierDeps,
    readonly core: NodeCore,
    private readonly sequencer: SequencerClient | null,
    private readonly reporter: L1Sender | null,
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.health = new HealthServer(core.health, core.registry);
    this.keeper = new DataKeeper(core, null, {}, deps.log);
    this.progress = new SyncProgress(core, deps.log);
    const webhook = config.alertUrl === undefined ? undefined : new Webhook(config.alertUrl, deps.log);
    this.info = new SystemInfo(core);
    this.audit = new SolvencyAudit(core, this.info, config.l1.logRange, deps.log, webhook);
    this.forwarded = new ForwardedPool((address) => {
      const { stateRoot } = core.chain.requireBlockAt(core.chain.unsafe.number).header;
      return createStateReader(core.store.nodes, stateRoot).account(address)?.nonce ?? 0n;
    });
    this.reader = new SolventReader(core.chain, core.view, core.derivation, {
      ...{ chainId: core.system.chainId, inbox: core.system.inbox, pool: this.forwarded },
      submit: (raw) => this.submit(raw),
      syncing: () => this.progress.current(),
      unhealthy: () => core.health.summary(),
    });
    this.relay = new FeedServer(config.feed.maxReaders, core.registry);
    this.feed = openFeed(config, {
      ...{ core, relay: this.relay, log: deps.log },
      clock: () => this.reader.clock(),
      onNews: () => void this.followSoon(),
      onPromise: (block) => this.notePromise(block),
    });
    this.unsafe = sequencer === null ? null : new UnsafeFollower(core, sequencer, this.feed, deps.log);
    this.marks = new Marks(core, this.serial, async () => this.unsafe?.forget());
  }

  static async create(config: VerifierConfig, deps: VerifierDeps): Promise<Verifier> {
    const core = await NodeCore.open(config, deps.system, { keepsUnsafe: false, open: deps.open }, deps.log);
    const { sequencerUrl, reporterKey } = config;
    const reporter =
      reporterKey === undefined
        ? null
        : await L1Sender.create(core.l1, reporterKey, core.store, REPORTER_OPTIONS, deps.log);
    const sequencer = sequencerUrl === undefined ? null : new SequencerClient(sequencerUrl);
    return new Verifier(config, deps, core, sequencer, reporter);
  }

  /** Serves from the start; `eth_syncing` tells how far the chain is. */
  async start(): Promise<Record<string, unknown>> {
    const { config, core, deps, info, reader } = this;
    const control = controlMethods(config.controlUrl);
    const promises = new Promises(core.store);
    const clock = (): number => reader.clock();
    const promised = promiseMethods(core.chain, promises, clock);
    const methods = { ...auditMethods(core, this.audit), ...gameMethods(info), ...promised, ...control };
    const served = { ...config.rpc, addressIndex: config.addressIndex };
    this.rpc = createRpcServer(core, reader, served, info, deps.log, methods);
    this.rpc.route(FEED_PATH, this.relay.upgrade);
    const url = await this.rpc.start();
    const metrics = await this.health.start(config.metrics.host, config.metrics.port);
    this.progress.start();
    this.timers.every(config.l1.pollIntervalMs, async () => void (this.core.isDue && (await this.tick())));
    const { unsafe } = this;
    if (unsafe !== null)
      this.timers.every(config.sequencerPollMs, async () => {
        await this.feed?.refresh();
        if (unsafe.isDue) await this.followUnsafe();
      });
    this.watchPromises(promises, clock);
    return { rpc: url, metrics };
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    this.timers.stop();
    this.progress.stop();
    this.feed?.close();
    this.relay.close();
    this.core.requestStop();
    await this.rpc?.stop();
    await this.health.stop();
    await this.marks.close();
    await this.serial.idle();
    await this.watching.idle();
    await this.keeper.idle();
    await this.core.close();
  }

  get devnet(): DevnetAnswers {
    const look = async (): Promise<void> => {
      await this.tick();
      if (this.unsafe !== null) await this.followUnsafe(true);
    };
    return { ...this.marks.answers, look };
  }

  get rpcUrl(): string | undefined {
    return this.rpc?.url;
  }

  /** Reads L1, derives, audits. */
  tick(): Promise<void> {
    return this.serial.run(async () => {
      await this.core.tick();
      if (!this.isStopped) this.keeper.poke((error) => this.isStopped || this.fail(error));
      // Held, it may have derived less than it has read of L1: no time to compare both.
      if (!this.core.isSynced || this.isStopped || this.core.isHeld) return;
      try {
        await this.audit.run(() => this.isStopped);
        this.core.health.report("audit", null);
      } catch (error) {
        // The audit reads and judges; whatever it trips over, the node goes on serving and tries again.
        const message = error instanceof Error ? error.message : String(error);
        if (!(error instanceof SolventError)) this.deps.log.error({ error }, "the audit failed");
        this.core.health.report("audit", message);
      }
    });
  }

  /** @param mustAsk - the sequencer is asked, whatever the feed tells. */
  private followUnsafe(mustAsk = false): Promise<void> {
    return this.serial.run(async () => {
      this.isFollowing = false;
      if (this.core.isSynced && !this.isStopped && !this.core.isHeld) await this.unsafe!.follow(mustAsk);
    });
  }

  /** The feed has something; what comes while it is looked at is looked at, too. */
  private async followSoon(): Promise<void> {
    if (this.isFollowing || this.isStopped) return;
    this.isFollowing = true;
    try {
      await this.followUnsafe();
    } catch (error) {
      if (!this.isStopped) this.fail(error instanceof Error ? error : new Error(String(error)));
    }
  }

  private async submit(raw: Uint8Array): Promise<Hex> {
    const hash = await this.requireSequencer().submit(raw);
    this.forwarded.note(raw);
    this.core.chain.announcePending(hash, raw);
    return hash;
  }

  /** What a leader signed came with its block. */
  private notePromise({ number: height, parentHash, blockHash, leader, promise }: ToldBlock): void {
    const { watch } = this;
    if (watch !== null && promise !== null)
      void this.watching.run(() => watch.note({ ...promise, height, parentHash, blockHash, leader }));
  }

  private watchPromises(promises: Promises, clock: () => number): void {
    const { core, config, sequencer } = this;
    const others = config.watchUrls.map((url) => new SequencerClient(url));
    const sources = [...(sequencer === null ? [] : [sequencer]), ...others];
    if (sources.length === 0) return;
    const watch = new PromiseWatch(core, promises, sources, this.reporter, clock, this.deps.log);
    this.watch = watch;
    const look = async (): Promise<void> => {
      if (core.isSynced && !this.isStopped && !core.isHeld) await watch.look();
    };
    this.timers.every(WATCH_MS, () => this.watching.run(look));
  }

  private requireSequencer(): SequencerClient {
    if (this.sequencer !== null) return this.sequencer;
    throw new SolventError(
      "tx-refused",
      "this node forwards no transactions: set sequencerUrl, or send to the sequencer",
    );
  }
}
