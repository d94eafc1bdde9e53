import { createHash } from "node:crypto";
import { formatEther } from "ethers";
import type { DisputeGame, GameMove } from "../games/game";
import { DEPOSIT_GAS } from "../games/money";
import { SETTLEMENT_ABI } from "../games/settlement";
import type { L1Rpc } from "../node/l1/rpc";
import type { L1Request, L1Sender } from "../node/l1/sender";
import type { Hex, L1Block } from "../protocol/types";
import { STEP_GAS } from "./capital";
import { revertReason } from "./reverts";

/** A page that L1 refused waits for at most 2^this many blocks before it is tried again. */
const MAX_BACKOFF_LOG2 = 6;
const MAX_REMEMBERED = 10_000;
const MULTICALL = SETTLEMENT_ABI.getFunction("multicall")!;

/** Moves of one transaction, and the name it is sent under. */
interface Page {
  page: GameMove[];
  key: string;
}

/** What a plan asks for: free moves in order, and parts that take stakes, the most urgent first. */
export interface Order {
  free: readonly GameMove[];
  staked: readonly (readonly GameMove[])[];
  /** Wei that a move takes out of the balance in the queue. */
  stakeOf(move: GameMove): bigint;
}

/** What the account has, in wei. */
export interface Funds {
  /** Ether that is not spoken for by transactions under way. */
  wallet: bigint;
  /** Its balance in the queue at the block that is decided on, with what is being paid in. */
  queue: bigint;
  /** Bid per gas of a transaction that is sent now; null while L1 asks for more than the limit. */
  bid: bigint | null;
}

export interface MoveSenderOptions {
  game: Pick<DisputeGame, "encode" | "page" | "gasBound" | "explainRevert">;
  queue: Hex;
  sender: L1Sender;
  rpc: L1Rpc;
  pageGas: number;
  /** Gas that is given to a move which goes alone, where that is not what it needs. */
  gasLimitOf?(move: GameMove): bigint | undefined;
  /** Told of each page that goes out. */
  onPage(page: readonly GameMove[]): void;
}

/**
 * Sends the moves of a plan: all that is free, then what takes a stake in the order given, each with a deposit of its own, as far as the
 * wallet covers it. What cannot be paid is left out and named; it never holds up anything else.
 */
export class MoveSender {
  /** What is left out for lack of ether, and how much is missing; null when nothing is. */
  shortfall: string | null = null;
  /** Own moves that L1 reverted and the plan still wants, with the reason; null when there are none. */
  reverted: string | null = null;
  private readonly options: MoveSenderOptions;
  /** The page that a move was sent in last, by its calldata's digest. */
  private readonly sentIn = new Map<string, string>();
  /** Digests of what the plan asks for. */
  private wanted: ReadonlySet<string> = new Set();
  /** How often a page of moves was refused by L1, when last, and why. */
  private readonly reverts = new Map<string, { count: number; minedNumber: number; reason: string }>();
  /** Of moves that were looked at, each an object of one plan: a quiet challenger works at little else. */
  private readonly digests = new WeakMap<GameMove, string>();

  constructor(options: MoveSenderOptions) {
    this.options = options;
    this.recall();
  }

  /** Learns from what the sender has on its way, or had, which moves went in which page: as a new process does. */
  recall(): void {
    this.sentIn.clear();
    const { queue, sender } = this.options;
    for (const { key, to, data } of sender.all()) if (to === queue) this.remember(callsIn(data).map(digestOf), key);
  }

  /** Whether an assertion is on its way. */
  get isAsserting(): boolean {
    return this.options.sender.pending().some(({ key }) => key.startsWith("assertState"));
  }

  /**
   * What L1 loses again, by a reorg or before it had it, is sent again only if a later plan still wants it.
   * @param head - The block that was decided on. @throws SolventError `l1-*`
   */
  async send(order: Order, funds: Funds, head: L1Block): Promise<void> {
    const all = [...order.free, ...order.staked.flat()];
    await this.noteReverts(all);
    const till = new Till(funds);
    for (const move of all) if (this.isMoveUnderWay(move, head)) till.credit -= order.stakeOf(move);

    const requests: L1Request[] = [];
    this.wanted = new Set(all.map((move) => this.digestOfMove(move)));
    for (const page of this.pages(order.free, head)) {
      const request = this.requestOf(page);
      if (till.take(request.gasLimit!)) requests.push(this.noted(page, request));
      else till.miss(page.key, request.gasLimit!, 0n);
    }
    for (const part of order.staked) requests.push(...this.payable(part, order, till, head));
    if (till.isShort && requests.length === 0) requests.push(...this.withdrawal(till, head));
    this.shortfall = till.missing;
    const lapsing = requests.map((request) => ({ ...request, lapses: true }));
    if (lapsing.length > 0) await this.options.sender.submitAll(lapsing, head);
  }

