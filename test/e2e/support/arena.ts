import { createHash } from "node:crypto";
import type { EdgesGame } from "../../../games/edges";
import type { Challenger } from "../../../challenger/challenger";
import { parseFault, type Fault } from "../../../adversary/faults";
import { GarbageSource } from "../../../adversary/garbageSource";
import { LyingSource, type ToldLie } from "../../../adversary/lyingSource";
import type { CommitmentSource } from "../../../challenger/commitments/commitments";
import { devAccount, ROLES } from "../../../devnet/accounts";
import type { Hex } from "../../../protocol/types";
import type { PlacedEdge } from "../../../games/edges";
import { GameRecord, type StepPlace } from "./record";
import { TestSystem, until } from "./system";

const ETHER = 10n ** 18n;
/** A time without events after which the game is taken to stand still, on an L1 with several blocks a second. */
const STILL_MS = 1_000;

export interface LiarSpec {
  fault: string;
  seed: number;
  /** A fault that has no name on the devnet; `fault` then only describes it. */
  create?(): Fault;
  /** Number of the account; each liar has its own. */
  account?: number;
}

/** A liar that runs, and what it said. */
export interface Liar {
  spec: LiarSpec;
  account: Hex;
  challenger: Challenger<EdgesGame>;
  source: CommitmentSource;
  /** L1 time when it began. */
  since: number;
  /** The lie about a run, once told; null for kinds that lie about output roots alone. */
  told(): ToldLie | null;
}

/** What a scenario ended with. */
export interface Battle {
  liars: Liar[];
  /** Events of the game since it began. */
  news: GameRecord["seen"];
  /** Steps that L1 executed, and where they stand. */
  proven: { edge: PlacedEdge; place: StepPlace }[];
  seconds: number;
}

/** An honest challenger over a real system, against whom liars are sent. */
export class Arena {
  readonly system: TestSystem;
  honest!: Challenger<EdgesGame>;
  /** The game as its logs on L1 tell it after the last fight, read by a party of its own. */
  record!: GameRecord;
  /** Those of the present fight. */
  liars: readonly Liar[] = [];
  private clock: NodeJS.Timeout | null = null;

  /** @param stillMs - more where L1's blocks are further apart. */
  constructor(
    system = new TestSystem(),
    private readonly stillMs = STILL_MS,
  ) {
    this.system = system;
  }

  get honestAccount(): Hex {
    return this.honest.sender.address;
  }

  async start(): Promise<void> {
    await this.system.start();
  }

  async startHonest(name = "honest", account: number = ROLES.challenger): Promise<void> {
    this.honest = await this.system.startChallenger(name, account);
  }

  async stop(): Promise<void> {
    if (this.clock !== null) clearInterval(this.clock);
    await this.system.stop();
  }

  /** Posts three blocks: a transfer; a transfer and a call of a precompile; a transfer. */
  async postBlocks(): Promise<void> {
    const { system } = this;
    const to = devAccount(5).address;
    const point = "00".repeat(31) + "01" + "00".repeat(31) + "02";
    const precompile: Hex = `0x${"00".repeat(19)}06`;
    await system.postBatch([
      [await system.sign(0, { to, value: ETHER })],
      [
        await system.sign(1, { to, value: 2n * ETHER }),
        await system.sign(1, { to: precompile, data: `0x${point}${point}`, gasLimit: 100_000n }),
      ],
      [await system.sign(2, { to, value: 3n * ETHER })],
    ]);
  }

  /**
   * Sends the liars, gives them something to lie about, and plays until every lie is slashed and every honest stake is back.
   * @param act - Makes blocks of L2; or whatever else is to happen when the liars run.
   * @throws Error where that takes longer than it may.
   */
  async fight(specs: readonly LiarSpec[], act = () => this.postBlocks()): Promise<Battle> {
    const started = Date.now();
    const from = await this.system.provider.getBlockNumber();
    const liars: Liar[] = [];
    for (const [i, spec] of specs.entries()) liars.push(await this.send(spec, i));
    this.liars = liars;
    await act();
    const stop = this.keepTime(liars);
    try {
      for (const liar of liars) await until(`${liar.spec.fault} slashed`, () => this.isSlashed(liar), 240);
      await until("honest stakes back", () => this.isSettled(), 240);
    } finally {
      stop();
      for (const { challenger } of liars) await this.system.stopChallenger(challenger);
    }
    const { provider, deployment } = this.system;
    this.record = await GameRecord.read(provider, deployment, this.honest.game.parameters);
    const news = this.record.seen.filter(({ l1Block }) => l1Block > from);
    const proven = news.flatMap(({ event }) => {
      if (event.kind !== "StepProven") return [];
      const edge = this.record.replica.edge(event.id)!;
      return [{ edge, place: this.record.placeOf(edge) }];
    });
    return { liars, news, proven, seconds: (Date.now() - started) / 1_000 };
  }

