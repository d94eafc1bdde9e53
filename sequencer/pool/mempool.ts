import type { PooledTransaction, PoolView } from "../../node/chain/types";
import type { Hex } from "../../protocol/types";
import { decodeTransaction, TransactionDecodeError, type DecodedTransaction } from "../../node/transactions";
import { checkStateless, costOf, feesOf, intrinsicGas, refused, type ChainLimits } from "./checks";

export interface PoolLimits {
  /** Transactions held in all, and their bytes together. */
  total: number;
  totalBytes: number;
  /** Transactions held of one sender. */
  perSender: number;
  /** Of those, how many may wait behind a nonce gap. */
  queuedPerSender: number;
  /** Of all, how many may wait behind a gap, and their bytes: the rest is for those that are next. */
  queuedTotal: number;
  queuedBytes: number;
  /** So long a transaction waits behind a gap before it is dropped. */
  queuedSeconds: number;
}

export interface AccountState {
  nonce: bigint;
  balance: bigint;
}

/** One transaction in the pool. */
export interface Pooled extends PooledTransaction {
  tx: DecodedTransaction;
  cost: bigint;
  /** Gas that it takes at least, whatever it does. */
  leastGas: bigint;
  /** Order of arrival; ties in price go to the earlier one. */
  arrival: number;
  /** Milliseconds of the clock when it came. */
  arrivedAt: number;
  /** Whether it waits behind a nonce gap. */
  isQueued: boolean;
}

/** Transactions of one sender by nonce. */
interface Sender {
  byNonce: Map<bigint, Pooled>;
  state: AccountState;
  costs: bigint;
  /** The first nonce that is missing: what is below is executable, what is above waits behind the gap. */
  gap: bigint;
  queued: number;
}

const REPLACEMENT_PERCENT = 110n;

/**
 * Signed transactions that wait for a block: a queue by nonce for each sender, replacement for a tenth more on both fees, bounded
 * in number and bytes. Those behind a nonce gap have a space of their own, wait for a limited time, and are the first to go. Checks what
 * geth's pool checks, in its words. Knows the state only through `account`.
 */
export class Mempool implements PoolView {
  readonly isWhole = true;
  private readonly senders = new Map<Hex, Sender>();
  private readonly byHash = new Map<Hex, Pooled>();
  /** Those behind a gap, the longest there first. */
  private readonly behindGaps = new Set<Pooled>();
  private bytes = 0;
  private behindGapsBytes = 0;
  private arrivals = 0;

  /** @param account - state of an address at the unsafe head. @param now - the clock, in milliseconds. */
  constructor(
    private readonly account: (address: Hex) => AccountState,
    private readonly chain: ChainLimits,
    private readonly limits: PoolLimits,
    private readonly now: () => number = Date.now,
  ) {}

  /**
   * Takes a transaction in.
   * @param isReturning - it stood in a block that was dropped: limits of number and bytes do not apply.
   * @returns the entry, and the hashes of what it took the place of.
   * @throws SolventError `tx-*` in geth's words.
   */
  add(raw: Uint8Array, isReturning = false): { entry: Pooled; dropped: Hex[] } {
    const tx = decode(raw);
    const hash = tx.hash as Hex;
    if (this.byHash.has(hash)) throw refused("known", "already known");
    checkStateless(tx, this.chain);
    const from = tx.from as Hex;
    const sender = this.senders.get(from) ?? this.createSender(from);
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
    const dropped = isReturning ? [] : this.makeRoom(sender, tx, old);
    if (old !== undefined) {
      dropped.push(old.hash);
      this.remove(old.hash);
    }
    const { intrinsic, floor } = intrinsicGas(tx);
    const entry: Pooled = {
      ...{ hash, raw, from, nonce: tx.nonce, tx, cost, arrival: this.arrivals++, arrivedAt: this.now() },
      ...{ leastGas: intrinsic > floor ? intrinsic : floor, isQueued: false },
    };
    sender.byNonce.set(tx.nonce, entry);
    sender.costs += cost;
    this.senders.set(from, sender);
    this.byHash.set(hash, entry);
    this.bytes += raw.length;
    this.file(sender, entry);
    return { entry, dropped };
  }

