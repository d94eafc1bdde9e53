import { Gauge, Registry, collectDefaultMetrics } from "prom-client";
import type { Logger } from "pino";
import { Chain } from "../node/chain/chain";
import { Derivation, type DerivingProgram } from "../node/chain/derivation";
import type { AnswerCache } from "../node/engine/answers";
import { EngineThreads } from "../node/engine/threads";
import type { BuildRequest, BuiltBlock, Engine } from "../node/engine/types";
import { unpackInto } from "../node/engine/overlay";
import type { StoredBlock } from "../node/chain/blockTables";
import { gasLimitsOf } from "../node/transactions";
import type { Hex, StateTransition } from "../protocol/types";
import { SolventError, invariant, isErrorCode } from "../protocol/errors";
import { inboxViewOf } from "../node/chain/inboxView";
import { join } from "node:path";
import { requireQueueAgrees } from "./agreement";
import { NO_BLOCK, gatherEvidence, writeEvidence } from "./evidence";
import type { Execution, OpenExecution } from "./execution";
import { maxPrecompileInputOf, requireProverCovers } from "./proverBound";
import { Health } from "./health";
import { LongRuns } from "./longRuns";
import type { BatchData } from "../node/data/batchData";
import { batchDataOf } from "../node/data/registry";
import { L1Follower } from "../node/l1/follower";
import type { ReadBatchBytes } from "../node/l1/inboxReader";
import { HeadFeed } from "../node/l1/heads";
import { L1Rpc } from "../node/l1/rpc";
import type { L1Update } from "../node/l1/types";
import { L1View } from "../node/l1/view";
import { decodeCursor } from "../protocol";
import { genesisFromJson } from "../node/state";
import type { Snapshot } from "../node/store/database";
import { Store } from "../node/store/store";
import type { RollupSystem } from "./system";

/** So long L1 may move under the reader, or lag, without a word. */
const MOVED_MS = 3_000;
/** What comes and goes with L1's blocks. */
const EVERYDAY: readonly string[] = ["l1-moved", "l1-stale"];
/** How exactly the lag of the event loop is measured: a timer each 10 ms, the default, is felt in an idle node. */
const LAG_PRECISION_MS = 100;
/** Longest time between two questions to an L1 that fails. */
const MAX_BACKOFF_MS = 2_000;

export interface CoreConfig {
  dataDir: string;
  /** One node or several; of several another is asked where one fails. */
  l1Url: string | readonly string[];
  /** Servers of batches that are off L1; none where L1 has all. */
  dataUrl?: readonly string[];
  l1: { pollIntervalMs: number; headsUrl?: string; finality: number | "tag"; logRange: number; timeoutMs: number };
}

export interface CoreOptions {
  /** As in DerivationOptions. */
  keepsUnsafe: boolean;
  open: OpenExecution;
  /** Derives in the background with this program: `tick` then reads L1 only, and never waits for a block. */
  derivesWith?(store: Store): DerivingProgram;
}

/**
 * What every actor has: store, chain, view of L1, derivation, health, metrics. One call of `tick` reads L1 and derives what
 * follows; the owner decides when, and runs it alone (nothing else may change the chain meanwhile).
 */
export class NodeCore {
  readonly health = new Health();
  readonly registry = new Registry();
  private isStopping = false;
  /** While this is true derivation stands still: a devnet takes a snapshot, or goes back to one. */
  isHeld = false;
  private wasSynced = false;
  private hasRead = false;
  /** The derivation under way, whether L1 went on meanwhile, and what ended it. */
  private deriving: Promise<void> | null = null;
  private isBehind = false;
  private failure: unknown;
  /** Output root of the safe head behind which the program makes no block of what L1 has; null where it goes on. */
  private stuck: Hex | null = null;
  /** Told when a derivation in the background has come to its end, and something has come of it. */
  onDerived: () => void = () => {};
  /** True once the queue has said that it began where this node began. */
  private isAgreed = false;
  private readonly threads: EngineThreads[] = [];
  private readonly companions: (() => Promise<void>)[] = [];
  /** Since when L1 has moved at every poll. */
  private movedSince: number | null = null;
  /** How often in a row L1 failed, and when it is asked again, in milliseconds of the clock. */
  private failures = 0;
  private askAgainAt = 0;
  /** The view's revision that was derived last; null before the first time. */
  private derivedRevision: number | null = null;
  /** Tells when L1 is worth a question; null where it is asked at each interval. */
  private heads: HeadFeed | null = null;

