import { setTimeout as setTimeoutAsync } from "node:timers/promises";
import { Counter, Gauge } from "prom-client";
import type { Logger } from "pino";
import { SolventReader } from "../node/chain/reader";
import type { ChainBlock } from "../node/chain/types";
import type { Hex } from "../protocol/types";
import type { Actor } from "../actor/cli";
import { NodeCore } from "../actor/core";
import { DataKeeper, SEQUENCER_DUTIES } from "../actor/dataKeeper";
import type { OpenExecution } from "../actor/execution";
import { SolventError, isErrorCode } from "../protocol/errors";
import { HealthServer } from "../actor/health";
import type { OrderEnd } from "../node/data/batchData";
import { FEED_PATH } from "../node/feed/server";
import { L1Sender } from "../node/l1/sender";
import { createRpcServer } from "../actor/rpcBackend";
import type { SignedConfirmation } from "../node/rotation/confirmation";
import { Promises } from "../node/rotation/promises";
import { promiseMethods } from "../actor/promiseMethods";
import { Marks, type DevnetAnswers } from "../actor/marks";
import { SystemInfo } from "../actor/rollupInfo";
import type { RpcServer } from "../node/rpc";
import { Serial } from "../protocol/serial";
import { createStateReader } from "../node/state";
import type { RollupSystem } from "../actor/system";
import { Differences } from "./batch/differences";
import { BatchPoster } from "./batch/poster";
import { takeInPending } from "./batch/pending";
import type { ClosedBatch } from "./batch/records";
import { OwnTurn } from "./turns/ownTurn";
import { turnsOf } from "./turns/registry";
import type { Turns } from "./turns/turns";
import { BlockBuilder, type PlacedBlock } from "./blocks/builder";
import { Confirmer } from "./blocks/confirmer";
import { Ledger, type Doubt } from "./blocks/ledger";
import { openPublisher, type Publisher } from "./blocks/publisher";
import { Pace } from "./blocks/pace";
import { Ticks } from "./blocks/ticks";
import type { SequencerConfig } from "./config";
import { devnetMethods } from "./devnet";
import { isFailover, Leadership } from "./failover/leadership";
import { fillPool, Intake } from "./pool/intake";
import { PoolJournal } from "./pool/journal";
import { Mempool } from "./pool/mempool";

export interface SequencerDeps {
  system: RollupSystem;
  open: OpenExecution;
  log: Logger;
  /** Whether a batch may be posted now; an adversary says no. */
  mayPost?(): boolean;
  /** What is shown of the confirmations signed for a height; an adversary shows others. */
  showPromises?(promises: SignedConfirmation[]): SignedConfirmation[];
  /** Whether what is due for batches off L1 may be done now; an adversary says no. */
  mayAnswer?(): boolean;
}

/** So long an answer to a transaction waits for its block at most, where blocks are instant, in milliseconds. */
const INSTANT_MS = 3_000;
/** Of `maxDelay`, the part that a batch spans at most: it has to wait for others, and to land as a whole. */
const LONGEST_BATCH = 4;
/** Closed batches that may wait while younger ones are closed for their age; later ones are closed when they are full. */
const MOST_AHEAD = 4;

/**
 * Orders transactions: takes them in over JSON-RPC, builds blocks, posts them to L1 in batches. Everything that changes the chain
 * runs in one queue, so that building, derivation and posting never see each other half done.
 */
export class Sequencer implements Actor {
  readonly failed: Promise<Error>;
  private fail!: (error: Error) => void;
  private readonly serial = new Serial();
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly metricsServer: HealthServer;
  private rpcServer?: RpcServer;
  private isStopped = false;
  private isTicking = false;
  private isBuilding = false;
  private readonly marks: Marks;
  private readonly pace: Pace;
  private readonly differences: Differences;
  private readonly ticks = new Ticks(
    () => this.buildDue(),
    () => this.pool.counts().pending,
  );
  /** The view's revision that batches and blocks were brought in line with last. */
  private reconciledRevision = -1;
  /** L1's time since which there has been something to build; null while there is nothing. */
  private waitingSince: number | null = null;
  private readonly intake: Intake;
  private readonly leadership: Leadership;
  private readonly turn: OwnTurn;
  private readonly publisher: Publisher;
  private readonly blocksBuilt: Counter;
  private readonly transactionsTaken: Counter;

