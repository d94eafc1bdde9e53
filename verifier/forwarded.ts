import type { PooledTransaction, PoolView } from "../node/chain/types";
import { decodeTransaction } from "../node/transactions";
import type { Hex } from "../protocol/types";

/** Kept at most, in number and bytes: the oldest go first. */
const BOUNDS = { count: 20_000, bytes: 32 << 20 };
/** What is in no block after so long may have been dropped by the sequencer: its nonce is not counted any more. */
const LONGEST_MS = 300_000;

interface Forwarded extends PooledTransaction {
  takenAt: number;
}

/**
 * The transactions that this node handed to the sequencer, as a pool: whoever sends through it finds nonces that count what was sent. They
 * stay for a while after they are in a block, which may leave the chain again.
 */
export class ForwardedPool implements PoolView {
  readonly isWhole = false;
  /** The oldest first. */
  private readonly byHash = new Map<Hex, Forwarded>();
  private readonly senders = new Map<Hex, Map<bigint, Forwarded>>();
  private bytes = 0;

  /** @param minedNonce - the next nonce of an account at the head. */
  constructor(
    private readonly minedNonce: (address: Hex) => bigint,
    private readonly now: () => number = () => performance.now(),
    private readonly bounds = BOUNDS,
  ) {}

  /** Keeps one that the sequencer took. */
  note(raw: Uint8Array): void {
    const { from, hash, nonce } = decodeTransaction(raw);
    const entry = { hash: hash as Hex, raw, from: from as Hex, nonce, takenAt: this.now() };
    const own = this.senders.get(entry.from) ?? new Map<bigint, Forwarded>();
    const old = own.get(nonce);
    if (old !== undefined) this.remove(old);
    this.byHash.set(entry.hash, entry);
    own.set(nonce, entry);
    this.senders.set(entry.from, own);
    this.bytes += raw.length;
    this.prune();
  }

  counts(): { pending: number; queued: number } {
    return { pending: this.pending().length, queued: this.queued().length };
  }

  get(hash: Hex): PooledTransaction | undefined {
    this.prune();
    const entry = this.byHash.get(hash);
    return entry !== undefined && entry.nonce >= this.minedNonce(entry.from) ? entry : undefined;
  }

  nextNonce(address: Hex): bigint | undefined {
    this.prune();
    const own = this.senders.get(address);
    if (own === undefined) return undefined;
    let next = this.minedNonce(address);
    while (own.has(next)) next++;
    return next;
  }

  pending(): PooledTransaction[] {
    return this.waiting((entry, next) => entry.nonce < next);
  }

  queued(): PooledTransaction[] {
    return this.waiting((entry, next) => entry.nonce > next);
  }

  /** Those of no block, by sender and nonce. */
  private waiting(isWanted: (entry: Forwarded, next: bigint) => boolean): PooledTransaction[] {
    this.prune();
    return [...this.senders].flatMap(([address, own]) => {
      const [mined, next] = [this.minedNonce(address), this.nextNonce(address)!];
      const wanted = [...own.values()].filter((entry) => entry.nonce >= mined && isWanted(entry, next));
      return wanted.sort((a, b) => Number(a.nonce - b.nonce));
    });
  }

  private prune(): void {
    const since = this.now() - LONGEST_MS;
    const { count, bytes } = this.bounds;
    for (const entry of this.byHash.values()) {
      if (entry.takenAt >= since && this.byHash.size <= count && this.bytes <= bytes) return;
      this.remove(entry);
    }
  }

  private remove(entry: Forwarded): void {
    this.byHash.delete(entry.hash);
    this.bytes -= entry.raw.length;
    const own = this.senders.get(entry.from)!;
    own.delete(entry.nonce);
    if (own.size === 0) this.senders.delete(entry.from);
  }
}