  private constructor(
    readonly system: RollupSystem,
    readonly store: Store,
    readonly chain: Chain,
    readonly view: L1View,
    readonly l1: L1Rpc,
    /** Where the bytes of batches are; L1 is asked at the first call. */
    readonly batchData: () => Promise<BatchData>,
    readonly follower: L1Follower,
    readonly derivation: Derivation,
    private readonly execution: Execution,
    readonly longRuns: LongRuns,
    private readonly open: OpenExecution,
    private readonly dataDir: string,
    private readonly isInBackground: boolean,
    private readonly pollIntervalMs: number,
    readonly log: Logger,
  ) {
    this.threads.push(this.longRuns.threads);
    this.addMetrics();
  }

  /** @throws SolventError `genesis-mismatch`, `queue-mismatch`, or what Database.open, Chain.open and L1View.load throw. */
  static async open(config: CoreConfig, system: RollupSystem, options: CoreOptions, log: Logger): Promise<NodeCore> {
    const store = await Store.open(config.dataDir, `rollup ${system.chainId} at inbox ${system.inbox}`);
    try {
      const genesis = genesisFromJson(system.genesis, store.nodes);
      if (genesis.outputRoot !== system.genesisOutputRoot)
        throw new SolventError(
          "genesis-mismatch",
          `the deployment's genesis gives output root ${genesis.outputRoot}, the queue was made for ` +
            `${system.genesisOutputRoot}: the deployment file belongs to another system`,
        );
      const block = {
        ...genesis,
        cursor: decodeCursor(genesis.header.extraData),
        transactions: [],
        receipts: [],
      };
      const chain = await Chain.open(store, block, log);
      const view = await L1View.load(store);
      const l1 = new L1Rpc(config.l1Url, { timeoutMs: config.l1.timeoutMs, retries: 0 });
      // An L1 that cannot be asked now is asked at the first tick, before anything is derived.
      const isAgreed = await requireAgreement(l1, system, store, genesis.header.stateRoot).then(() => true, laterIfL1);
      const { inbox, portal, startBlock } = system;
      const { nodes } = store;
      const batchData = batchDataOf({ rpc: l1, inbox, nodes, startBlock, dataUrls: config.dataUrl ?? [] });
      const bytesOf: ReadBatchBytes = async (event, index) => (await batchData()).read(event, index);
      const place = { inbox, portal, startBlock, bytesOf };
      const follower = new L1Follower(l1, view, store.nodes, { ...place, ...config.l1 }, log);
      const execution = options.open(store.nodes);
      const longRuns = new LongRuns(store.database.path, log);
      const own: DerivingProgram = {
        ...execution.program,
        confirms: (...run) => longRuns.confirms(chain.tables, ...run),
      };
      const program = options.derivesWith?.(store) ?? own;
      const derivation = await Derivation.open(chain, view, program, options, log);
      const core = new NodeCore(
        ...([system, store, chain, view, l1, batchData, follower, derivation, execution, longRuns] as const),
        ...([options.open, config.dataDir] as const),
        options.derivesWith !== undefined,
        config.l1.pollIntervalMs,
        log,
      );
      core.isAgreed = isAgreed;
      if (config.l1.headsUrl !== undefined) core.heads = new HeadFeed(config.l1.headsUrl);
      return core;
    } catch (error) {
      await store.close();
      throw error;
    }
  }

  get program(): StateTransition {
    return this.execution.program;
  }

  get engine(): Engine {
    const { engine } = this.execution;
    invariant(engine !== undefined, "this actor opened no engine");
    return engine;
  }

  /**
   * Builds a block that somebody else has built, in a thread where it is long; what it made is in the store then.
   * @throws SolventError `program-trapped`, and what else the engine throws.
   */
  async rebuild(request: BuildRequest, parent: StoredBlock): Promise<BuiltBlock> {
    const made = await this.longRuns.build(request, parent, gasLimitsOf(request.candidates));
    if (made === null) return this.engine.buildBlock(request);
    unpackInto(this.store.nodes, made.nodes);
    return made.built;
  }

  get answers(): AnswerCache | undefined {
    return this.execution.answers;
  }