  private constructor(
    private readonly config: SequencerConfig,
    readonly core: NodeCore,
    readonly reader: SolventReader,
    readonly pool: Mempool,
    private readonly journal: PoolJournal,
    private readonly ledger: Ledger,
    private readonly builder: BlockBuilder,
    private readonly poster: BatchPoster,
    readonly sender: L1Sender,
    turns: () => Promise<Turns>,
    private readonly keeper: DataKeeper,
    private readonly promises: Promises,
    private readonly confirmer: Confirmer,
    private readonly deps: SequencerDeps,
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.metricsServer = new HealthServer(core.health, core.registry);
    this.pace = new Pace(config, core.system.maxAhead, () => reader.clock());
    this.differences = new Differences(core, ledger, deps.open, config.dataDir, deps.log);
    this.turn = new OwnTurn(turns);
    this.intake = new Intake(core.chain, pool, journal, deps.log);
    this.leadership = new Leadership(config.failover, {
      ...{ core, ledger, promises, pool, journal, log: deps.log },
      run: (task) => this.run(task),
      onLead: () => this.lead(),
    });
    this.publisher = openPublisher(config, { core, ledger, promises });
    this.marks = new Marks(core, this.serial, () => this.reload(), false);
    const registers = [core.registry];
    this.blocksBuilt = new Counter({ name: "solvent_blocks_built_total", help: "Blocks built", registers });
    const help = "Transactions accepted into the pool";
    this.transactionsTaken = new Counter({ name: "solvent_transactions_accepted_total", help, registers });
    new Gauge({
      name: "solvent_pool_bytes",
      help: "Bytes of the transactions in the pool",
      registers,
      collect() {
        this.set(pool.sizeBytes);
      },
    });
    new Gauge({
      name: "solvent_pool_transactions",
      help: "Transactions in the pool",
      registers,
      collect() {
        this.set(pool.size);
      },
    });
  }

  static async create(config: SequencerConfig, deps: SequencerDeps): Promise<Sequencer> {
    const { system, log } = deps;
    const core = await NodeCore.open(config, system, { keepsUnsafe: true, open: deps.open }, log);
    const account = (address: Hex): { nonce: bigint; balance: bigint } => {
      const head = core.chain.requireBlockAt(core.chain.unsafe.number);
      const state = createStateReader(core.store.nodes, head.header.stateRoot).account(address);
      return { nonce: state?.nonce ?? 0n, balance: state?.balance ?? 0n };
    };
    const pool = new Mempool(account, { ...system, maxBytes: config.pool.maxTransactionBytes }, config.pool);
    const { journal, entries } = await PoolJournal.open(core.store);
    await fillPool(pool, journal, entries);
    const senderOptions = {
      stuckBlocks: config.batch.stuckBlocks,
      maxFeePerGas: BigInt(Math.round(config.batch.maxFeeGwei * 1e9)),
      isShared: config.failover !== undefined,
    };
    const sender = await L1Sender.create(core.l1, config.privateKey, core.store, senderOptions, log);
    let submit: (raw: Uint8Array) => Promise<Hex> = () => Promise.reject(new Error("not started"));
    const reader = new SolventReader(core.chain, core.view, core.derivation, {
      chainId: system.chainId,
      inbox: system.inbox,
      pool,
      submit: (raw) => submit(raw),
      syncing: () => null,
      unhealthy: () => core.health.summary(),
    });
    const ledger = await Ledger.load(core, log);
    const turns = turnsOf(core.l1, system.inbox, sender.address);
    const clock = (): number => reader.clock();
    const { blobs } = config.batch;
    const poster = new BatchPoster(system.inbox, core.view, core.batchData, turns, clock, sender, core.health, blobs);
    const keeper = new DataKeeper(core, sender, SEQUENCER_DUTIES, log);
    const promises = new Promises(core.store);
    const confirmer = new Confirmer(promises, turns, system, config.privateKey);
    const builder = new BlockBuilder(core, pool);
    const orphans = await ledger.orphans();
    const sequencer = new Sequencer(
      config,
      core,
      reader,
      pool,
      journal,
      ledger,
      builder,
      poster,
      sender,
      turns,
      keeper,
      promises,
      confirmer,
      deps,
    );
    submit = (raw) => sequencer.submit(raw);
    sequencer.intake.note(orphans);
    return sequencer;
  }