  /** Of one part what can be paid, with a deposit before each stake that the balance does not cover; the rest hangs on what cannot. */
  private payable(part: readonly GameMove[], order: Order, till: Till, head: L1Block): L1Request[] {
    const requests: L1Request[] = [];
    for (const segment of splitAtStakes(part, order.stakeOf)) {
      const pages = this.pages(segment, head).map((page) => ({ page, request: this.requestOf(page) }));
      if (pages.length === 0) continue;
      const isPaid = this.isMoveUnderWay(segment[0], head);
      const stake = isPaid ? 0n : order.stakeOf(segment[0]);
      const deposit = stake > till.credit ? stake - till.credit : 0n;
      const gas = pages.reduce((sum, { request }) => sum + request.gasLimit!, deposit > 0n ? DEPOSIT_GAS : 0n);
      if (!till.take(gas, deposit, BigInt(STEP_GAS))) {
        till.miss(pages[0].page.key, gas, deposit, BigInt(STEP_GAS));
        return requests;
      }
      till.credit += deposit - stake;
      if (deposit > 0n) {
        const key = `deposit ${formatEther(deposit)} at ${head.number} for ${pages[0].page.key}`;
        const data = SETTLEMENT_ABI.encodeFunctionData("deposit") as Hex;
        requests.push({ key, to: this.options.queue, data, value: deposit, gasLimit: DEPOSIT_GAS });
      }
      requests.push(...pages.map(({ page, request }) => this.noted(page, request)));
    }
    return requests;
  }

  /** Takes the balance out of the queue where gas is missing and nothing under way needs the balance. */
  private withdrawal(till: Till, head: L1Block): L1Request[] {
    const { queue, sender } = this.options;
    if (till.credit <= 0n || sender.pending().length > 0 || !till.take(DEPOSIT_GAS)) return [];
    const data = SETTLEMENT_ABI.encodeFunctionData("withdraw", [sender.address]) as Hex;
    return [{ key: `withdraw at ${head.number}`, to: queue, data, gasLimit: DEPOSIT_GAS }];
  }

  /** What the moves need, from above, and a quarter more: refunds make estimates too low. */
  private requestOf({ page, key }: Page): L1Request {
    const chosen = page.length === 1 ? this.options.gasLimitOf?.(page[0]) : undefined;
    const gas = page.reduce((sum, move) => sum + this.options.game.gasBound(move, STEP_GAS), 60_000);
    const gasLimit = chosen ?? BigInt(Math.min(STEP_GAS, Math.ceil(gas * 1.25)));
    return { key, to: this.options.queue, data: this.options.game.encode(page), gasLimit };
  }

  private noted({ page, key }: Page, request: L1Request): L1Request {
    if (this.sentIn.size > MAX_REMEMBERED) this.recall();
    this.remember(
      page.map((move) => this.digestOfMove(move)),
      key,
    );
    this.options.onPage(page);
    return request;
  }

  /**
   * What of some moves is to be sent now, cut into transactions. What is under way is left out; a move of a page that L1 refused goes
   * alone from then on, so that one bad move does not hold up the others.
   */
  private pages(moves: readonly GameMove[], head: L1Block): Page[] {
    const { game, pageGas } = this.options;
    const pages: Page[] = [];
    let together: GameMove[] = [];
    const flush = (): void => {
      pages.push(...game.page(together, pageGas, STEP_GAS).map((page) => this.pageOf(page)));
      together = [];
    };
    for (const move of moves) {
      const last = this.pageWith(move);
      if (last !== undefined && this.isUnderWay(last, head)) continue;
      if (last === undefined || !this.isRefused(last)) together.push(move);
      else {
        flush();
        pages.push(this.pageOf([move]));
      }
    }
    flush();
    return pages.filter(({ key }) => !this.isUnderWay(key, head));
  }

  /** Whether L1 reverted a page for what is in it: not where others made one of its moves first, and the rest is as good as before. */
  private isRefused(key: string): boolean {
    const sent = this.options.sender.find(key);
    return sent?.status === "reverted" && callsIn(sent.data).every((call) => this.wanted.has(digestOf(call)));
  }

  /** Whether a move was sent and what became of it is not seen yet. */
  private isMoveUnderWay(move: GameMove, head: L1Block): boolean {
    const sent = this.options.sender.find(this.pageWith(move) ?? this.keyOf([move]));
    if (sent === undefined) return false;
    return sent.status === "pending" || (sent.status === "mined" && (sent.minedNumber ?? 0) > head.number);
  }

