import { createHash } from "node:crypto";
import { join } from "node:path";
import { Counter, Gauge } from "prom-client";
import type { Logger } from "pino";
import type { Hex } from "../node/chain/types";
import { inboxViewOf } from "../node/chain/inboxView";
import type { Actor } from "../node/cli";
import { NodeCore, type OpenExecution } from "../node/core";
import type { InboxView } from "../node/engine/types";
import { SolventError } from "../node/errors";
import {
  encodeMoves,
  GameFollower,
  genesisAssertion,
  HonestPlayer,
  moveGasBound,
  pageMoves,
  QUEUE_ABI,
  type InboxState,
  type Move,
  type Parent,
  type Plan,
} from "../node/game";
import { HealthServer } from "../node/health";
import type { L1Block } from "../node/l1/types";
import { L1Sender } from "../node/l1/sender";
import { ZERO_HASH } from "../node/protocol";
import { Serial } from "../node/serial";
import type { RollupSystem } from "../node/system";
import { Commitments, type CommitmentOptions, type CommitmentSource } from "./commitments/commitments";
import { MachinePool } from "./commitments/pool";
import { RecordingStore } from "./commitments/recording";
import type { ChallengerConfig } from "./config";
import { BackgroundTruth } from "./truth";

/** Gas for one step on L1: the dearest host precompile stays under 15.5 million and goes alone. */
const STEP_GAS = 2_000_000;
const DEAR_STEP_GAS = 16_000_000;

export interface ChallengerDeps {
  system: RollupSystem;
  open: OpenExecution;
  log: Logger;
  /** What this party holds for true; the honest commitments unless a liar brings others. */
  createSource?(options: CommitmentOptions): CommitmentSource;
  /** Last word on the moves of a plan: what an adversary leaves out or adds. The honest party changes nothing. */
  reviseMoves?(plan: Plan, replica: GameFollower): Move[];
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
  #lastAssertion: { parent: Hex; at: number } | null = null;
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
    const pool = new MachinePool(config.workers);
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
      const source = deps.createSource?.(options) ?? new Commitments(options);
      const truth = new BackgroundTruth(source, game.parameters.heights);
      const fees = { stuckBlocks: config.stuckBlocks, maxFeePerGas: BigInt(Math.round(config.maxFeeGwei * 1e9)) };
      const sender = await L1Sender.create(core.l1, config.privateKey, core.store, fees, log);
      const from: Parent = await genesisParent(core, system.genesisOutputRoot);
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
    const { core, game } = this;
    await core.tick();
    const head = core.view.tip;
    if (head === null || !core.isSynced || core.health.has("l1")) return null;
    try {
      await game.follow(head, (block) => core.view.has(block));
      await this.sender.poll();
      core.health.report("sender", this.sender.problem);
      return await this.#play(head);
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
    const filling = truth.fill(plan.missing);
    core.health.report("commitments", truth.problem);
    // What was missing is often there in a moment: then the next look follows at once.
    filling?.then(() => this.#wake());
    const moves = this.deps.reviseMoves?.(plan, game) ?? plan.moves;
    await this.#send(moves, plan.stake, head);
    return plan;
  }

  #wake(): void {
    if (this.#timer !== null && !this.#isTicking && !this.#isStopped) {
      clearTimeout(this.#timer);
      this.#schedule(0);
    }
  }

  /** Stakes are paid in before the moves that need them; nonces keep the order. */
  async #send(moves: readonly Move[], stake: bigint, head: L1Block): Promise<void> {
    if (moves.length === 0) return;
    const { queue } = this.deps.system;
    const pages = pageMoves(moves, this.config.pageGas, STEP_GAS);
    const waiting = pages.map((page) => ({ page, key: keyOf(page) })).filter(({ key }) => !this.#isUnderWay(key, head));
    if (waiting.length === 0) return;
    const balance = this.game.replica.balances.get(this.sender.address) ?? 0n;
    if (stake > balance) {
      const data = QUEUE_ABI.encodeFunctionData("deposit") as Hex;
      const key = `deposit ${stake - balance} for ${waiting[0].key}`;
      await this.sender.submit({ key, to: queue, data, value: stake - balance, gasLimit: 80_000n });
    }
    for (const { page, key } of waiting) {
      for (const { kind } of page) this.#moves.inc({ kind });
      this.deps.log.info({ block: head.number, moves: page.map(({ kind }) => kind) }, "moves");
      await this.sender.submit({ key, to: queue, data: encodeMoves(page), gasLimit: gasLimitOf(page) });
    }
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
    return head.number < mined + 2 ** Math.min(10, this.#reverts.get(key)!.count);
  }

  /** Asserts when there is something new to say, not too often. */
  #mayPropose(parent: Parent): boolean {
    if (!this.config.propose || !this.core.isSynced) return false;
    const { nowSeconds } = this.game.replica;
    if (this.#lastAssertion?.parent === parent.id) return true;
    const { view } = this.core;
    const safe = this.core.chain.requireBlockAt(this.core.chain.safe.number);
    const isBehind = parent.inbox.batchCount < view.batchCount || safe.outputRoot !== parent.outputRoot;
    if (!isBehind) return false;
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
async function genesisParent(core: NodeCore, outputRoot: Hex): Promise<Parent> {
  const inbox: InboxState = { batchCount: 0, lastBatch: ZERO_HASH, delayedCount: 0, lastDelayed: ZERO_HASH };
  void core;
  return { id: genesisAssertion(outputRoot), outputRoot, inbox };
}

function keyOf(page: readonly Move[]): string {
  const digest = createHash("sha256").update(encodeMoves(page)).digest("hex").slice(0, 16);
  return `${page
    .map(({ kind }) => kind)
    .join("+")
    .slice(0, 60)} ${digest}`;
}

function gasLimitOf(page: readonly Move[]): bigint {
  if (page.some(({ kind }) => kind === "proveStep")) return BigInt(DEAR_STEP_GAS);
  const gas = page.reduce((sum, move) => sum + moveGasBound(move, STEP_GAS), 60_000);
  return BigInt(Math.min(DEAR_STEP_GAS, Math.ceil(gas * 1.25)));
}