  async start(): Promise<Record<string, unknown>> {
    const { config, deps } = this;
    const { core, reader } = this;
    this.rpcServer = createRpcServer(core, reader, config.rpc, new SystemInfo(core), deps.log, {
      ...promiseMethods(core.chain, this.promises, () => reader.clock(), deps.showPromises),
      ...devnetMethods(config.controlUrl, this, this.pace, () => this.serial.idle()),
      ...this.leadership.methods,
    });
    this.rpcServer.route(FEED_PATH, this.publisher.server.upgrade);
    const rpc = await this.rpcServer.start();
    const metrics = await this.metricsServer.start(config.metrics.host, config.metrics.port);
    await this.tick();
    this.publisher.begin();
    this.leadership.start(rpc);
    this.every(config.l1.pollIntervalMs, () => this.tick(this.core.isDue));
    this.buildEvery(config.blockTimeMs);
    return { rpc, metrics, address: this.sender.address };
  }

  async stop(): Promise<void> {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const timer of this.timers) clearInterval(timer);
    this.ticks.stop();
    this.core.requestStop();
    await this.serial.run(() => this.leadership.stop());
    this.publisher.close();
    await this.rpcServer?.stop();
    await this.metricsServer.stop();
    await this.marks.close();
    await this.serial.idle();
    await this.keeper.idle();
    await this.core.close();
  }

  get devnet(): DevnetAnswers {
    return { ...this.marks.answers, look: () => this.tick() };
  }

  /** Reads anew what the store has, which went back to what it was. */
  private async reload(): Promise<void> {
    await this.ledger.reload();
    await this.intake.reload();
    await this.sender.reload();
    [this.pace.chosenTime, this.waitingSince, this.reconciledRevision] = [null, null, -1];
  }

  get rpcUrl(): string | undefined {
    return this.rpcServer?.url;
  }

  /** Takes a signed transaction. Resolves when it is on disk. @throws SolventError `tx-*` in geth's words. */
  async submit(raw: Uint8Array): Promise<Hex> {
    this.core.longRuns.warm();
    await this.marks.released;
    const forwarded = await this.leadership.forward(raw);
    if (forwarded !== null) return forwarded;
    const { entry, dropped } = this.pool.add(raw);
    this.core.answers?.rememberSender(entry.tx);
    await this.journal.add(entry.hash, raw);
    await this.journal.remove(dropped);
    this.transactionsTaken.inc();
    this.leadership.gossip(raw);
    this.core.chain.announcePending(entry.hash, raw);
    if (this.pace.mode === "instant") await this.buildFor(entry.hash);
    return entry.hash;
  }

  /**
   * Builds a block now.
   * @param timestamp - of the block, in seconds; later than its parent's. Undefined takes the clock's.
   * @returns the new head, or null when none can be built at the moment (the health page says why).
   */
  buildNow(timestamp?: number): Promise<ChainBlock | null> {
    return this.run(() => {
      this.pace.chosenTime = timestamp ?? this.pace.chosenTime;
      return this.build();
    });
  }

  /** A block for a transaction that can be in one, before its sender hears of it: as development nodes do it. */
  private async buildFor(hash: Hex): Promise<void> {
    // One that offers less than the base fee stays in the pool, and a second block without it would help nobody.
    let isPassedOver = false;
    const isDue = (): boolean =>
      !isPassedOver && this.pool.get(hash)?.isQueued === false && !this.core.isHalted && !this.isStopped;
    // A clock that is being moved, or that this node's view of L1 is still behind, holds a block up for a moment.
    for (const end = Date.now() + INSTANT_MS; isDue() && Date.now() < end; await setTimeoutAsync(20))
      await this.run(async () => {
        if (this.pace.isHeld || !isDue()) return;
        isPassedOver = (await this.build())?.transactionHashes.length === 0;
      }).catch(() => {}); // it ends the actor by itself
  }

  /** Closes the open batch and sends it, whatever its age. */
  flush(): Promise<void> {
    return this.run(async () => {
      await this.closeBatch();
      await this.post(await this.readEnd());
    });
  }

  /** What the order on L1 ends with; null where L1 does not say, and then the health page does. */
  private async readEnd(): Promise<OrderEnd | null> {
    const { core, ledger } = this;
    try {
      const end = await (await core.batchData()).end(core.view);
      ledger.note(end);
      core.health.report("pending", await this.takeInPending());
      return end;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      core.health.report("poster", error.message);
      return null;
    }
  }

  /** Of several processes with one key none builds what the others do not have in their log: they wait until such a batch counts. */
  private async takeInPending(): Promise<string | null> {
    const { core, ledger } = this;
    if (this.config.failover === undefined) return takeInPending(core, ledger, () => this.reconcile());
    return ledger.foreign === null
      ? null
      : `batch ${ledger.foreign.index} does not count yet: no block is built before`;
  }

  /** Closed batches that were not appended yet. */
  private waiting(end: OrderEnd | null): ClosedBatch[] {
    return this.ledger.ahead().filter(({ index }) => index >= (end?.count ?? 0));
  }

  /**
   * Reads L1, derives, drops what can no longer land, sends what is due.
   * @param readsL1 - whether L1 is asked for what is new.
   */
  tick(readsL1 = true): Promise<void> {
    if (this.isTicking) return Promise.resolve();
    this.isTicking = true;
    return this.run(async () => {
      if (this.leadership.leads && (readsL1 || this.sender.problem !== null)) await this.sender.poll();
      if (readsL1) await this.core.tick();
      // A derivation that was ended early leaves the chain behind the view of L1: nothing can be said of what is above it.
      if (!this.core.isSynced || this.isStopped) return;
      await this.leadership.tick();
      if (!this.leadership.leads) return this.leadership.forgetDuties();
      const end = await this.readEnd();
      if (this.reconciledRevision !== this.core.view.revision || this.ledger.open.isEmpty) await this.reconcile();
      const { maxAgeMs } = this.config.batch;
      const isDue = !this.config.batch.isManual && this.ledger.ageMs() > maxAgeMs;
      // What was built in a turn has to land in it.
      const isOver = !this.ledger.open.isEmpty && !(await this.isOurTurn());
      if ((isDue || isOver) && this.waiting(end).length < MOST_AHEAD) await this.closeBatch();
      await this.post(end);
      if (this.deps.mayAnswer?.() !== false) this.keeper.poke((error) => this.isStopped || this.fail(error));
    }).finally(() => (this.isTicking = false));
  }

  /** Forgets a transaction of the pool. @returns whether it was there. */
  drop(hash: Hex): Promise<boolean> {
    return this.intake.drop(hash);
  }

  private async reconcile(): Promise<void> {
    if (this.isStopped) return;
    await this.ledger.reconcile(this.reader.clock());
    await this.intake.refresh();
    this.reconciledRevision = this.core.view.revision;
  }

  /** Goes on where another process left off. */
  private async lead(): Promise<void> {
    await this.reconcile();
    if (!this.pace.isStill) await this.build();
  }

  /** Builds a block where one is due. @returns how many transactions it has. */
  buildDue(): Promise<number> {
    if (this.isBuilding || this.pace.isStill || !this.leadership.leads) return Promise.resolve(0);
    this.isBuilding = true;
    return this.run(async () => {
      const head = this.core.chain.requireBlockAt(this.core.chain.unsafe.number);
      const isWork = this.pool.hasExecutable || this.waitingMessages(head) > 0;
      this.waitingSince = isWork ? (this.waitingSince ?? this.reader.clock()) : null;
      const built = this.pace.isDue(head, isWork) ? await this.build() : null;
      return built?.transactionHashes.length ?? 0;
    }).finally(() => (this.isBuilding = false));
  }

  /** Delayed messages deep enough to be consumed, counted from the first ever. */
  private messageLimit(): number {
    const { view } = this.core;
    return view.tip === null ? 0 : view.delayedCountAt(view.tip.number - this.config.l1Confirmations);
  }

  private waitingMessages({ header }: ChainBlock): number {
    return this.messageLimit() - Number(BigInt("0x" + header.extraData.slice(36)));
  }

  private async build(): Promise<ChainBlock | null> {
    const { core, ledger, pool } = this;
    if (
      !this.leadership.leads ||
      this.isStopped ||
      !core.isSynced ||
      core.isHalted ||
      ledger.foreign !== null ||
      !(await this.isOurTurn())
    )
      return null;
    const parent = core.chain.requireBlockAt(core.chain.unsafe.number);
    const timestamp = this.pace.nextTimestamp(parent);
    if (timestamp === null) return null;
    const isTooLong = ledger.spanSeconds(timestamp) > core.system.maxDelay / LONGEST_BATCH && core.system.maxDelay > 0;
    const placed = isTooLong ? "full" : await this.tryBuild(timestamp);
    if (placed === null) return null;
    // Closing may drop what cannot land any more, so that all of the above is another then.
    if (placed === "full") return (await this.closeBatch()) ? this.build() : null;
    const { built, candidates } = placed;
    const useless = built.excluded.filter(({ retry }) => !retry).map(({ index }) => candidates[index].hash);
    const left = new Set(built.excluded.map(({ index }) => index));
    const included = candidates.filter((_, i) => !left.has(i)).map((entry) => entry.hash);
    const promise = await this.confirmer.confirm(built, this.reader.clock());
    const markIn = await this.leadership.promise(built, promise);
    if (markIn === null) return null;
    await ledger.commit(placed, (write) => {
      markIn(write);
      this.journal.removeIn(write, [...included, ...useless]);
      if (promise !== null) this.promises.putIn(write, promise);
    });
    for (const hash of useless) pool.remove(hash);
    await this.journal.remove(pool.refresh());
    this.blocksBuilt.inc();
    const head = core.chain.requireBlockAt(core.chain.unsafe.number);
    this.pace.note(head);
    this.waitingSince = null;
    return head;
  }

  /** Whether what is built now is this sequencer's to post. */
  private isOurTurn(): Promise<boolean> {
    return this.turn.isNow(this.reader.clock(), this.waitingSince);
  }

  /** @returns null where the engine fails on what should go into the block: nothing more is built or posted then. */
  private async tryBuild(timestamp: number): Promise<PlacedBlock | "full" | null> {
    const { builder } = this;
    try {
      return await builder.build(this.ledger.open, timestamp, this.messageLimit());
    } catch (error) {
      if (!isErrorCode(error, "block-failed") || builder.failed === null) throw error;
      this.differences.failed(builder.failed, error as SolventError);
      return null;
    }
  }

  /** @returns whether the open batch is closed and the next begun; if not, the health page says why. */
  private async closeBatch(): Promise<boolean> {
    const { core, ledger } = this;
    if (core.isHalted || !this.leadership.leads) return false;
    if (!ledger.isInLine(this.reader.clock())) await this.reconcile();
    let doubt: Doubt | null;
    try {
      doubt = await ledger.close((batch) => this.leadership.close(batch));
    } catch (error) {
      if (isFailover(error)) return false;
      // A thread that failed says nothing about the batch, nor do records that this node took for L1's and has no data of.
      if (!(error instanceof SolventError) || !/^engine-|^preimage-missing$/.test(error.code)) throw error;
      core.health.report("check", `a batch could not be checked: ${error.message}`);
      await core.follower.confirm().catch(() => false);
      return false;
    }
    core.health.report("check", doubt === null ? null : await this.differences.judge(doubt, () => this.reconcile()));
    return doubt === null;
  }

  private async post(end: OrderEnd | null): Promise<void> {
    const { core, ledger } = this;
    if (end === null || ledger.foreign !== null || !this.leadership.leads) return;
    if (!core.isSynced || core.isHalted || this.deps.mayPost?.() === false) return;
    // On an old view of L1 a batch that is there already would be sent again, for nothing but its gas.
    if (core.health.has("l1")) return;
    const [next] = this.waiting(end);
    if (next === undefined || next.index !== end.count) return this.poster.rest();
    const { maxAhead } = core.system;
    const last = core.chain.requireBlockAt(next.lastBlock).header.timestamp;
    // On an L1 whose clock is so far behind the batch would be read as malformed.
    if (maxAhead > 0 && last > (core.view.tip?.time ?? 0) + maxAhead)
      core.health.report("poster", `batch ${next.index} waits for L1's clock: its last block is of ${last}`);
    else await this.poster.post(next, end);
  }

  /** Asks this often whether a block is due, instead of as often as before. */
  buildEvery(intervalMs: number): void {
    this.ticks.every(intervalMs);
  }

  private run<T>(task: () => Promise<T>): Promise<T> {
    return this.serial.run(task).catch((error: unknown) => {
      if (!this.isStopped) this.fail(error instanceof Error ? error : new Error(String(error)));
      throw error;
    });
  }

  private every(intervalMs: number, task: () => Promise<unknown>): void {
    this.timers.push(setInterval(() => void task().catch(() => undefined), intervalMs));
  }
}