  /** Threads that run engine and program over this store; they end with it. @param size - at most so many. */
  openThreads(size: number): EngineThreads {
    const threads = new EngineThreads({ databasePath: this.store.database.path }, size);
    this.threads.push(threads);
    return threads;
  }

  /** Has what reads and writes the store beside this end before the store does. @param close - asks it to, and settles when it has. */
  endsWith(close: () => Promise<void>): void {
    this.companions.push(close);
  }

  /** As `stuck`. What follows that root is the zero root where the program trapped. */
  get stuckBehind(): Hex | null {
    return this.stuck;
  }

  /** Whether nothing may be built or posted: engine and program differ, or the program makes no block. */
  get isHalted(): boolean {
    return this.health.has("program") || this.health.has("derivation");
  }

  /** True once L1 was read to its head and derived, since the process began. */
  get isSynced(): boolean {
    return this.wasSynced;
  }

  /** Whether `tick` may find something: a head was told, or there is nobody to tell it, or what was read is not derived. */
  get isDue(): boolean {
    return this.heads?.isDue !== false || !this.isDerived || this.failure !== undefined;
  }

  /** Whether all that was read of L1 is derived. */
  get isDerived(): boolean {
    return this.wasSynced && this.derivedRevision === this.view.revision;
  }

  /**
   * Reads L1 to its head and derives. Failures of L1, whatever it answers, are reported as the health topic `l1` and end the call with
   * null; the more there were in a row, the later L1 is asked again.
   * @returns what L1 said, or null when nothing is new.
   * A program that makes no block of what L1 has is the topic `derivation`: the heads stay, and what was derived is served.
   * @throws what is not L1's: a store that fails.
   */
  async tick(): Promise<L1Update | null> {
    if (Date.now() < this.askAgainAt) return null;
    this.heads?.take();
    let update: L1Update | null = null;
    let hasFailed = false;
    try {
      const genesis = this.chain.requireBlockAt(0).header.stateRoot;
      if (!this.isAgreed) await requireAgreement(this.l1, this.system, this.store, genesis);
      this.isAgreed = true;
      update = await this.follower.poll();
      this.health.report("l1", null);
      this.movedSince = null;
      this.failures = 0;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      hasFailed = true;
      this.noteFailure(error);
    }
    if (!hasFailed) this.hasRead = true;
    if (this.failure !== undefined) throw this.failure as Error;
    const isNew = this.derivedRevision !== this.view.revision || !this.wasSynced;
    if (isNew && (!hasFailed || this.wasSynced)) {
      this.isBehind = true;
      this.deriving ??= this.derive();
    }
    if (!this.isInBackground) await this.deriving;
    return update;
  }

  private async derive(): Promise<void> {
    // INVARIANT: it never ends before it is noted as under way, be it that it must pause at once.
    await null;
    let hasNews = !this.wasSynced;
    try {
      while (this.isBehind && !this.mustPause) {
        this.isBehind = false;
        const { revision } = this.view;
        const { hash } = this.chain.safe;
        const { derived } = await this.derivation.sync(() => this.mustPause);
        if (!this.mustPause) this.derivedRevision = revision;
        this.stuck = null;
        this.health.report("derivation", null);
        hasNews ||= derived > 0 || this.chain.safe.hash !== hash;
        if (derived > 0)
          this.log.info({ derived, safe: this.chain.safe.number, batches: this.view.batchCount }, "derived");
      }
      if (!this.isHeld) this.wasSynced = true;
    } catch (error) {
      hasNews = true;
      if (isErrorCode(error, "block-failed")) this.noteStuck(error as SolventError);
      else if (!this.isInBackground) throw error;
      else this.failure = error;
    } finally {
      this.deriving = null;
      if (hasNews && this.isInBackground && !this.isStopping) this.onDerived();
    }
  }

  /** Tried again when L1 has moved: it may have taken back what the program fails on. */
  private noteStuck({ message }: SolventError): void {
    if (this.isStopping) return;
    this.wasSynced = true;
    this.derivedRevision = this.view.revision;
    const { hash, number } = this.chain.safe;
    const { outputRoot } = this.chain.requireBlockAt(number);
    if (this.stuck === outputRoot) return;
    this.stuck = outputRoot;
    const file = this.keepEvidence(number, outputRoot, message);
    const text = `${message}; reads are served (docs/spec/08-bridge.md#exit)`;
    this.log.fatal({ number, hash, file }, text);
    this.health.report("derivation", file === null ? text : `${text}; \`npx tsx actor/replay.ts ${file}\` repeats it`);
  }

