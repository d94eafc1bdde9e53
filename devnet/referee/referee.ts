import type { Interface, TransactionDescription } from "ethers";
import type { AssertionInfo } from "../../games/types";
import { L1Rpc } from "../../node/l1/rpc";
import { quantity } from "../../protocol/quantity";
import { Serial } from "../../protocol/serial";
import type { Hex } from "../../protocol/types";
import type { Spending, StepPlace, Verdict } from "./types";

/** What an event of any game is to whoever watches a dispute. */
export type Told =
  | { kind: "asserted"; by: Hex; assertion: AssertionInfo }
  /** What is in question is halved: so many leaves of a level are left. Levels are blocks, stretches of steps, steps. */
  | { kind: "narrowed"; level: number; leaves: number }
  /** One leaf is left, and what is below it is shown. */
  | { kind: "opened"; level: number; by: Hex }
  | { kind: "proven"; place: StepPlace };

/** An event of the game as the referee saw it. */
export interface Seen<E = unknown> {
  event: E;
  told: Told | null;
  l1Block: number;
  /** Milliseconds on this process's clock. */
  at: number;
}

interface RpcTransaction {
  hash: Hex;
  from: Hex;
  to: Hex | null;
  input: Hex;
}

/** A transaction to the queue. */
interface Sent {
  from: Hex;
  calls: TransactionDescription[];
  gas: bigint;
  /** Whether L1 did not revert it. */
  isGood: boolean;
}

/**
 * Watches the game on a devnet's L1 from outside: who moved, what it cost, who won and why. Takes no side and holds no key. Made for a
 * local L1 that does not reorganise.
 */
export abstract class Referee<E = unknown> {
  readonly spending = new Map<Hex, Spending>();
  readonly seen: Seen<E>[] = [];
  /** Heights of the game's levels. */
  abstract readonly heights: readonly [number, number, number];
  abstract readonly challengePeriodSeconds: number;
  private readonly listeners = new Set<(seen: Seen) => void>();
  private readonly serial = new Serial();
  private last: number;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  /** @param abi - of the queue, with the game's calls. */
  protected constructor(
    private readonly rpc: L1Rpc,
    private readonly queue: Hex,
    startBlock: number,
    private readonly abi: Interface,
    private readonly intervalMs: number,
  ) {
    this.last = startBlock - 1;
  }

  /** Assertions of an account, oldest first. */
  abstract assertedBy(account: Hex): AssertionInfo[];
  /**
   * How the dispute over a false assertion of `liar` ended; null until all of it is over.
   * @param from - Index in `seen` from which on events count.
   */
  abstract verdict(liar: Hex, from: number): Verdict | null;
  /** One line on the game as it is. */
  abstract standing(): string;
  /** @returns null for logs of something else. */
  protected abstract parse(log: { topics: string[]; data: string }): E | null;
  /** Takes an event in. @param timeSeconds - of its L1 block. @returns what it is to a spectator. */
  protected abstract apply(event: E, timeSeconds: number): Told | null;

  /** Told of each call that L1 has executed, before the events of its block. */
  protected observe(_call: TransactionDescription): void {}

  /** Reads what has been; what that has cost is nobody's of a dispute to come. */
  async start(): Promise<this> {
    await this.serial.run(() => this.read(true));
    this.schedule();
    return this;
  }

  /** @returns the function that ends the subscription. */
  subscribe(listener: (seen: Seen) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  stop(): void {
    this.isStopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
  }

  /** Since it was started. */
  spentBy(account: Hex): Spending {
    let found = this.spending.get(account);
    if (found === undefined) this.spending.set(account, (found = { transactions: 0, gas: 0n, moves: {} }));
    return found;
  }

  private schedule(): void {
    if (this.isStopped) return;
    // L1 may be down for a while in a fault; the next look reads what was missed.
    this.timer = setTimeout(
      () =>
        void this.look()
          .catch(() => {})
          .finally(() => this.schedule()),
      this.intervalMs,
    );
  }

  /** Reads what L1 has by now; it also does by itself, from time to time. */
  look(): Promise<void> {
    return this.serial.run(() => this.read());
  }

  private async read(isPast = false): Promise<void> {
    const head = Number(await this.rpc.send<string>("eth_blockNumber", []));
    if (head <= this.last) return;
    const [fromBlock, toBlock] = [this.last + 1, head].map(quantity);
    const filter = { address: this.queue, fromBlock, toBlock };
    const logs = await this.rpc.send<{ topics: string[]; data: string; blockNumber: string }[]>("eth_getLogs", [
      filter,
    ]);
    const times = new Map<string, number>();
    for (const number of new Set(logs.map(({ blockNumber }) => blockNumber))) {
      const block = await this.rpc.send<{ timestamp: string }>("eth_getBlockByNumber", [number, false]);
      times.set(number, Number(block.timestamp));
    }
    // Only what failed leaves no log, and of the past that is nothing to anybody.
    const sent: Sent[] = [];
    for (let number = this.last + 1; number <= head; number++)
      if (!isPast || times.has(quantity(number))) sent.push(...(await this.sentIn(number)));
    // Nothing is taken in before all is there: whatever fails on the way is read again, and counts once.
    this.last = head;
    for (const one of sent) this.account(one, isPast);
    for (const log of logs) this.note(this.parse(log), Number(log.blockNumber), times.get(log.blockNumber)!);
  }

  private note(event: E | null, l1Block: number, time: number): void {
    if (event === null) return;
    const seen = { event, told: this.apply(event, time), l1Block, at: Date.now() };
    this.seen.push(seen);
    for (const listener of this.listeners) listener(seen);
  }

  /** What a block has for the queue. */
  private async sentIn(number: number): Promise<Sent[]> {
    type Block = { transactions: RpcTransaction[] };
    const block = await this.rpc.send<Block>("eth_getBlockByNumber", [quantity(number), true]);
    const sent: Sent[] = [];
    for (const { hash, from, to, input } of block.transactions) {
      if (to?.toLowerCase() !== this.queue) continue;
      const receipt = await this.rpc.send<{ gasUsed: string; status: string }>("eth_getTransactionReceipt", [hash]);
      const isGood = BigInt(receipt.status) === 1n;
      sent.push({ from: from.toLowerCase() as Hex, calls: this.callsIn(input), gas: BigInt(receipt.gasUsed), isGood });
    }
    return sent;
  }

  private account({ from, calls, gas, isGood }: Sent, isPast: boolean): void {
    if (isGood) for (const call of calls) this.observe(call);
    if (isPast) return;
    const spending = this.spentBy(from);
    spending.transactions++;
    spending.gas += gas;
    for (const { name } of calls) spending.moves[name] = (spending.moves[name] ?? 0) + 1;
  }

  private callsIn(input: Hex): TransactionDescription[] {
    const call = this.abi.parseTransaction({ data: input });
    if (call === null) return [];
    return call.name === "multicall" ? (call.args.data as Hex[]).flatMap((part) => this.callsIn(part)) : [call];
  }
}
