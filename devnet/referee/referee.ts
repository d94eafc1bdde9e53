import type { Hex } from "../protocol/types";
import type { Deployment } from "../deployment";
import { EdgesGame, GameReplica, parseGameLog, QUEUE_ABI, type GameEvent, type PlacedEdge } from "../games/edges";
import { L1Rpc } from "../node/l1/rpc";

/** What one account has spent on the game so far. */
export interface Spending {
  transactions: number;
  gas: bigint;
  moves: Record<string, number>;
}

/** An event of the game as the referee saw it. */
export interface Seen {
  event: GameEvent;
  l1Block: number;
  /** Milliseconds on this process's clock. */
  at: number;
}

/** Where a step of the last level stands: block of the assertion, stretch of steps, step in it. */
export interface StepPlace {
  parent: Hex;
  run: number;
  segment: number;
  step: number;
}

interface RpcTransaction {
  hash: Hex;
  from: Hex;
  to: Hex | null;
  input: Hex;
}

/**
 * Watches the game on a devnet's L1 from outside: who moved, what it cost, who won and why. Takes no side and holds no key. Made for a
 * local L1 that does not reorganise.
 */
export class Referee {
  readonly spending = new Map<Hex, Spending>();
  readonly seen: Seen[] = [];
  private readonly listeners = new Set<(seen: Seen) => void>();
  private last: number;
  private timer: NodeJS.Timeout | null = null;
  private isStopped = false;

  private constructor(
    private readonly rpc: L1Rpc,
    private readonly queue: Hex,
    startBlock: number,
    readonly replica: GameReplica,
    private readonly intervalMs: number,
  ) {
    this.last = startBlock - 1;
  }

  static async start(l1Url: string, deployment: Deployment, intervalMs = 100): Promise<Referee> {
    const rpc = new L1Rpc(l1Url);
    const { queue } = deployment.addresses;
    const { parameters } = await EdgesGame.open(rpc, queue, deployment.l1Block);
    const referee = new Referee(rpc, queue, deployment.l1Block, new GameReplica(parameters), intervalMs);
    await referee.look();
    referee.schedule();
    return referee;
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

  spentBy(account: Hex): Spending {
    let found = this.spending.get(account);
    if (found === undefined) this.spending.set(account, (found = { transactions: 0, gas: 0n, moves: {} }));
    return found;
  }

  /** The leaf above the tree that an edge belongs to; undefined at level 0. */
  leafAbove(edge: PlacedEdge): PlacedEdge | undefined {
    for (const root of this.replica.edges.values())
      if (root.at.origin === edge.at.origin && root.at.level === edge.at.level && BigInt(root.at.claim) !== 0n)
        return this.replica.edge(root.at.claim);
    return undefined;
  }

  /** Where an edge of level 2 and height 0 stands in the whole dispute. */
  placeOf(step: PlacedEdge): StepPlace {
    const segment = this.leafAbove(step)!;
    const run = this.leafAbove(segment)!;
    return { parent: this.parentOf(run), run: run.at.index, segment: segment.at.index, step: step.at.index };
  }

  /** Assertion whose child's tree an edge of level 0 belongs to. */
  private parentOf(edge: PlacedEdge): Hex {
    for (const { id, parent } of this.replica.assertions.values())
      if (this.replica.edge(id)!.at.origin === edge.at.origin) return parent;
    throw new Error("bug: an edge of level 0 without an assertion");
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

  private async look(): Promise<void> {
    const head = Number(await this.rpc.send<string>("eth_blockNumber", []));
    if (head <= this.last) return;
    const [fromBlock, toBlock] = [this.last + 1, head].map((number) => `0x${number.toString(16)}`);
    const filter = { address: this.queue, fromBlock, toBlock };
    const logs = await this.rpc.send<{ topics: string[]; data: string; blockNumber: string }[]>("eth_getLogs", [
      filter,
    ]);
    const times = new Map<string, number>();
    for (const number of new Set(logs.map(({ blockNumber }) => blockNumber))) {
      const block = await this.rpc.send<{ timestamp: string }>("eth_getBlockByNumber", [number, false]);
      times.set(number, Number(block.timestamp));
    }
    for (let number = this.last + 1; number <= head; number++) await this.account(number);
    this.last = head;
    for (const log of logs) this.apply(parseGameLog(log), Number(log.blockNumber), times.get(log.blockNumber)!);
  }

  private apply(event: GameEvent | null, l1Block: number, time: number): void {
    if (event === null) return;
    this.replica.apply(event, time);
    const seen = { event, l1Block, at: Date.now() };
    this.seen.push(seen);
    for (const listener of this.listeners) listener(seen);
  }

  private async account(number: number): Promise<void> {
    const block = await this.rpc.send<{ transactions: RpcTransaction[] }>("eth_getBlockByNumber", [
      `0x${number.toString(16)}`,
      true,
    ]);
    for (const { hash, from, to, input } of block.transactions) {
      if (to?.toLowerCase() !== this.queue) continue;
      const receipt = await this.rpc.send<{ gasUsed: string }>("eth_getTransactionReceipt", [hash]);
      const spending = this.spentBy(from.toLowerCase() as Hex);
      spending.transactions++;
      spending.gas += BigInt(receipt.gasUsed);
      for (const name of movesIn(input)) spending.moves[name] = (spending.moves[name] ?? 0) + 1;
    }
  }
}

function movesIn(input: Hex): string[] {
  const call = QUEUE_ABI.parseTransaction({ data: input });
  if (call === null) return [];
  return call.name === "multicall" ? (call.args.data as Hex[]).flatMap(movesIn) : [call.name];
}
