import { join } from "node:path";
import { formatEther } from "ethers";
import type { Logger } from "pino";
import type { Hex, InboxView, L1Block } from "../protocol/types";
import { inboxViewOf } from "../node/chain/inboxView";
import type { Actor } from "../actor/cli";
import { Marks, type DevnetAnswers } from "../actor/marks";
import { NodeCore } from "../actor/core";
import { CHALLENGER_DUTIES, DataKeeper } from "../actor/dataKeeper";
import type { OpenExecution } from "../actor/execution";
import { isErrorCode, SolventError } from "../protocol/errors";
import type { DisputeGame, GameMove, Plan, Player } from "../games/game";
import { lastLeafOf } from "../games/history/history";
import { genesisAssertion } from "../games/names";
import { openGame } from "../games/registry";
import type { Parent } from "../games/truth";
import type { InboxState } from "../games/types";
import { HealthServer } from "../actor/health";
import { L1Sender } from "../node/l1/sender";
import { ZERO_HASH } from "../protocol";
import type { Store } from "../node/store/store";
import { Serial } from "../protocol/serial";
import type { RollupSystem } from "../actor/system";
import { measureAnswerTime, tooSlow } from "./answerTime";
import { reserveOf } from "./capital";
import { Commitments, type CommitmentOptions, type CommitmentSource } from "./commitments/commitments";
import { DerivedRuns } from "./commitments/derivedRuns";
import { MachinePool } from "./commitments/pool";
import { RunThreads } from "./commitments/runs";
import { RecordingStore } from "./commitments/recording";
import type { ChallengerConfig } from "./config";
import { ChallengerMetrics } from "./metrics";
import { MoveSender, type Funds, type Order } from "./moveSender";
import { SumGuard } from "./sumGuard";
import { BackgroundTruth, type DisputedStep } from "./truth";

/** Own transactions are looked after so often even where L1 makes no blocks. */
const IDLE_MS = 2_000;
/** So long after the start this machine is measured, if it has nothing else to do. */
const MEASURE_AFTER_MS = 15_000;
/** A step waits so long for what is being computed. */
const LONGEST_STEP_MS = 60_000;

export interface ChallengerDeps<G extends DisputeGame = DisputeGame> {
  system: RollupSystem;
  open: OpenExecution;
  log: Logger;
  /** What this party holds for true; the honest commitments unless a liar brings others. */
  createSource?(options: CommitmentOptions, game: G): CommitmentSource;
  /** What the machines' threads run, where that is not the honest worker: a module's path without its ending. */
  workerModule?: string;
  /** Told of each step that is going to L1, in words. */
  onStep?(step: DisputedStep): void;
  /** Last word on the moves of a plan: what an adversary leaves out or adds. The honest party changes nothing. */
  reviseMoves?(plan: Plan, game: G): GameMove[];
  /** Gas that an adversary gives a move which goes alone. */
  gasLimitOf?(move: GameMove): bigint | undefined;
}

/**
 * Asserts what is right, answers what is wrong, takes stakes back. Acts only on what it has re-executed itself and decides at one L1
 * block hash; on missing or lagging data it waits and says so. Keeps nothing that L1 does not hold but caches.
 */
export class Challenger<G extends DisputeGame = DisputeGame> implements Actor {
  readonly failed: Promise<Error>;
  private fail!: (error: Error) => void;
  private readonly serial = new Serial();
  private timer: NodeJS.Timeout | null = null;
  private measuring: NodeJS.Timeout | null = null;
  private isTicking = false;
  private isStopped = false;
  /** L1 block that was decided on last, and whether something came in since. */
  private decidedAt: Hex | null = null;
  private hasNews = false;
  private lookedAt = 0;
  /** What the account had when it was looked at last. */
  private funds: Funds = { wallet: 0n, queue: 0n, bid: null };
  /** Why what could be asserted is not, in words. */
  private withheld: string | null = null;
  private readonly marks: Marks;
  /** Moves of the step under way, where moves are made only when asked for; null between steps. */
  private moving: string[] | null = null;
  private readonly moveSender: MoveSender;
  private readonly keeper: DataKeeper;
  /** Null where the system has no claims about sums, or this party leaves them to others. */
  private readonly sums: SumGuard | null;
  private readonly health: HealthServer;
  private readonly metrics: ChallengerMetrics;

