import { createHash } from "node:crypto";
import { join } from "node:path";
import { Counter, Gauge } from "prom-client";
import type { Logger } from "pino";
import type { Hex, InboxView, L1Block } from "../protocol/types";
import { inboxViewOf } from "../node/chain/inboxView";
import type { Actor } from "../actor/cli";
import { NodeCore, type OpenExecution } from "../actor/core";
import { SolventError } from "../protocol/errors";
import {
  encodeMoves,
  GameFollower,
  genesisAssertion,
  HonestPlayer,
  lastLeafOf,
  moveGasBound,
  pageMoves,
  QUEUE_ABI,
  type InboxState,
  type Move,
  type Parent,
  type Plan,
} from "../games/edges";
import { HealthServer } from "../actor/health";
import { L1Sender, type L1Request } from "../node/l1/sender";
import { ZERO_HASH } from "../protocol";
import { Serial } from "../protocol/serial";
import type { RollupSystem } from "../actor/system";
import { Commitments, type CommitmentOptions, type CommitmentSource } from "./commitments/commitments";
import { MachinePool } from "./commitments/pool";
import { RecordingStore } from "./commitments/recording";
import type { ChallengerConfig } from "./config";
import { BackgroundTruth, type DisputedStep } from "./truth";

/** Gas for one step on L1, which goes alone: the dearest host precompile stays under 15.5 million. */
const STEP_GAS = 16_000_000;
/** Own transactions are looked after so often even where L1 makes no blocks. */
const IDLE_MS = 1_000;
/** A page that L1 refused waits for at most 2^this many blocks before it is tried again. */
const MAX_BACKOFF_LOG2 = 6;

const MAX_REMEMBERED = 10_000;

/** Moves of one transaction, and the name it is sent under. */
interface Page {
  page: Move[];
  key: string;
}

export interface ChallengerDeps {
  system: RollupSystem;
  open: OpenExecution;
  log: Logger;
  /** What this party holds for true; the honest commitments unless a liar brings others. */
  createSource?(options: CommitmentOptions, game: GameFollower): CommitmentSource;
  /** What the machines' threads run, where that is not the honest worker. */
  workerModule?: string;
  /** Told of each step that is going to L1, in words. */
  onStep?(step: DisputedStep): void;
  /** Last word on the moves of a plan: what an adversary leaves out or adds. The honest party changes nothing. */
  reviseMoves?(plan: Plan, game: GameFollower): Move[];
  /** Gas that an adversary gives a move which goes alone. */
  gasLimitOf?(move: Move): bigint | undefined;
}

/**
 * Asserts what is right, answers what is wrong, takes stakes back. Acts only on what it has re-executed itself and decides at one L1
 * block hash; on missing or lagging data it waits and says so. Keeps nothing that L1 does not hold but caches.
 */
export class Challenger implements Actor {
  readonly failed: Promise<Error>;
  #fail!: (error: Error) => void;
  readonly #serial = new Serial();
  #timer: NodeJS.Timeout | null = null;
  #isTicking = false;
  #isStopped = false;
  /** L1 block that was decided on last, and whether something came in since. */
  #decidedAt: Hex | null = null;
  #hasNews = false;
  #lookedAt = 0;
  #lastAssertion: { parent: Hex; at: number } | null = null;
  /** The page that a move was sent in last. */
  readonly #sentIn = new Map<string, string>();
  /** How often a page of moves was refused by L1, and when last. */
  readonly #reverts = new Map<string, { count: number; minedNumber: number }>();
  readonly #health: HealthServer;
  readonly #moves: Counter<"kind">;

