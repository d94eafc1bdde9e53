import type { Logger } from "pino";
import { isErrorCode } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { AddressTable, BlockOccurrences, Occurrence } from "../chain/addressTable";
import type { ChainBlock, ChainReader, HeadEvent } from "../chain/types";
import type { CallFrame } from "../engine/types";
import type { ChainTracer } from "./chainTracer";

/** Blocks, and rows of them, that are written at once. */
const MOST_BLOCKS = 1_000;
const MOST_ROWS = 5_000;
/** How long one slice of the work takes, about; it then rests for as long as it took, so that half of the time is left to others. */
const SLICE_MS = 10;
/** How long a new head waits for the next ones: what is not in the index yet is found all the same. */
const GATHER_MS = 200;
/** Until a block that could not be traced is tried again, at first and at most. */
const RETRY_MS = 1_000;
const MOST_RETRY_MS = 60_000;

/** Rows as they were at one moment. */
export interface IndexPage {
  rows: Occurrence[];
  /** First block that the index did not hold. */
  end: number;
  /** Rows hold as long as this is the index's own. */
  epoch: number;
}

/**
 * Which addresses occur in the calls of which transactions, kept as blocks come: each is traced once, in slices beside everything else.
 * INVARIANT: it holds every canonical block below `end`, and what is found there is of the canonical chain.
 */
export class AddressIndex {
  /** Counts up at each reorg that took blocks out of the index. */
  epoch = 0;
  private next = 0;
  private isClosed = false;
  private running: Promise<void> | null = null;
  private wake: (() => void) | null = null;
  private failures = 0;
  private readonly unsubscribe: () => void;

  constructor(
    private readonly chain: ChainReader,
    private readonly table: AddressTable,
    private readonly tracer: ChainTracer,
    private readonly log: Logger,
  ) {
    this.unsubscribe = chain.subscribe({ onHead: (event) => this.onHead(event) });
    // A crash may have come between a reorg and its way into the index.
    this.next = Math.min(table.end, chain.head("latest").header.number + 1);
    while (this.next > 0 && !this.isHeld(this.next - 1)) this.next--;
  }

  /** The first block that is not in the index. */
  get end(): number {
    return this.next;
  }

  /** Begins to follow the chain. */
  start(): void {
    this.running ??= this.run();
  }

  /** Settles when nothing more is read or written. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.unsubscribe();
    this.wake?.();
    await this.running;
  }

  /** Blocks of the index in which the address occurs, from `first` on (1) or back from it (-1), in that order. */
  async find(address: Hex, first: number, step: 1 | -1, limit: number): Promise<IndexPage> {
    for (;;) {
      const { epoch, end } = this;
      const [from, to] = step === 1 ? [first, end] : [0, Math.min(first + 1, end)];
      const rows = await this.table.find(address, from, to, { limit, reverse: step === -1 });
      if (epoch === this.epoch) return { rows, end, epoch };
    }
  }

  private isHeld(number: number): boolean {
    const block = this.chain.blockByNumber(number);
    return block !== undefined && this.table.has(number, block.hash);
  }

  private onHead({ dropped }: HeadEvent): void {
    const lowest = dropped.at(-1)?.header.number ?? Infinity;
    if (lowest < this.next) {
      this.next = lowest;
      this.epoch++;
    }
    if (this.next <= this.chain.head("latest").header.number) this.wake?.();
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      const began = performance.now();
      const wasThere = await this.slice();
      const tookMs = performance.now() - began;
      if (this.failures > 0) await this.rest(Math.min(MOST_RETRY_MS, RETRY_MS * 2 ** (this.failures - 1)));
      else if (wasThere) await this.rest(tookMs);
      else {
        await this.untilNews();
        await this.rest(GATHER_MS);
      }
    }
  }

  /** Takes the next blocks in. @returns whether there were some. */
  private async slice(): Promise<boolean> {
    const { epoch, next } = this;
    const gathered: BlockOccurrences[] = [];
    let rows = 0;
    let number = next;
    try {
      const end = performance.now() + SLICE_MS;
      while (number - next < MOST_BLOCKS && rows < MOST_ROWS && (number === next || performance.now() < end)) {
        const block = this.chain.blockByNumber(number);
        if (block === undefined || this.isClosed || epoch !== this.epoch) break;
        number++;
        // One that a reorg brought back is still there.
        if (this.table.has(block.header.number, block.hash)) continue;
        const addresses = await this.addressesOf(block);
        rows += addresses.size;
        gathered.push({ number: block.header.number, hash: block.hash, addresses });
      }
      if (number === next || this.isClosed || epoch !== this.epoch) return false;
      await this.table.write(gathered, number);
      this.failures = 0;
    } catch (error) {
      this.noteFailure(next, error);
      return false;
    }
    if (epoch === this.epoch) this.next = number;
    return true;
  }

  private async addressesOf(block: ChainBlock): Promise<Map<Hex, number[]>> {
    const places = new Map<Hex, number[]>();
    const touched = await touchedIn(block, this.tracer);
    touched.forEach((addresses, index) => {
      for (const address of addresses) {
        const known = places.get(address);
        if (known === undefined) places.set(address, [index]);
        else known.push(index);
      }
    });
    return places;
  }

  /** Whoever searches walks through what the index lacks: it is tried again, and nothing else stops for it. */
  private noteFailure(number: number, error: unknown): void {
    if (this.isClosed || isErrorCode(error, "engine-closed")) return;
    if (this.failures++ === 0) this.log.warn({ number, error }, "the index of addresses stands still");
  }

  private untilNews(): Promise<void> {
    const isBehind = this.next <= this.chain.head("latest").header.number;
    return isBehind ? Promise.resolve() : this.untilWoken();
  }

  private untilWoken(ms?: number): Promise<void> {
    if (this.isClosed) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(resolve, ms);
      this.wake = () => (clearTimeout(timer), resolve());
    });
  }

  /** Nothing but the end cuts it short. */
  private async rest(ms: number): Promise<void> {
    for (const end = performance.now() + ms; !this.isClosed && performance.now() < end;)
      await this.untilWoken(end - performance.now());
  }
}

/** Who occurs in the calls of each transaction. */
export async function touchedIn(block: ChainBlock, tracer: ChainTracer): Promise<ReadonlySet<Hex>[]> {
  if (block.header.number === 0 || block.transactionHashes.length === 0) return [];
  return (await tracer.calls(block)).map(addressesOf);
}

function addressesOf(root: CallFrame): ReadonlySet<Hex> {
  const addresses = new Set<Hex>();
  const visit = ({ from, to, calls }: CallFrame): void => {
    addresses.add(from);
    if (to !== undefined) addresses.add(to);
    calls.forEach(visit);
  };
  visit(root);
  return addresses;
}
