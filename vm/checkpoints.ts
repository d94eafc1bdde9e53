import { PAGE_BYTES, type Program, type Registers } from "./types";
import { PagePool } from "./pagePool";
import { cloneRegisters } from "./trace";

/** `pages`: by number in the machine, the number in the pool. */
type Checkpoint = { steps: bigint; registers: Registers; pages: Map<number, number> };

/**
 * States of one run, each as the pages that changed since the one before, so that unchanged pages are shared.
 * Pages are 4,096 bytes. At most `budget` bytes of pages are kept, or two checkpoints' if that is more.
 */
export class Checkpoints {
  /** Ascending by steps; the first is the start and holds nothing: its pages come from the program. */
  private readonly list: Checkpoint[];
  private readonly initial: Map<number, Uint8Array>;
  private readonly pool = new PagePool();

  constructor(
    program: Program,
    start: Registers,
    private readonly budget: number,
  ) {
    this.initial = initialPages(program);
    this.list = [{ steps: 0n, registers: cloneRegisters(start), pages: new Map() }];
  }

  /** Pages that are not zero at the start. */
  get initialPages(): number[] {
    return [...this.initial.keys()];
  }

  get count(): number {
    return this.list.length;
  }

  /** Bytes of saved pages. */
  get bytes(): number {
    return this.pool.used * PAGE_BYTES;
  }

  /** The last checkpoint at or before a step. */
  before(steps: bigint): Checkpoint {
    return this.list[this.indexBefore(steps)];
  }

  /**
   * Keeps a state. `dirty` must name every page that differs from the last checkpoint at or before it.
   * @returns whether old checkpoints had to be thinned out.
   */
  add(steps: bigint, registers: Registers, memory: Uint8Array, dirty: Iterable<number>): boolean {
    const index = this.indexBefore(steps);
    if (this.list[index].steps === steps) return false;
    const fresh: Checkpoint = { steps, registers: cloneRegisters(registers), pages: new Map() };
    this.list.splice(index + 1, 0, fresh);
    const changed = [...dirty];
    let thinned = false;
    while (this.bytes + changed.length * PAGE_BYTES > this.budget && this.thin(fresh)) thinned = true;
    for (const page of changed) {
      // what a dropped checkpoint before it has left here
      const older = fresh.pages.get(page);
      if (older !== undefined) this.pool.remove(older);
      fresh.pages.set(page, this.pool.add(memory.subarray(page * PAGE_BYTES, (page + 1) * PAGE_BYTES)));
    }
    return thinned;
  }

  /** Forgets the states after a step. */
  dropAfter(steps: bigint): void {
    for (const { pages } of this.list.splice(this.indexBefore(steps) + 1))
      for (const saved of pages.values()) this.pool.remove(saved);
  }

  /**
   * Brings `memory` from (the checkpoint before `present` plus `dirty`) to the checkpoint before `target`.
   * @returns the pages written.
   */
  restore(target: bigint, present: bigint, memory: Uint8Array, dirty: Iterable<number>): number[] {
    const to = this.indexBefore(target);
    const from = this.indexBefore(present);
    const changed = new Set(dirty);
    for (let i = Math.min(from, to) + 1; i <= Math.max(from, to); i++)
      for (const page of this.list[i].pages.keys()) changed.add(page);
    for (const page of changed) {
      const saved = this.page(to, page);
      if (saved === undefined) memory.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      else memory.set(saved, page * PAGE_BYTES);
    }
    return [...changed];
  }

  private indexBefore(steps: bigint): number {
    let low = 0;
    let high = this.list.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.list[middle].steps <= steps) low = middle;
      else high = middle;
    }
    return low;
  }

  private page(index: number, page: number): Uint8Array | undefined {
    for (let i = index; i > 0; i--) {
      const saved = this.list[i].pages.get(page);
      if (saved !== undefined) return this.pool.get(saved);
    }
    return this.initial.get(page);
  }

  /**
   * Drops every second checkpoint, neither the first nor the last nor `kept`; its pages go to the next unless that has newer ones.
   * @returns whether there was one to drop.
   */
  private thin(kept: Checkpoint): boolean {
    const before = this.list.length;
    for (let i = before - 2; i >= 1; i -= 2) {
      if (this.list[i] === kept) continue;
      const [dropped] = this.list.splice(i, 1);
      const next = this.list[i].pages;
      for (const [page, saved] of dropped.pages)
        if (next.has(page)) this.pool.remove(saved);
        else next.set(page, saved);
    }
    return this.list.length < before;
  }
}

function initialPages({ segments }: Program): Map<number, Uint8Array> {
  const pages = new Map<number, Uint8Array>();
  for (const { address, bytes } of segments)
    for (let at = 0; at < bytes.length;) {
      const page = Math.floor((address + at) / PAGE_BYTES);
      const start = (address + at) % PAGE_BYTES;
      const length = Math.min(PAGE_BYTES - start, bytes.length - at);
      if (!pages.has(page)) pages.set(page, new Uint8Array(PAGE_BYTES));
      pages.get(page)!.set(bytes.subarray(at, at + length), start);
      at += length;
    }
  return pages;
}
