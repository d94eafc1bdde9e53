import type { PooledTransaction, PoolView } from "../../node/chain/types";
import type { Hex } from "../../protocol/types";
import { decodeTransaction, TransactionDecodeError, type DecodedTransaction } from "../../node/transactions";
import { checkStateless, costOf, feesOf, refused, type ChainLimits } from "./checks";

export interface PoolLimits {
  /** Transactions held in all. */
  total: number;
  /** Transactions held of one sender. */
  perSender: number;
  /** Of those, how many may wait behind a nonce gap. */
  queuedPerSender: number;
}

export interface AccountState {
  nonce: bigint;
  balance: bigint;
}

/** One transaction in the pool. */
export interface Pooled extends PooledTransaction {
  tx: DecodedTransaction;
  cost: bigint;
  /** Order of arrival; ties in price go to the earlier one. */
  arrival: number;
}

/** Transactions of one sender by nonce. */
interface Sender {
  byNonce: Map<bigint, Pooled>;
  state: AccountState;
  costs: bigint;
}

const REPLACEMENT_PERCENT = 110n;

/**
 * Signed transactions that wait for a block: a queue by nonce for each sender, replacement for a tenth more on both fees, bounded
 * in number. Checks what geth's pool checks, in its words. Knows the state only through `account`.
 */
export class Mempool implements PoolView {
  private readonly senders = new Map<Hex, Sender>();
  private readonly byHash = new Map<Hex, Pooled>();
  private arrivals = 0;

  /** @param account - state of an address at the unsafe head. */
  constructor(
    private readonly account: (address: Hex) => AccountState,
    private readonly chain: ChainLimits,
    private readonly limits: PoolLimits,
  ) {}

  /**
   * Takes a transaction in.
   * @param isReturning - it stood in a block that was dropped: limits of number do not apply.
   * @returns the entry, and the hash of the one that it replaced.
   * @throws SolventError `tx-*` in geth's words.
   */
  add(raw: Uint8Array, isReturning = false): { entry: Pooled; replaced: Hex | null } {
    const tx = decode(raw);
    const hash = tx.hash as Hex;
    if (this.byHash.has(hash)) throw refused("known", "already known");
    checkStateless(tx, this.chain);
    const from = tx.from as Hex;
    const sender = this.senders.get(from) ?? { byNonce: new Map(), state: this.account(from), costs: 0n };
    const { nonce, balance } = sender.state;
    if (tx.nonce < nonce) throw refused("nonce-low", `nonce too low: address ${from}, tx: ${tx.nonce} state: ${nonce}`);
    const old = sender.byNonce.get(tx.nonce);
    if (old !== undefined) checkReplacement(old.tx, tx);
    const cost = costOf(tx);
    const others = sender.costs - (old?.cost ?? 0n);
    if (cost > balance) throw insufficient(`balance ${balance}, tx cost ${cost}, overshot ${cost - balance}`);
    if (cost + others > balance)
      throw insufficient(
        `balance ${balance}, queued cost ${others}, tx cost ${cost}, overshot ${cost + others - balance}`,
      );
    if (old === undefined && !isReturning) this.makeRoom(sender, tx);
    const entry: Pooled = { hash, raw, from, nonce: tx.nonce, tx, cost, arrival: this.arrivals++ };
    if (old !== undefined) this.byHash.delete(old.hash);
    sender.byNonce.set(tx.nonce, entry);
    sender.costs = others + cost;
    this.senders.set(from, sender);
    this.byHash.set(hash, entry);
    return { entry, replaced: old?.hash ?? null };
  }

  /** Forgets a transaction that cannot become valid. */
  remove(hash: Hex): void {
    const entry = this.byHash.get(hash);
    if (entry === undefined) return;
    this.byHash.delete(hash);
    const sender = this.senders.get(entry.from)!;
    sender.byNonce.delete(entry.nonce);
    sender.costs -= entry.cost;
    if (sender.byNonce.size === 0) this.senders.delete(entry.from);
  }

  /** The unsafe head moved: reads the states again and drops what is used up. @returns the hashes dropped. */
  refresh(): Hex[] {
    const dropped: Hex[] = [];
    for (const [address, sender] of this.senders) {
      sender.state = this.account(address);
      for (const [nonce, entry] of sender.byNonce) if (nonce < sender.state.nonce) dropped.push(entry.hash);
    }
    for (const hash of dropped) this.remove(hash);
    return dropped;
  }