  private async send(spec: LiarSpec, index: number): Promise<Liar> {
    const number = spec.account ?? LIARS[index];
    const account = devAccount(number).address;
    const context = { seed: spec.seed, account: devAccount(9).address, amountWei: 1_000n * ETHER };
    const fault = spec.create?.() ?? parseFault(spec.fault, context);
    const box: { source?: CommitmentSource } = {};
    const deps = {
      ...fault,
      createSource: (...args: Parameters<typeof fault.createSource>) => (box.source = fault.createSource(...args)),
    };
    const since = (await this.system.provider.getBlock("latest"))!.timestamp;
    const name = `liar-${number}-${Date.now()}`;
    const challenger = await this.system.startChallenger<EdgesGame>(name, number, deps);
    const source = box.source!;
    if (!(source instanceof LyingSource || source instanceof GarbageSource))
      throw new Error("a liar that does not lie");
    return {
      spec,
      account,
      challenger,
      source,
      since,
      told: () => (source instanceof LyingSource ? source.told : null),
    };
  }

  /**
   * Takes back 1 to 10 blocks of L1 now and then, with all that was in them, once the next fight is under way.
   * @returns a function that ends it and tells the depths.
   */
  shakeL1(random: () => number, most: number): () => Promise<number[]> {
    const { provider } = this.system;
    const depths: number[] = [];
    let isStopped = false;
    const run = async (): Promise<void> => {
      const edges = this.honest.game.replica.edges.size;
      while (!isStopped && depths.length < most) {
        await new Promise((resolve) => setTimeout(resolve, 300 + random() * 1_500));
        if (this.honest.game.replica.edges.size < edges + 8) continue;
        const depth = 1 + Math.floor(random() * 10);
        const snapshot = (await provider.send("evm_snapshot", [])) as string;
        const from = await provider.getBlockNumber();
        while ((await provider.getBlockNumber()) < from + depth) await new Promise((r) => setTimeout(r, 30));
        await provider.send("evm_revert", [snapshot]);
        depths.push(depth);
      }
    };
    const running = run();
    return async () => {
      isStopped = true;
      await running;
      return depths;
    };
  }

  /** Whether the lie has lost, as the honest party sees it. */
  private isSlashed(liar: Liar): boolean {
    return this.assertionsOf(liar).some(({ status }) => status === "slashed");
  }

  private assertionsOf({ account, since }: Liar): PlacedEdge[] {
    const edges = [...this.honest.game.replica.edges.values()];
    return edges.filter(({ staker, at, created }) => staker === account && at.level === 0 && created >= since);
  }

  private isSettled(): boolean {
    const edges = [...this.honest.game.replica.edges.values()];
    return edges.every(({ staker, status }) => staker !== this.honestAccount || status !== "open");
  }

  /**
   * Puts L1's clock forward by a challenge period whenever the game stands still: every liar has asserted, nobody computes, the honest
   * party has nothing under way, nothing has happened for a while. Then only time can decide, and nobody loses time that he needs.
   */
  private keepTime(liars: readonly Liar[]): () => void {
    const { challengePeriodSeconds } = this.honest.game.parameters;
    const { game } = this.honest;
    /** Changes with every event. */
    const standing = (): string => {
      const states = [...game.replica.edges.values()].map(({ status, timer }) => `${status}${timer}`);
      return `${states.length} ${createHash("sha256").update(states.join()).digest("hex")}`;
    };
    let [last, since, isJumping] = ["", Date.now(), false];
    const look = async (): Promise<void> => {
      const isWaiting = (liar: Liar): boolean => this.assertionsOf(liar).length > 0 && !liar.challenger.truth.isBusy;
      // Not `isQuiet`, which each block of L1 ends for the time it takes to look at it.
      const isIdle = !this.honest.truth.isBusy && this.honest.sender.pending().length === 0;
      const now = standing();
      if (!isIdle || !liars.every(isWaiting) || now !== last) [last, since] = [now, Date.now()];
      if (isJumping || Date.now() - since < this.stillMs || !this.honest.isQuiet) return;
      isJumping = true;
      await this.system.jump(challengePeriodSeconds + 1).catch(() => {});
      [since, isJumping] = [Date.now(), false];
    };
    const timer = (this.clock = setInterval(() => void look(), 50));
    return () => clearInterval(timer);
  }
}

/** Accounts of liars, funded on L1. */
const LIARS = [ROLES.liar, ROLES.stranger, 16, 17] as const;