  private constructor(
    private readonly config: ChallengerConfig,
    private readonly deps: ChallengerDeps<G>,
    readonly core: NodeCore,
    readonly game: G,
    readonly sender: L1Sender,
    readonly pool: MachinePool,
    private readonly threads: RunThreads | undefined,
    readonly source: CommitmentSource,
    readonly truth: BackgroundTruth,
    readonly player: Player,
  ) {
    this.failed = new Promise((resolve) => (this.fail = resolve));
    this.marks = new Marks(core, this.serial, async () => {
      await sender.reload();
      this.moveSender.recall();
      [this.decidedAt, this.hasNews] = [null, true];
    });
    truth.onChange = () => this.wake();
    core.onDerived = () => this.wake();
    truth.onStep = (step) => {
      deps.log.info(step, "the disputed step");
      deps.onStep?.(step);
    };
    this.health = new HealthServer(core.health, core.registry);
    const { queue } = deps.system;
    const { pageGas } = config;
    const onPage = (page: readonly GameMove[]): void => {
      for (const { kind } of page) this.metrics.moves.inc({ kind });
      this.moving?.push(...page.map(({ kind }) => kind));
      deps.log.info({ block: core.view.tip?.number, moves: page.map(({ kind }) => kind) }, "moves");
    };
    const { gasLimitOf } = deps;
    this.keeper = new DataKeeper(core, sender, CHALLENGER_DUTIES, deps.log);
    this.sums = this.createSumGuard();
    this.moveSender = new MoveSender({ game, queue, sender, rpc: core.l1, pageGas, gasLimitOf, onPage });
    this.metrics = new ChallengerMetrics(core.registry, {
      game,
      account: sender.address,
      held: () => (this.decidedAt === null ? null : this.funds.wallet + this.funds.queue),
      reserve: () => this.reserve,
    });
  }

  /** @typeParam G - The game that the system settles by: what `deps` are made for. */
  static async create<G extends DisputeGame = DisputeGame>(
    config: ChallengerConfig,
    deps: ChallengerDeps<G>,
  ): Promise<Challenger<G>> {
    const { system, log } = deps;
    let store: RecordingStore | undefined;
    const open: OpenExecution = (nodes) => deps.open((store = new RecordingStore(nodes)));
    // A liar runs the program on states of its own making, in this thread; the honest party never waits for a run.
    let threads: RunThreads | undefined;
    const derivesWith = ({ database, nodes }: Store): RunThreads => (threads = new RunThreads(database.path, nodes));
    const isHonest = deps.createSource === undefined;
    const core = await NodeCore.open(
      config,
      system,
      { keepsUnsafe: false, open, derivesWith: isHonest ? derivesWith : undefined },
      log,
    );
    const pool = new MachinePool(config.workers, deps.workerModule);
    try {
      const game = (await openGame(core.l1, system.queue, system.startBlock)) as G;
      const inboxView = (inbox: InboxState): InboxView => inboxViewAt(core, inbox);
      const runs = threads && new DerivedRuns(core, threads, inboxView);
      if (threads !== undefined) threads.mayDerive = () => !pool.isBusy || runs!.isWaiting;
      const options: CommitmentOptions = {
        ...{ program: core.program, store: store!, pool, runs, inboxView },
        heights: game.heights,
        cacheDir: join(config.dataDir, "commitments"),
      };
      const source = deps.createSource?.(options, game) ?? new Commitments(options);
      const truth = new BackgroundTruth(source, game.heights);
      const fees = { stuckBlocks: config.stuckBlocks, maxFeePerGas: BigInt(Math.round(config.maxFeeGwei * 1e9)) };
      const sender = await L1Sender.create(core.l1, config.privateKey, core.store, fees, log);
      const from = genesisParent(system.genesisOutputRoot);
      const box: { challenger?: Challenger<G> } = {};
      const propose = (parent: Parent): boolean => box.challenger!.mayPropose(parent);
      const player = game.player(truth, { account: sender.address, from, propose });
      box.challenger = new Challenger(config, deps, core, game, sender, pool, threads, source, truth, player);
      if (config.propose) await box.challenger.requireCapital();
      return box.challenger;
    } catch (error) {
      core.requestStop();
      await Promise.all([pool.close(), threads?.close()]);
      await core.close();
      throw error;
    }
  }