  private constructor(
    private readonly config: ChallengerConfig,
    private readonly deps: ChallengerDeps,
    readonly core: NodeCore,
    readonly game: GameFollower,
    readonly sender: L1Sender,
    readonly pool: MachinePool,
    readonly source: CommitmentSource,
    readonly truth: BackgroundTruth,
    readonly player: HonestPlayer,
  ) {
    this.failed = new Promise((resolve) => (this.#fail = resolve));
    truth.onChange = () => this.#wake();
    truth.onStep = (step) => {
      deps.log.info(step, "the disputed step");
      deps.onStep?.(step);
    };
    this.#health = new HealthServer(core.health, core.registry);
    const registers = [core.registry];
    this.#moves = new Counter({ name: "solvent_moves_total", help: "Moves sent", labelNames: ["kind"], registers });
    new Gauge({
      name: "solvent_edges",
      help: "Edges of the game on L1",
      registers,
      collect() {
        this.set(game.replica.edges.size);
      },
    });
  }

  static async create(config: ChallengerConfig, deps: ChallengerDeps): Promise<Challenger> {
    const { system, log } = deps;
    let store: RecordingStore | undefined;
    const open: OpenExecution = (nodes) => deps.open((store = new RecordingStore(nodes)));
    const core = await NodeCore.open(config, system, { keepsUnsafe: false, open }, log);
    const pool = new MachinePool(config.workers, deps.workerModule);
    try {
      const game = await GameFollower.open(core.l1, system.queue, system.startBlock);
      const options: CommitmentOptions = {
        program: core.program,
        store: store!,
        pool,
        heights: game.parameters.heights,
        inboxView: (inbox) => inboxViewAt(core, inbox),
        cacheDir: join(config.dataDir, "commitments"),
      };
      const source = deps.createSource?.(options, game) ?? new Commitments(options);
      const truth = new BackgroundTruth(source, game.parameters.heights);
      const fees = { stuckBlocks: config.stuckBlocks, maxFeePerGas: BigInt(Math.round(config.maxFeeGwei * 1e9)) };
      const sender = await L1Sender.create(core.l1, config.privateKey, core.store, fees, log);
      const from = genesisParent(system.genesisOutputRoot);
      const box: { challenger?: Challenger } = {};
      const propose = (parent: Parent): boolean => box.challenger!.#mayPropose(parent);
      const player = new HonestPlayer(truth, { account: sender.address, from, propose });
      box.challenger = new Challenger(config, deps, core, game, sender, pool, source, truth, player);
      return box.challenger;
    } catch (error) {
      await pool.close();
      await core.close();
      throw error;
    }
  }

  async start(): Promise<Record<string, unknown>> {
    const metrics = await this.#health.start(this.config.metrics.host, this.config.metrics.port);
    this.#schedule(0);
    return { metrics, address: this.sender.address };
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.core.requestStop();
    await this.pool.close();
    await this.#serial.run(async () => {});
    await this.#health.stop();
    await this.core.close();
  }

  /** Whether all that follows from L1's newest block is done: nothing is being computed, nothing is under way. */
  get isQuiet(): boolean {
    const isCurrent = this.#decidedAt === this.core.view.tip?.hash && !this.#hasNews;
    return isCurrent && !this.truth.isBusy && this.sender.pending().length === 0;
  }

  /** One look at L1 and what follows from it. @returns the plan, or null where nothing could be decided. */
  tick(): Promise<Plan | null> {
    return this.#serial.run(() => this.#tick());
  }

  #schedule(delayMs: number): void {
    if (this.#isStopped) return;
    this.#timer = setTimeout(() => {
      if (this.#isTicking) return;
      this.#isTicking = true;
      this.tick()
        .catch((error: Error) => this.#isStopped || this.#fail(error))
        .finally(() => {
          this.#isTicking = false;
          this.#schedule(this.config.l1.pollIntervalMs);
        });
    }, delayMs);
  }

  async #tick(): Promise<Plan | null> {
    const { core, game, sender } = this;
    await core.tick();
    const head = core.view.tip;
    if (head === null || !core.isSynced || core.health.has("l1")) return null;
    if (head.hash === this.#decidedAt && !this.#hasNews && Date.now() - this.#lookedAt < IDLE_MS) return null;
    this.#hasNews = false;
    this.#lookedAt = Date.now();
    try {
      await Promise.all([game.follow(head, (block) => core.view.has(block)), sender.poll()]);
      core.health.report("sender", sender.problem);
      const plan = await this.#play(head);
      this.#decidedAt = head.hash;
      return plan;
    } catch (error) {
      if (!(error instanceof SolventError) || !error.code.startsWith("l1-")) throw error;
      core.health.report("game", error.message);
      return null;
    }
  }

  async #play(head: L1Block): Promise<Plan> {
    const { core, game, truth } = this;
    const plan = this.player.decide(game.replica);
    core.health.report(
      "game",
      plan.contradicted.length > 0 ? `L1 confirmed against us under ${plan.contradicted[0]}` : null,
    );
    truth.fill(plan.missing);
    core.health.report("commitments", truth.problem);
    const moves = this.deps.reviseMoves?.(plan, game) ?? plan.moves;
    await this.#send(moves, head);
    return plan;
  }

  /** What was missing is there: the next look follows at once. */
  #wake(): void {
    this.#hasNews = true;
    if (this.#timer !== null && !this.#isTicking && !this.#isStopped) {
      clearTimeout(this.#timer);
      this.#schedule(0);
    }
  }

  /** Stakes are paid in before the moves that need them; nonces keep the order. */
  async #send(moves: readonly Move[], head: L1Block): Promise<void> {
    const { queue } = this.deps.system;
    const pages = this.#pages(moves, head);
    if (pages.length === 0) return;
    const requests: L1Request[] = [];
    const { stakes } = this.game.parameters;
    const stake = moves.reduce((sum, move) => sum + stakeOf(move, stakes), 0n);
    const paidIn = (this.game.replica.balances.get(this.sender.address) ?? 0n) + this.sender.valueUnderWay(head.number);
    if (stake > paidIn) {
      const data = QUEUE_ABI.encodeFunctionData("deposit") as Hex;
      const key = `deposit ${stake - paidIn} for ${pages[0].key}`;
      requests.push({ key, to: queue, data, value: stake - paidIn, gasLimit: 80_000n });
    }
    for (const { page, key } of pages) {
      for (const { kind } of page) this.#moves.inc({ kind });
      this.deps.log.info({ block: head.number, moves: page.map(({ kind }) => kind) }, "moves");
      requests.push({ key, to: queue, data: encodeMoves(page), gasLimit: this.#gasLimitOf(page) });
    }
    await this.sender.submitAll(requests);
  }

  /** What the moves need, from above, and a quarter more: refunds make estimates too low. */
  #gasLimitOf(page: readonly Move[]): bigint {
    const chosen = page.length === 1 ? this.deps.gasLimitOf?.(page[0]) : undefined;
    const gas = page.reduce((sum, move) => sum + moveGasBound(move, STEP_GAS), 60_000);
    return chosen ?? BigInt(Math.min(STEP_GAS, Math.ceil(gas * 1.25)));
  }

  /**
   * What of a plan is to be sent now, cut into transactions. What is under way is left out; a move of a page that L1 refused goes
   * alone from then on, so that one bad move does not hold up the others.
   */
  #pages(moves: readonly Move[], head: L1Block): Page[] {
    const pages: Page[] = [];
    let together: Move[] = [];
    const flush = (): void => {
      pages.push(...pageMoves(together, this.config.pageGas, STEP_GAS).map(pageOf));
      together = [];
    };
    for (const move of moves) {
      const last = this.#sentIn.get(keyOf([move]));
      if (last !== undefined && this.#isUnderWay(last, head)) continue;
      if (last === undefined || this.sender.find(last)?.status !== "reverted") together.push(move);
      else {
        flush();
        pages.push(pageOf([move]));
      }
    }
    flush();
    const due = pages.filter(({ key }) => !this.#isUnderWay(key, head));
    if (this.#sentIn.size > MAX_REMEMBERED) this.#sentIn.clear();
    for (const { page, key } of due) for (const move of page) this.#sentIn.set(keyOf([move]), key);
    return due;
  }

  /** A page that was mined above the block that was decided on is not seen yet; one that reverted is tried again later and later. */
  #isUnderWay(key: string, head: L1Block): boolean {
    const sent = this.sender.find(key);
    if (sent === undefined) return false;
    if (sent.status === "pending") return true;
    const mined = sent.minedNumber ?? 0;
    if (sent.status === "mined") return mined >= head.number;
    if (sent.status !== "reverted") return false;
    const known = this.#reverts.get(key);
    if (known?.minedNumber !== mined) this.#reverts.set(key, { count: (known?.count ?? 0) + 1, minedNumber: mined });
    return head.number < mined + 2 ** Math.min(MAX_BACKOFF_LOG2, this.#reverts.get(key)!.count);
  }

  /** Asserts when there is something new to say, not too often: a run that is not idle, or an inbox that has grown. */
  #mayPropose(parent: Parent): boolean {
    if (!this.config.propose) return false;
    if (this.#lastAssertion?.parent === parent.id) return true;
    if (parent.inbox.batchCount >= this.core.view.batchCount) {
      const runs = this.truth.runs(parent);
      if (runs === undefined) return true; // it is computed then, and looked at here again
      if (lastLeafOf(runs.tree) === parent.outputRoot) return false;
    }
    const { nowSeconds } = this.game.replica;
    const last = this.#lastAssertion?.at ?? 0;
    if (nowSeconds - last < this.config.assertionIntervalSeconds) return false;
    this.#lastAssertion = { parent: parent.id, at: nowSeconds };
    return true;
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

function pageOf(page: Move[]): Page {
  return { page, key: keyOf(page) };
}

function keyOf(page: readonly Move[]): string {
  const digest = createHash("sha256").update(encodeMoves(page)).digest("hex").slice(0, 16);
  return `${page
    .map(({ kind }) => kind)
    .join("+")
    .slice(0, 60)} ${digest}`;
}

/** Wei that a move takes out of the sender's balance. */
function stakeOf(move: Move, stakes: readonly bigint[]): bigint {
  if (move.kind === "assertState") return stakes[0];
  return move.kind === "open" ? stakes[move.at.level + 1] : 0n;
}