  /** @returns the file, or null where an actor that answers disputes would have to wait for the block. */
  private keepEvidence(number: number, parentOutputRoot: Hex, actual: string): string | null {
    if (this.isInBackground) return null;
    const question = { parentOutputRoot, inbox: inboxViewOf(this.view), built: null };
    const promised = { chainId: String(this.system.chainId), blockNumber: number + 1, expected: NO_BLOCK, actual };
    const { evidence } = gatherEvidence(this.open, this.store.nodes, question, promised);
    return writeEvidence(join(this.dataDir, "differences"), evidence);
  }

  private get mustPause(): boolean {
    return this.isStopping || this.isHeld;
  }

  /** Settles when no derivation runs. */
  async idle(): Promise<void> {
    await this.deriving?.catch(() => {});
  }

  /** Goes back to a mark of the store, memory too. Only while it is held, and nothing else changes the chain. */
  async restore(mark: Snapshot): Promise<void> {
    this.heads?.giveBack();
    await this.store.restore(mark);
    await this.view.reload();
    this.chain.reload();
    await this.derivation.reload();
    this.follower.forget();
    [this.derivedRevision, this.movedSince, this.failures, this.askAgainAt] = [null, null, 0, 0];
    this.health.report("l1", null);
  }

  /** A head that moved under the reader is everyday life and the next poll reads it; one that always moves withholds something. */
  private noteFailure(error: SolventError): void {
    this.heads?.giveBack();
    this.movedSince ??= Date.now();
    const isEveryday = EVERYDAY.includes(error.code);
    if (!isEveryday)
      this.askAgainAt = Date.now() + Math.min(MAX_BACKOFF_MS, this.pollIntervalMs * 2 ** Math.min(10, this.failures++));
    if (isEveryday && Date.now() - this.movedSince <= MOVED_MS) return;
    if (!this.health.has("l1")) this.log.error({ code: error.code }, error.message);
    this.health.report("l1", error.message);
  }

  /** True once L1 was read to its head, since the process began. */
  get hasReadL1(): boolean {
    return this.hasRead;
  }

  /** Ends a derivation under way; call before waiting for the last `tick`. */
  requestStop(): void {
    this.isStopping = true;
  }

  async close(): Promise<void> {
    this.heads?.close();
    await this.deriving?.catch(() => {});
    await this.l1.close();
    // They may wait for an answer of the threads.
    const ended = this.companions.map((close) => close());
    await Promise.all(this.threads.map((threads) => threads.close()));
    await Promise.all(ended);
    await this.chain.close();
    await this.store.close();
  }

  private addMetrics(): void {
    const { chain, view, health } = this;
    collectDefaultMetrics({ register: this.registry, eventLoopMonitoringPrecision: LAG_PRECISION_MS });
    const gauge = (name: string, help: string, read: () => number): void => {
      new Gauge({
        name: `solvent_${name}`,
        help,
        registers: [this.registry],
        collect() {
          this.set(read());
        },
      });
    };
    gauge("head_unsafe", "Number of the unsafe head", () => chain.unsafe.number);
    gauge("head_safe", "Number of the safe head", () => chain.safe.number);
    gauge("head_finalized", "Number of the finalized head", () => chain.finalized.number);
    gauge("l1_head", "Number of the L1 block read last", () => view.tip?.number ?? -1);
    gauge("l1_batches", "Batches in the inbox", () => view.batchCount);
    gauge("l1_messages", "Delayed messages in the inbox", () => view.delayedCount);
    gauge("healthy", "1 when nothing keeps the actor from its work", () => (health.summary() === null ? 1 : 0));
  }
}

/** What L1 must say of the system before anything is derived. */
async function requireAgreement(l1: L1Rpc, system: RollupSystem, { nodes }: Store, genesisState: Hex): Promise<void> {
  await requireQueueAgrees(l1, system);
  await requireProverCovers(l1, system.queue, maxPrecompileInputOf(nodes, genesisState));
}

/** Failures of L1 itself are no answer; all others are thrown on. */
function laterIfL1(error: unknown): false {
  if (error instanceof SolventError && error.code.startsWith("l1-")) return false;
  throw error;
}