  /**
   * What to try in the next block, in that order: dearest tip first, each sender's in the order of nonces.
   * @param maxGas - stops when the gas limits together reach it (a block may use less, so allow some more).
   * @param maxBytes - stops when the bytes together reach it.
   */
  candidates(baseFee: bigint, maxGas: bigint, maxBytes: number): Pooled[] {
    const heads: { entry: Pooled; tip: bigint }[] = [];
    const push = (address: Hex, nonce: bigint): void => {
      const entry = this.senders.get(address)?.byNonce.get(nonce);
      if (entry === undefined) return;
      const { maxFee, tip } = feesOf(entry.tx);
      if (maxFee < baseFee) return;
      siftUp(heads, { entry, tip: tip < maxFee - baseFee ? tip : maxFee - baseFee });
    };
    for (const [address, sender] of this.senders) push(address, sender.state.nonce);
    const chosen: Pooled[] = [];
    let gas = 0n;
    let bytes = 0;
    while (heads.length > 0 && gas < maxGas) {
      const { entry } = pop(heads);
      if (bytes + entry.raw.length > maxBytes) continue;
      bytes += entry.raw.length;
      gas += entry.tx.gasLimit;
      chosen.push(entry);
      push(entry.from, entry.nonce + 1n);
    }
    return chosen;
  }

  get size(): number {
    return this.byHash.size;
  }

  /** Whether a transaction is next in its account's order, whatever it pays: blocks without it bring the base fee down to it. */
  get hasExecutable(): boolean {
    for (const { state, byNonce } of this.senders.values()) if (byNonce.has(state.nonce)) return true;
    return false;
  }

  counts(): { pending: number; queued: number } {
    const pending = this.pending().length;
    return { pending, queued: this.byHash.size - pending };
  }

  get(hash: Hex): Pooled | undefined {
    return this.byHash.get(hash);
  }

  nextNonce(address: Hex): bigint | undefined {
    const sender = this.senders.get(address);
    if (sender === undefined) return undefined;
    let next = sender.state.nonce;
    while (sender.byNonce.has(next)) next++;
    return next;
  }

  pending(): Pooled[] {
    const found: Pooled[] = [];
    for (const sender of this.senders.values())
      for (let nonce = sender.state.nonce; sender.byNonce.has(nonce); nonce++) found.push(sender.byNonce.get(nonce)!);
    return found;
  }

  queued(): Pooled[] {
    const executable = new Set(this.pending());
    return [...this.byHash.values()].filter((entry) => !executable.has(entry));
  }

  /** A full pool makes room by dropping its cheapest transaction, if that is cheaper than the new one. */
  private makeRoom(sender: Sender, tx: DecodedTransaction): void {
    if (sender.byNonce.size >= this.limits.perSender)
      throw refused(
        "account-limit",
        `account limit exceeded: ${this.limits.perSender} transactions of this sender wait`,
      );
    let gapless = sender.state.nonce;
    while (sender.byNonce.has(gapless)) gapless++;
    const queued = sender.byNonce.size - Number(gapless - sender.state.nonce);
    if (tx.nonce > gapless && queued >= this.limits.queuedPerSender)
      throw refused("account-limit", "account limit exceeded: too many transactions behind a nonce gap");
    if (this.byHash.size < this.limits.total) return;
    let cheapest: Pooled | undefined;
    for (const entry of this.byHash.values())
      if (cheapest === undefined || feesOf(entry.tx).tip < feesOf(cheapest.tx).tip) cheapest = entry;
    if (cheapest === undefined || feesOf(cheapest.tx).tip >= feesOf(tx).tip) throw refused("full", "txpool is full");
    this.remove(cheapest.hash);
  }
}

function decode(raw: Uint8Array): DecodedTransaction {
  try {
    return decodeTransaction(raw);
  } catch (error) {
    if (error instanceof TransactionDecodeError) throw refused("malformed", error.message);
    throw error;
  }
}

function checkReplacement(old: DecodedTransaction, tx: DecodedTransaction): void {
  const [before, after] = [feesOf(old), feesOf(tx)];
  const isEnough = (from: bigint, to: bigint): boolean => to > from && to * 100n >= from * REPLACEMENT_PERCENT;
  if (!isEnough(before.maxFee, after.maxFee) || !isEnough(before.tip, after.tip))
    throw refused("replacement", "replacement transaction underpriced");
}

function insufficient(detail: string): Error {
  return refused("funds", `insufficient funds for gas * price + value: ${detail}`);
}

type Head = { entry: Pooled; tip: bigint };

function isBefore(a: Head, b: Head): boolean {
  return a.tip === b.tip ? a.entry.arrival < b.entry.arrival : a.tip > b.tip;
}

function siftUp(heap: Head[], head: Head): void {
  let i = heap.push(head) - 1;
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (!isBefore(heap[i], heap[parent])) return;
    [heap[i], heap[parent]] = [heap[parent], heap[i]];
    i = parent;
  }
}

function pop(heap: Head[]): Head {
  const top = heap[0];
  const last = heap.pop()!;
  if (heap.length === 0) return top;
  heap[0] = last;
  for (let i = 0; ;) {
    let best = i;
    for (const child of [2 * i + 1, 2 * i + 2])
      if (child < heap.length && isBefore(heap[child], heap[best])) best = child;
    if (best === i) return top;
    [heap[i], heap[best]] = [heap[best], heap[i]];
    i = best;
  }
}
