import type { Hex } from "../../protocol/types";
import type { ChainBlock, ChainReader, ChainTransaction } from "../chain/types";
import type { CallFrame } from "../engine/types";
import type { StateReader } from "../state/types";
import { decodeTransaction } from "../transactions";
import { touchedIn, type AddressIndex } from "./addressIndex";
import type { ChainTracer } from "./chainTracer";
import { RPC_CODES, RpcError } from "./errors";
import type { Work } from "./work";

/** Addresses of traced blocks that are remembered, in all. */
const MOST_ADDRESSES = 500_000;
/** Rows of the index that are read at once. */
const ROWS = 64;

/** Transactions in the order of the chain, and whether nothing further was found that way. */
export interface HistoryPage {
  transactions: ChainTransaction[];
  isLast: boolean;
}

/**
 * What an address had to do with: where the node keeps an index, out of that; what it lacks is traced when it is asked for, and who occurs
 * there is remembered for a while. Account states are there at every block, so that firsts are found by halving.
 */
export class AddressHistory {
  /** Per transaction of a block, by the block's hash, the longest unused first. */
  private readonly touched = new Map<Hex, ReadonlySet<Hex>[]>();
  private addresses = 0;

  /** @param stateAt - the state behind a block. */
  constructor(
    private readonly chain: ChainReader,
    private readonly tracer: ChainTracer,
    private readonly stateAt: (block: ChainBlock) => StateReader,
    private readonly index?: AddressIndex,
  ) {}

  /**
   * Whole blocks of transactions in whose calls the address occurs, until there are `size` of them.
   * @param step - 1 searches from `first` on, -1 back from it. @returns in the order of the chain either way.
   * @throws RpcError -32005 where the time of a request finds nothing.
   */
  async search(address: Hex, first: number, step: 1 | -1, size: number, work: Work): Promise<HistoryPage> {
    const found: ChainTransaction[][] = [];
    let count = 0;
    const page = (isLast: boolean): HistoryPage => ({
      transactions: (step === 1 ? found : found.reverse()).flat(),
      isLast,
    });
    try {
      for await (const some of this.blocksWith(address, first, step, work)) {
        if (count >= size) return page(false);
        found.push(some);
        count += some.length;
      }
    } catch (error) {
      // What was found goes out; whoever asks on from there has the time of another request.
      if (count > 0 && error instanceof RpcError && error.code === RPC_CODES.limitExceeded) return page(false);
      throw error;
    }
    return page(true);
  }

  /** The transaction that used a nonce; null where none did: a contract or an authorization may have. */
  bySenderAndNonce(sender: Hex, nonce: bigint): Hex | null {
    const block = this.firstBlock((state) => (state.account(sender)?.nonce ?? 0n) > nonce);
    if (block === null) return null;
    const used = this.chain.blockTransactions(block).find((tx) => tx.from === sender && this.nonceOf(tx) === nonce);
    return used?.hash ?? null;
  }

  /** The transaction and the account that made a contract; null for what is none, and for those of genesis. */
  async creator(address: Hex): Promise<{ hash: Hex; creator: Hex } | null> {
    const hasCode = (state: StateReader): boolean => isContract(state.code(address));
    // Code stays where it is: one that goes was made in the same transaction.
    const block = this.firstBlock(hasCode);
    if (block === null || block.header.number === 0) return null;
    const frames = await this.tracer.calls(block);
    for (const [index, frame] of frames.entries()) {
      const creation = findCreation(frame, address);
      if (creation !== null) return { hash: block.transactionHashes[index], creator: creation.from };
    }
    return null;
  }

  /** The first block whose state fulfils what stays fulfilled; null where the newest does not. */
  private firstBlock(isFulfilled: (state: StateReader) => boolean): ChainBlock | null {
    const at = (number: number): ChainBlock => this.chain.blockByNumber(number)!;
    let high = this.chain.head("latest").header.number;
    if (!isFulfilled(this.stateAt(at(high)))) return null;
    let low = 0;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isFulfilled(this.stateAt(at(middle)))) high = middle;
      else low = middle + 1;
    }
    return at(high);
  }

  private nonceOf({ hash, raw, from }: ChainTransaction): bigint {
    const { type, nonce } = decodeTransaction(raw, { sender: from });
    return type === 0x7e ? (this.chain.receipt(hash)?.depositNonce ?? nonce) : nonce;
  }

  /** Per block in which the address occurs, the transactions in which it does. */
  private async *blocksWith(
    address: Hex,
    first: number,
    step: 1 | -1,
    work: Work,
  ): AsyncGenerator<ChainTransaction[], void, void> {
    const head = this.chain.head("latest").header.number;
    for (let number = first; number >= 0 && number <= head;) {
      await work.breathe();
      if (this.index !== undefined && number < this.index.end) {
        number = yield* this.indexedWith(this.index, address, number, step, work);
        continue;
      }
      const block = this.chain.blockByNumber(number);
      if (block === undefined) return; // a reorg took it meanwhile
      const some = await this.ofBlock(block, address);
      if (some.length > 0) yield some;
      number += step;
    }
  }

  /** One page of the index, as `blocksWith`. @returns where to look on. */
  private async *indexedWith(
    index: AddressIndex,
    address: Hex,
    first: number,
    step: 1 | -1,
    work: Work,
  ): AsyncGenerator<ChainTransaction[], number, void> {
    const { rows, end, epoch } = await index.find(address, first, step, ROWS);
    let next = first;
    for (const { number, indices } of rows) {
      await work.breathe();
      if (index.epoch !== epoch) return next; // what stands there now is read anew
      const transactions = this.chain.blockTransactions(this.chain.blockByNumber(number)!);
      yield indices.map((i) => transactions[i]);
      next = number + step;
    }
    if (rows.length === ROWS) return next;
    return step === 1 ? end : -1;
  }

  private async ofBlock(block: ChainBlock, address: Hex): Promise<ChainTransaction[]> {
    if (block.header.number === 0 || block.transactionHashes.length === 0) return [];
    const touched = this.touched.get(block.hash) ?? (await touchedIn(block, this.tracer));
    this.remember(block.hash, touched);
    if (!touched.some((some) => some.has(address))) return [];
    return this.chain.blockTransactions(block).filter((_, i) => touched[i].has(address));
  }

  private remember(block: Hex, touched: ReadonlySet<Hex>[]): void {
    if (this.touched.delete(block)) this.addresses -= countOf(touched);
    this.touched.set(block, touched);
    this.addresses += countOf(touched);
    for (const [oldest, some] of this.touched) {
      if (this.addresses <= MOST_ADDRESSES) break;
      this.touched.delete(oldest);
      this.addresses -= countOf(some);
    }
  }
}

function countOf(touched: readonly ReadonlySet<Hex>[]): number {
  return touched.reduce((sum, some) => sum + some.size, 0);
}

/** Not the mark of an account that delegated its code (EIP-7702). */
function isContract(code: Uint8Array): boolean {
  const isDelegated = code.length === 23 && code[0] === 0xef && code[1] === 0x01 && code[2] === 0x00;
  return code.length > 0 && !isDelegated;
}

function findCreation(frame: CallFrame, address: Hex): CallFrame | null {
  if (frame.error !== undefined) return null;
  if (/^CREATE2?$/.test(frame.type) && frame.to === address) return frame;
  for (const call of frame.calls) {
    const found = findCreation(call, address);
    if (found !== null) return found;
  }
  return null;
}
