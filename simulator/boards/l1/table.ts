import type { Signer } from "ethers";
import type { GameMove, Plan } from "../../../games/game";
import { quantity } from "../../../protocol/quantity";
import type { Hex } from "../../../protocol/types";
import { Random } from "../../random";
import { deposit, isLegal, MANNERS, playTurn, requestsOf, send, stakeOf, type Seat } from "./seat";

/** A party that plays by itself, in the same process. */
export interface Robot {
  seat: Seat;
  signer: Signer;
  /** Key of `MANNERS`. */
  manner: string;
}

/** What a person may do now: a move of its own that L1 would take, or letting time pass. */
export interface L1Choice {
  /** `wait` (L1's next block), `until` (to whatever comes next), or calldata of a move. */
  key: string;
  move?: GameMove;
  /** Wei that it takes out of the balance. */
  stake: bigint;
}

/** A transaction of the game, as L1 has it. */
export interface L1Event {
  /** L1 seconds. */
  at: number;
  by: Hex;
  data: Hex;
  transaction: Hex;
  gas: number;
}

export type L1Result = "won" | "lost";

/** Parts of a challenge period that `until` jumps at once, and how many at most. */
const PARTS = 12;
const MOST_PARTS = 4 * PARTS;
/** A party in another process is left so long, after each part, to answer what it sees. */
const OTHERS_MS = 2_000;
/** Where L1 makes blocks by itself, the next one is looked for so often. */
const LOOK_MS = 100;

/** A game on an L1 that a person plays move by move, with real transactions. Where another party plays, it moves after each choice. */
export class L1Table {
  private plan: Plan | null = null;
  private turns = 0;
  private readFrom: number | null = null;
  private isContested = false;
  /** Places that were decided when the person sat down: nothing of them is this game's. */
  private past: ReadonlySet<Hex> | null = null;

  /** @param robots - The others, where they play here; none where they are in processes of their own. */
  constructor(
    readonly seat: Seat,
    private readonly signer: Signer,
    readonly side: "truth" | "liar",
    private readonly robots: readonly Robot[],
    private readonly random: Random,
  ) {}

  /** All that the person may do now; nothing where the game is over. */
  async legal(): Promise<L1Choice[]> {
    const plan = await this.look();
    if (this.result(plan) !== null) return [];
    await deposit(this.seat, this.signer, plan.stake);
    const choices = new Map<string, L1Choice>();
    for (const move of plan.moves) {
      const key = this.seat.game.encode([move]);
      // What is valid only after another move of the plan comes when that has been made.
      if (!choices.has(key) && (await isLegal(this.seat, this.signer, move)))
        choices.set(key, { key, move, stake: stakeOf(this.seat, plan, move) });
    }
    return [...choices.values(), { key: "wait", stake: 0n }, { key: "until", stake: 0n }];
  }

  /** Plays a choice, and what the others do after it. @returns what L1 has taken since the last one, in order. */
  async choose({ key, move }: L1Choice): Promise<L1Event[]> {
    if (move !== undefined) await send(this.seat, this.signer, [move]);
    if (key === "wait") await this.nextBlock(0);
    await this.others();
    if (key === "until") await this.untilNews();
    this.turns++;
    return this.news();
  }

  /** What L1 has taken since it was asked last. */
  async news(): Promise<L1Event[]> {
    const rpc = requestsOf(this.signer);
    const head = Number(await rpc.send<string>("eth_blockNumber", []));
    const from = this.readFrom ?? 0;
    this.readFrom = head + 1;
    if (from > head) return [];
    const range = { address: this.seat.queue, fromBlock: quantity(from), toBlock: quantity(head) };
    const logs = await rpc.send<{ transactionHash: Hex }[]>("eth_getLogs", [range]);
    return Promise.all([...new Set(logs.map((log) => log.transactionHash))].map((hash) => this.eventOf(hash)));
  }

  /** Won or lost; null while it goes on. */
  result(plan: Plan): L1Result | null {
    const { game, account } = this.seat;
    const all = game.assertions();
    const decided = new Set(all.filter(({ status }) => status === "confirmed").map(({ place }) => place));
    this.past ??= decided;
    const disputed = all.filter(({ isRivalled, place }) => isRivalled && this.past?.has(place) === false);
    this.isContested ||= disputed.length > 0;
    // A lie may fall alone: where claims answer it, nobody has to assert the truth beside it.
    const isDecided = disputed.every(({ place, status }) => status !== "open" || decided.has(place));
    const isPaid = !game.hasOpenStake(account);
    if (this.side === "truth" && plan.contradicted.length > 0) return "lost";
    if (!this.isContested || !isDecided || !isPaid) return null;
    // What a loser leaves behind is the winner's to take.
    if (this.side === "truth") return plan.moves.length === 0 ? "won" : null;
    return disputed.some(({ staker, status }) => staker === account && status === "confirmed") ? "won" : "lost";
  }

  /** The result at L1's newest block. */
  async end(): Promise<L1Result | null> {
    return this.result(await this.look());
  }

  private async look(): Promise<Plan> {
    return (this.plan = await this.seat.look());
  }

  /** @returns whether one of them moved. */
  private async others(): Promise<boolean> {
    let hasMoved = false;
    for (const { seat, signer, manner } of this.robots) {
      const isOn = MANNERS[manner].moves(this.turns, this.random.below(1_000) / 1_000);
      if (isOn) hasMoved = (await playTurn(seat, signer)) || hasMoved;
    }
    return hasMoved;
  }

  /** Lets time pass until the person has something to do, another moved, or it is over. */
  private async untilNews(): Promise<void> {
    const step = Math.ceil(this.seat.game.challengePeriodSeconds / PARTS);
    const before = this.plan === null ? "" : this.keysOf(this.plan);
    for (let part = 0; part < MOST_PARTS; part++) {
      const size = this.seat.game.size;
      await this.nextBlock(step);
      const hasMoved = await this.others();
      if (this.robots.length === 0) await new Promise((resolve) => setTimeout(resolve, OTHERS_MS));
      const plan = await this.look();
      const isNews = hasMoved || this.seat.game.size !== size || this.keysOf(plan) !== before;
      if (isNews || this.result(plan) !== null) return;
    }
  }

  private keysOf({ moves }: Plan): string {
    return moves.map((move) => this.seat.game.encode([move])).join();
  }

  /** L1's next block, so many seconds later where this L1 can be asked for that; else the block that comes by itself. */
  private async nextBlock(seconds: number): Promise<void> {
    const rpc = requestsOf(this.signer);
    const number = async (): Promise<number> => Number(await rpc.send<string>("eth_blockNumber", []));
    const before = await number();
    try {
      if (seconds > 0) await rpc.send("evm_increaseTime", [seconds]);
      await rpc.send("evm_mine", []);
    } catch {
      while ((await number()) === before) await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  private async eventOf(transaction: Hex): Promise<L1Event> {
    const rpc = requestsOf(this.signer);
    const [sent, receipt] = await Promise.all([
      rpc.send<{ from: Hex; input: Hex; blockNumber: string }>("eth_getTransactionByHash", [transaction]),
      rpc.send<{ gasUsed: string }>("eth_getTransactionReceipt", [transaction]),
    ]);
    const block = await rpc.send<{ timestamp: string }>("eth_getBlockByNumber", [sent.blockNumber, false]);
    const gas = Number(receipt.gasUsed);
    return { at: Number(block.timestamp), by: sent.from.toLowerCase() as Hex, data: sent.input, transaction, gas };
  }
}