  /** Forgets all of them. */
  clear(): void {
    for (const hash of [...this.byHash.keys()]) this.remove(hash);
  }

  /** Forgets a transaction that cannot become valid. */
  remove(hash: Hex): void {
    const entry = this.byHash.get(hash);
    if (entry === undefined) return;
    const sender = this.senders.get(entry.from)!;
    this.unqueue(sender, entry);
    this.byHash.delete(hash);
    this.bytes -= entry.raw.length;
    sender.byNonce.delete(entry.nonce);
    sender.costs -= entry.cost;
    if (sender.byNonce.size === 0) this.senders.delete(entry.from);
    else if (entry.nonce >= sender.state.nonce && entry.nonce < sender.gap) this.findGap(sender);
  }

  /**
   * The unsafe head moved: reads the states again and drops what is used up, what its account can no longer pay, and what has waited
   * behind a gap for too long. @returns the hashes dropped.
   */
  refresh(): Hex[] {
    const dropped: Hex[] = [];
    for (const [address, sender] of this.senders) {
      const before = sender.state;
      sender.state = this.account(address);
      const { nonce, balance } = sender.state;
      if (before.nonce === nonce && before.balance === balance) continue;
      for (const entry of sender.byNonce.values())
        if (entry.nonce < nonce || entry.cost > balance) dropped.push(entry.hash);
      this.findGap(sender);
    }
    for (const hash of dropped) this.remove(hash);
    return [...dropped, ...this.expire()];
  }

  /**
   * What to try in the next block, in that order: dearest tip first, each sender's in the order of nonces.
   * @param maxGas - stops when what they take at least, together, reaches it: what they ask for says little of what they use.
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
      gas += entry.leastGas;
      chosen.push(entry);
      push(entry.from, entry.nonce + 1n);
    }
    return chosen;
  }

  get size(): number {
    return this.byHash.size;
  }

  /** Bytes of all transactions. */
  get sizeBytes(): number {
    return this.bytes;
  }

  /** Whether a transaction is next in its account's order, whatever it pays: blocks without it bring the base fee down to it. */
  get hasExecutable(): boolean {
    return this.byHash.size > this.behindGaps.size;
  }

  counts(): { pending: number; queued: number } {
    return { pending: this.byHash.size - this.behindGaps.size, queued: this.behindGaps.size };
  }

  get(hash: Hex): Pooled | undefined {
    return this.byHash.get(hash);
  }

  nextNonce(address: Hex): bigint | undefined {
    return this.senders.get(address)?.gap;
  }

  pending(): Pooled[] {
    const found: Pooled[] = [];
    for (const sender of this.senders.values())
      for (let nonce = sender.state.nonce; nonce < sender.gap; nonce++) found.push(sender.byNonce.get(nonce)!);
    return found;
  }

  queued(): Pooled[] {
    return [...this.behindGaps];
  }

  private createSender(address: Hex): Sender {
    const state = this.account(address);
    return { byNonce: new Map(), state, costs: 0n, gap: state.nonce, queued: 0 };
  }

  /** Files a transaction that came: behind the gap, or in it, so that others behind it are next, too. */
  private file(sender: Sender, entry: Pooled): void {
    if (entry.nonce > sender.gap) return this.queue(sender, entry);
    for (let next = sender.byNonce.get(sender.gap); next !== undefined; next = sender.byNonce.get(++sender.gap))
      this.unqueue(sender, next);
  }

  /** Finds where the sender's nonces end without a gap, and files all its transactions by it. */
  private findGap(sender: Sender): void {
    sender.gap = sender.state.nonce;
    while (sender.byNonce.has(sender.gap)) sender.gap++;
    for (const entry of sender.byNonce.values())
      if (entry.nonce < sender.gap) this.unqueue(sender, entry);
      else this.queue(sender, entry);
  }