  /** A page that was mined above the block that was decided on is not seen yet; one that reverted is tried again later and later. */
  private isUnderWay(key: string, head: L1Block): boolean {
    const sent = this.options.sender.find(key);
    if (sent === undefined) return false;
    if (sent.status === "pending") return true;
    const mined = sent.minedNumber ?? 0;
    if (sent.status === "mined") return mined >= head.number;
    if (sent.status !== "reverted") return false;
    return head.number < mined + 2 ** Math.min(MAX_BACKOFF_LOG2, this.reverts.get(key)?.count ?? 1);
  }

  private pageOf(page: GameMove[]): Page {
    return { page, key: this.keyOf(page) };
  }

  private keyOf(page: readonly GameMove[]): string {
    const kinds = page.map(({ kind }) => kind).join("+");
    const digest = page.length === 1 ? this.digestOfMove(page[0]) : digestOf(this.options.game.encode(page));
    return `${kinds.slice(0, 60)} ${digest}`;
  }

  private digestOfMove(move: GameMove): string {
    let digest = this.digests.get(move);
    if (digest === undefined) this.digests.set(move, (digest = digestOf(this.options.game.encode([move]))));
    return digest;
  }

  /** The page that a move was sent in last. */
  private pageWith(move: GameMove): string | undefined {
    return this.sentIn.get(this.digestOfMove(move));
  }

  private remember(digests: readonly string[], key: string): void {
    for (const digest of digests) this.sentIn.set(digest, key);
  }

  /** Looks which moves that are still wanted L1 reverted, and why. */
  private async noteReverts(moves: readonly GameMove[]): Promise<void> {
    const { game, sender, rpc } = this.options;
    const problems = new Set<string>();
    for (const key of new Set(moves.map((move) => this.pageWith(move) ?? this.keyOf([move])))) {
      const sent = sender.find(key);
      if (sent?.status !== "reverted" || sent.minedNumber === null) continue;
      let known = this.reverts.get(key);
      if (known?.minedNumber !== sent.minedNumber) {
        const reason = await revertReason(rpc, sender.address, sent, (data) => game.explainRevert(data));
        known = { count: (known?.count ?? 0) + 1, minedNumber: sent.minedNumber, reason };
        this.reverts.set(key, known);
      }
      const times = known.count === 1 ? "" : ` ${known.count} times`;
      problems.add(`L1 reverted ${key.replace(/ \w+$/, "")}${times}: ${known.reason}`);
    }
    this.reverted = problems.size === 0 ? null : [...problems].slice(0, 3).join("; ");
    if (this.reverts.size > MAX_REMEMBERED) this.reverts.clear();
  }
}

function digestOf(data: Hex): string {
  return createHash("sha256").update(data).digest("hex").slice(0, 16);
}

/** The calls of a transaction to the queue. */
function callsIn(data: Hex): Hex[] {
  const { name, selector } = MULTICALL;
  return data.startsWith(selector) ? [...(SETTLEMENT_ABI.decodeFunctionData(name, data)[0] as Hex[])] : [data];
}

/** What is left of the account's ether while an order is cut to it. */
class Till {
  /** In the queue, free for stakes. */
  credit: bigint;
  /** The first thing that could not be paid. */
  missing: string | null = null;
  private wallet: bigint;
  private readonly bid: bigint;

  constructor({ wallet, queue, bid }: Funds) {
    this.wallet = wallet;
    this.credit = queue;
    this.bid = bid ?? 0n;
  }

  get isShort(): boolean {
    return this.missing !== null;
  }

  /**
   * Spends it, if all of it is there.
   * @param keptGas - Gas that the wallet must cover afterwards: a stake that cannot be followed up is of no use.
   */
  take(gas: bigint, value = 0n, keptGas = 0n): boolean {
    const cost = gas * this.bid + value;
    if (cost + keptGas * this.bid > this.wallet) return false;
    this.wallet -= cost;
    return true;
  }

  miss(key: string, gas: bigint, stake: bigint, keptGas = 0n): void {
    const cost = (gas + keptGas) * this.bid + stake;
    const missing = formatEther(cost - this.wallet);
    const what = stake > 0n ? `a stake of ${formatEther(stake)} ether and gas` : "gas";
    this.missing ??= `${key.replace(/ \w+$/, "")} waits for ${missing} ether: ${what} may take ${formatEther(cost)}, the wallet has ${formatEther(this.wallet)}`;
  }
}

/** Cuts a part before each move that takes a stake. */
function splitAtStakes(part: readonly GameMove[], stakeOf: (move: GameMove) => bigint): GameMove[][] {
  const segments: GameMove[][] = [];
  for (const move of part)
    if (segments.length === 0 || stakeOf(move) > 0n) segments.push([move]);
    else segments[segments.length - 1].push(move);
  return segments;
}
