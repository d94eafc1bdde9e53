import { PAGE_BYTES, type Program, type Registers } from "./types";
import { cloneRegisters } from "./trace";

type Checkpoint = { steps: bigint; registers: Registers; pages: Map<number, Uint8Array> };

/**
 * States of one run, each as the pages that changed since the one before, so that unchanged pages are shared.
 * Pages are 4,096 bytes. Memory used is at most `budget` bytes of pages, plus one checkpoint's.
 */
export class Checkpoints {
  /** Ascending by steps; the first is the start and holds nothing: its pages come from the program. */
  readonly #list: Checkpoint[];
  readonly #initial: Map<number, Uint8Array>;
  #savedPages = 0;

  constructor(
    program: Program,
    start: Registers,
    private readonly budget: number,
  ) {
    this.#initial = initialPages(program);
    this.#list = [{ steps: 0n, registers: cloneRegisters(start), pages: new Map() }];
  }

  /** Pages that are not zero at the start. */
  get initialPages(): number[] {
    return [...this.#initial.keys()];
  }

  get count(): number {
    return this.#list.length;
  }

  /** Bytes of saved pages. */
  get bytes(): number {
    return this.#savedPages * PAGE_BYTES;
  }

  /** The last checkpoint at or before a step. */
  before(steps: bigint): Checkpoint {
    return this.#list[this.#indexBefore(steps)];
  }

  /**
   * Keeps a state. `dirty` must name every page that differs from the last checkpoint at or before it.
   * @returns whether old checkpoints had to be thinned out.
   */
  add(steps: bigint, registers: Registers, memory: Uint8Array, dirty: Iterable<number>): boolean {
    const index = this.#indexBefore(steps);
    if (this.#list[index].steps === steps) return false;
    const pages = new Map<number, Uint8Array>();
    for (const page of dirty) pages.set(page, memory.slice(page * PAGE_BYTES, (page + 1) * PAGE_BYTES));
    this.#list.splice(index + 1, 0, { steps, registers: cloneRegisters(registers), pages });
    this.#savedPages += pages.size;
    let thinned = false;
    while (this.bytes > this.budget && this.#list.length > 2) {
      this.#thin();
      thinned = true;
    }
    return thinned;
  }

  /** Forgets the states after a step. */
  dropAfter(steps: bigint): void {
    for (const { pages } of this.#list.splice(this.#indexBefore(steps) + 1)) this.#savedPages -= pages.size;
  }

  /**
   * Brings `memory` from (the checkpoint before `present` plus `dirty`) to the checkpoint before `target`.
   * @returns the pages written.
   */
  restore(target: bigint, present: bigint, memory: Uint8Array, dirty: Iterable<number>): number[] {
    const to = this.#indexBefore(target);
    const from = this.#indexBefore(present);
    const changed = new Set(dirty);
    for (let i = Math.min(from, to) + 1; i <= Math.max(from, to); i++)
      for (const page of this.#list[i].pages.keys()) changed.add(page);
    for (const page of changed) {
      const saved = this.#page(to, page);
      if (saved === undefined) memory.fill(0, page * PAGE_BYTES, (page + 1) * PAGE_BYTES);
      else memory.set(saved, page * PAGE_BYTES);
    }
    return [...changed];
  }

  #indexBefore(steps: bigint): number {
    let low = 0;
    let high = this.#list.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#list[middle].steps <= steps) low = middle;
      else high = middle;
    }
    return low;
  }

  #page(index: number, page: number): Uint8Array | undefined {
    for (let i = index; i > 0; i--) {
      const saved = this.#list[i].pages.get(page);
      if (saved !== undefined) return saved;
    }
    return this.#initial.get(page);
  }

  /** Drops every second checkpoint, neither the first nor the last; its pages go to the next unless that has newer ones. */
  #thin(): void {
    const last = this.#list.length - 1;
    for (let i = last - 1; i >= 1; i -= 2) {
      const [dropped] = this.#list.splice(i, 1);
      const next = this.#list[i].pages;
      for (const [page, bytes] of dropped.pages)
        if (next.has(page)) this.#savedPages--;
        else next.set(page, bytes);
    }
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