  private queue(sender: Sender, entry: Pooled): void {
    if (entry.isQueued) return;
    entry.isQueued = true;
    entry.arrivedAt = this.now();
    sender.queued++;
    this.behindGaps.add(entry);
    this.behindGapsBytes += entry.raw.length;
  }

  private unqueue(sender: Sender, entry: Pooled): void {
    if (!entry.isQueued) return;
    entry.isQueued = false;
    sender.queued--;
    this.behindGaps.delete(entry);
    this.behindGapsBytes -= entry.raw.length;
  }

  /** Drops what has waited behind a gap for too long. @returns the hashes. */
  private expire(): Hex[] {
    const dropped: Hex[] = [];
    for (const { hash, arrivedAt } of this.behindGaps) {
      if (arrivedAt + 1_000 * this.limits.queuedSeconds > this.now()) break; // the others came later
      dropped.push(hash);
    }
    for (const hash of dropped) this.remove(hash);
    return dropped;
  }

  /**
   * Makes room for a transaction: first what has waited too long goes, then (for one that is next) whatever waits behind a gap, then the
   * cheapest, if it is cheaper than the new one.
   * @returns the hashes dropped. @throws SolventError `tx-account-limit`, `tx-full`; nothing was dropped then that had to stay.
   */
  private makeRoom(sender: Sender, tx: DecodedTransaction, old: Pooled | undefined): Hex[] {
    const { limits } = this;
    const isQueued = old === undefined ? tx.nonce > sender.gap : old.isQueued;
    if (old === undefined && sender.byNonce.size >= limits.perSender)
      throw refused("account-limit", `account limit exceeded: ${limits.perSender} transactions of this sender wait`);
    if (old === undefined && isQueued && sender.queued >= limits.queuedPerSender)
      throw refused("account-limit", "account limit exceeded: too many transactions behind a nonce gap");
    const size = tx.raw.length - (old?.raw.length ?? 0);
    const count = old === undefined ? 1 : 0;
    const freed = { count: 0, bytes: 0, queued: 0, queuedBytes: 0 };
    const hasRoom = (): boolean =>
      this.byHash.size + count - freed.count <= limits.total &&
      this.bytes + size - freed.bytes <= limits.totalBytes &&
      (!isQueued ||
        (this.behindGaps.size + count - freed.queued <= limits.queuedTotal &&
          this.behindGapsBytes + size - freed.queuedBytes <= limits.queuedBytes));
    if (hasRoom()) return [];
    const dropped = this.expire();
    const victims: Hex[] = [];
    const { tip } = feesOf(tx);
    for (const victim of hasRoom() ? [] : this.cheapestFirst(isQueued, old)) {
      if (feesOf(victim.tx).tip >= tip && !(victim.isQueued && !isQueued)) break;
      victims.push(victim.hash);
      freed.count++;
      freed.bytes += victim.raw.length;
      if (victim.isQueued) {
        freed.queued++;
        freed.queuedBytes += victim.raw.length;
      }
      if (hasRoom()) break;
    }
    if (!hasRoom()) throw refused("full", "txpool is full");
    for (const hash of victims) this.remove(hash);
    return [...dropped, ...victims];
  }

  /** In the order in which they go: those behind a gap, then (never for one behind a gap itself) the others; each by what they pay. */
  private cheapestFirst(isQueued: boolean, spared: Pooled | undefined): Pooled[] {
    const byTip = (entries: Iterable<Pooled>): Pooled[] =>
      [...entries]
        .filter((entry) => entry !== spared)
        .sort((a, b) => Number(feesOf(a.tx).tip - feesOf(b.tx).tip) || b.arrival - a.arrival);
    const waiting = byTip(this.behindGaps);
    return isQueued ? waiting : [...waiting, ...byTip(this.pending())];
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
