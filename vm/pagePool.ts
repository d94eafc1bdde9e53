import { PAGE_BYTES } from "./types";

/** 1 MiB: allocated at once. */
const PAGES_A_SLAB = 256;

/** Copies of pages, in large pieces of memory that are used again: thousands of small arrays would leave as much garbage as data. */
export class PagePool {
  private readonly slabs: Uint8Array[] = [];
  private readonly free: number[] = [];

  /** Pages in use. */
  get used(): number {
    return this.slabs.length * PAGES_A_SLAB - this.free.length;
  }

  /** Keeps a copy of the page; returns its number here. */
  add(page: Uint8Array): number {
    if (this.free.length === 0) {
      const first = this.slabs.length * PAGES_A_SLAB;
      this.slabs.push(new Uint8Array(PAGES_A_SLAB * PAGE_BYTES));
      for (let i = PAGES_A_SLAB - 1; i >= 0; i--) this.free.push(first + i);
    }
    const number = this.free.pop()!;
    this.get(number).set(page);
    return number;
  }

  /** The page itself, not a copy. */
  get(number: number): Uint8Array {
    const start = (number % PAGES_A_SLAB) * PAGE_BYTES;
    return this.slabs[Math.floor(number / PAGES_A_SLAB)].subarray(start, start + PAGE_BYTES);
  }

  remove(number: number): void {
    this.free.push(number);
  }
}