  async start(): Promise<Record<string, unknown>> {
    const metrics = await this.health.start(this.config.metrics.host, this.config.metrics.port);
    this.schedule(0);
    if (this.config.measuresSpeed && this.deps.createSource === undefined) this.measureLater();
    return { metrics, address: this.sender.address };
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.measuring !== null) clearTimeout(this.measuring);
    this.core.requestStop();
    await Promise.all([this.pool.close(), this.threads?.close()]);
    await this.marks.close();
    await this.serial.run(async () => {});
    await Promise.all([this.keeper.idle(), this.sums?.stop()]);
    await this.health.stop();
    await this.core.close();
  }

  get devnet(): DevnetAnswers {
    const look = (): Promise<void> => this.tick().then(() => {});
    return { ...this.marks.answers, look, step: () => this.step(), hasCaughtUp: () => this.hasCaughtUp() };
  }

  /** Whether one look more finds that all is read and computed which it decides by: after a start on a long chain that takes a while. */
  private async hasCaughtUp(): Promise<boolean> {
    this.hasNews = true;
    const plan = await this.tick();
    return plan !== null && plan.missing.length === 0;
  }

  /**
   * Makes what moves there are to make now, once, where it makes none by itself. What they need is computed first: which moves a step makes
   * does not depend on how fast this machine is.
   * @returns their kinds; none where there is nothing to do.
   */
  private async step(): Promise<string[]> {
    const end = Date.now() + LONGEST_STEP_MS;
    while (!(await this.isReady()) && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 20));
    const made: string[] = [];
    return this.serial.run(async () => {
      [this.moving, this.hasNews] = [made, true];
      try {
        await this.tickOnce(true);
        return made;
      } finally {
        this.moving = null;
      }
    });
  }

  /** Whether one look more finds nothing that must be derived or computed before this party knows all its moves. */
  private async isReady(): Promise<boolean> {
    const { core, truth } = this;
    const [wasDerived, revision] = [core.isDerived, core.view.revision];
    this.hasNews = true;
    const plan = await this.tick();
    await core.idle();
    // Nothing can be decided, or what is missing cannot be had: the health page says why.
    if (plan === null || (truth.problem !== null && !truth.isBusy)) return true;
    return wasDerived && core.view.revision === revision && plan.missing.length === 0;
  }

  /** Whether all that follows from L1's newest block is done: nothing is being computed, nothing is under way. */
  get isQuiet(): boolean {
    const isCurrent = this.decidedAt === this.core.view.tip?.hash && !this.hasNews;
    return isCurrent && !this.truth.isBusy && this.sender.pending().length === 0;
  }

  /** One look at L1 and what follows from it. @returns the plan, or null where nothing could be decided. */
  tick(): Promise<Plan | null> {
    return this.serial.run(() => this.tickOnce(true));
  }

  private schedule(delayMs: number): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      if (this.isTicking) return;
      this.isTicking = true;
      this.serial
        .run(() => this.tickOnce(this.core.isDue))
        .catch((error: Error) => this.isStopped || this.fail(error))
        .finally(() => {
          this.isTicking = false;
          this.schedule(this.config.l1.pollIntervalMs);
        });
    }, delayMs);
  }

  /** Measures this machine when nothing waits for it, once, and warns where it is too slow for the deployment. */
  private measureLater(): void {
    this.measuring = setTimeout(() => {
      if (this.pool.isBusy || this.truth.isBusy) return this.measureLater();
      this.measureSpeed().catch((error: Error) => {
        if (!this.isStopped) this.deps.log.warn({ reason: error.message }, "the speed of answers is not known");
      });
    }, MEASURE_AFTER_MS);
  }

  /** Measures this machine now. @returns what it is warned of; null where it is quick enough. */
  async measureSpeed(): Promise<string | null> {
    const { config, deps, game, pool } = this;
    const found = await measureAnswerTime(deps.open, deps.system.genesis, pool, config.workers, game.heights);
    this.metrics.worstAnswer.set(found.worstAtOnceSeconds);
    const text = tooSlow(found, game.responseSeconds);
    if (text === null) deps.log.info(found, "the speed of answers");
    else deps.log.warn(found, text);
    return text;
  }

  /** @param readsL1 - whether L1 is asked for what is new. */
  private async tickOnce(readsL1: boolean): Promise<Plan | null> {
    const { core, game, sender } = this;
    if (readsL1) await core.tick();
    if (!this.isStopped) this.keeper.poke((error) => this.isStopped || this.fail(error));
    const head = core.view.tip;
    if (head === null || !core.hasReadL1 || core.health.has("l1")) return null;
    if (head.hash === this.decidedAt && !this.hasNews && Date.now() - this.lookedAt < IDLE_MS) return null;
    this.hasNews = false;
    this.lookedAt = Date.now();
    try {
      await Promise.all([game.follow(head, core.view), sender.poll()]);
      const plan = await this.play(head);
      core.health.report("sender", sender.problem);
      this.decidedAt = head.hash;
      return plan;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      core.health.report("game", error.message);
      return null;
    }
  }

  private async play(head: L1Block): Promise<Plan> {
    const { core, truth } = this;
    const { health } = core;
    await this.countFunds(head);
    this.withheld = null;
    const plan = this.player.decide();
    health.report(
      "game",
      plan.contradicted.length > 0 ? `L1 confirmed against us under ${plan.contradicted[0]}` : null,
    );
    health.report("reserve", this.withheld);
    truth.fill(plan.missing);
    health.report("commitments", truth.problem);
    const mayMove = this.config.moves === "auto" || this.moving !== null;
    if (this.funds.bid !== null && mayMove) await this.moveSender.send(this.orderOf(plan), this.funds, head);
    if (this.moving !== null) this.moving.push(...((await this.sums?.look()) ?? []));
    else if (mayMove && !this.isStopped) this.sums?.poke();
    health.report("funds", this.moveSender.shortfall);
    health.report("moves", this.moveSender.reverted);
    return plan;
  }

  private createSumGuard(): SumGuard | null {
    const { config, core, deps, sender } = this;
    const { sumRoots, startBlock } = core.system;
    if (sumRoots === undefined || !config.guardsSums || deps.createSource !== undefined) return null;
    const { logRange } = config.l1;
    return new SumGuard(core, sender, { sumRoots, startBlock, logRange, reserve: this.reserve }, deps.log);
  }

  /** The plan as it is sent; an adversary's is cut at each stake. */
  private orderOf(plan: Plan): Order {
    const { game } = this;
    const stakeOf = (move: GameMove): bigint => plan.stakes.get(move) ?? game.stakeOf(move);
    const revised = this.deps.reviseMoves?.(plan, this.game);
    const free = (revised ?? plan.moves).slice(0);
    const first = free.findIndex((move) => stakeOf(move) > 0n);
    const rest = first < 0 ? [] : free.splice(first);
    return { free, staked: revised === undefined ? plan.staked.map(({ moves }) => moves) : [rest], stakeOf };
  }

  /** What is kept for answers, in wei. */
  private get reserve(): bigint {
    const { maxFeePerGas } = this.sender.options;
    return reserveOf(this.game, { answers: this.config.reserveAnswers, maxFeePerGas });
  }

  private async countFunds(head: L1Block): Promise<void> {
    const { sender, game, core } = this;
    const bid = await sender.bid().catch((error: unknown) => {
      if (!isErrorCode(error, "l1-fee-limit")) throw error;
      core.health.report("fees", (error as SolventError).message);
      return null;
    });
    if (bid !== null) core.health.report("fees", null);
    const [wallet, queue] = await Promise.all([sender.spendable(), game.balanceOf(sender.address, head.number)]);
    this.funds = { wallet, queue: queue + sender.valueUnderWay(head.number), bid };
  }

  /**
   * A proposer needs the stakes of its interval.
   * @throws SolventError `funds-missing` naming the sum; never while own stakes are in the game, which have to be defended.
   */
  private async requireCapital(): Promise<void> {
    const { game, sender, config, core } = this;
    const needed = game.capitalInFlight(config.assertionIntervalSeconds);
    const held = (await sender.balance()) + (await game.balanceOf(sender.address, "latest"));
    if (held >= needed) return;
    await game.follow(await core.follower.block("latest"), { has: () => true, finalized: null });
    if (game.hasOpenStake(sender.address)) return;
    const [missing, sum] = [formatEther(needed - held), formatEther(needed)];
    throw new SolventError(
      "funds-missing",
      `${sender.address} is ${missing} ether short of the stakes of its assertions: one every ${config.assertionIntervalSeconds} s ` +
        `(assertionIntervalSeconds) takes ${sum} ether; pay in, assert less often, or set propose to false`,
    );
  }

  /** What was missing is there: the next look follows at once. */
  private wake(): void {
    this.hasNews = true;
    if (this.timer !== null && !this.isTicking && !this.isStopped) {
      clearTimeout(this.timer);
      this.schedule(0);
    }
  }

  /**
   * Asserts when there is something new to say (a run that is not idle, or an inbox that has grown), not too often, and only while the
   * reserve for answers is kept.
   */
  private mayPropose(parent: Parent): boolean {
    const { config, core, game } = this;
    // Behind the zero root nothing is left to say.
    if (!config.propose || parent.outputRoot === ZERO_HASH) return false;
    if (this.moveSender.isAsserting) return true;
    if (parent.inbox.batchCount >= core.view.batchCount) {
      const runs = this.truth.runs(parent);
      if (runs === undefined) return true; // it is computed then, and looked at here again
      if (lastLeafOf(runs.tree) === parent.outputRoot) return false;
    }
    const age = game.nowSeconds - (game.assertion(parent.id)?.created ?? 0);
    if (age < config.assertionIntervalSeconds && this.blocksBehind(parent) < this.mostBlocks) return false;
    const { reserve } = this;
    const needed = game.assertionStake + reserve;
    const held = this.funds.wallet + this.funds.queue;
    if (held >= needed) return true;
    this.withheld =
      `nothing is asserted: ${formatEther(needed - held)} ether short of its stake and the reserve for ` +
      `${config.reserveAnswers} answers (${formatEther(needed)} ether)`;
    return false;
  }

  /** An assertion is made however young the last one is when so many blocks wait. */
  private get mostBlocks(): number {
    return this.config.assertionBlocks ?? 2 ** (this.game.heights[0] - 1);
  }

  /** Blocks of this node's chain that the parent's child would cover. */
  private blocksBehind(parent: Parent): number {
    const { derivation } = this.core;
    const last = derivation.derivedFrom(parent.inbox.batchCount - 1)?.lastBlock ?? 0;
    return last - (this.game.assertion(parent.id)?.l2BlockNumber ?? 0);
  }
}

/** L1's view up to an inbox state. @throws SolventError `inbox-unknown` where this node's L1 is another, or lags. */
function inboxViewAt(core: NodeCore, inbox: InboxState): InboxView {
  const { view } = core;
  const lastBatch = inbox.batchCount === 0 ? ZERO_HASH : view.batch(inbox.batchCount - 1)?.record;
  const lastDelayed = inbox.delayedCount === 0 ? ZERO_HASH : view.message(inbox.delayedCount - 1)?.hash;
  if (lastBatch !== inbox.lastBatch || lastDelayed !== inbox.lastDelayed)
    throw new SolventError(
      "inbox-unknown",
      "the inbox of that assertion is not the one that was read from L1: waiting",
      {
        retry: true,
      },
    );
  return inboxViewOf(view, inbox);
}

/** The genesis assertion as a parent: its children's inbox is empty. */
function genesisParent(outputRoot: Hex): Parent {
  const inbox: InboxState = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
  return { id: genesisAssertion(outputRoot), outputRoot, inbox };
}
