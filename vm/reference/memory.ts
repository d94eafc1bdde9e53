import { LEAF_BYTES } from "../types";

/** The machine's memory as one step sees it. */
export interface StepMemory {
  /** A copy of `length` bytes; the range lies inside the memory. */
  read(address: number, length: number): Uint8Array;
  /** The same without it counting as touched: for hints, which have no effect in the machine. */
  peek(address: number, length: number): Uint8Array;
  write(address: number, bytes: Uint8Array): void;
}

/** Memory that is one array. */
export class FlatMemory implements StepMemory {
  constructor(readonly bytes: Uint8Array) {}

  read(address: number, length: number): Uint8Array {
    return this.bytes.slice(address, address + length);
  }

  peek(address: number, length: number): Uint8Array {
    return this.read(address, length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.bytes.set(bytes, address);
  }
}

/** Notes which leaves a step reads and writes, and keeps the writes to itself. */
export class RecordingMemory implements StepMemory {
  private readonly touched = new Set<number>();
  readonly writes: { address: number; bytes: Uint8Array }[] = [];

  constructor(private readonly below: StepMemory) {}

  read(address: number, length: number): Uint8Array {
    this.note(address, length);
    return this.below.read(address, length);
  }

  peek(address: number, length: number): Uint8Array {
    return this.below.peek(address, length);
  }

  write(address: number, bytes: Uint8Array): void {
    this.note(address, bytes.length);
    this.writes.push({ address, bytes: bytes.slice() });
  }

  /** Indices of the touched leaves, ascending. */
  get leaves(): number[] {
    return [...this.touched].sort((left, right) => left - right);
  }

  /** Indices of the written leaves, ascending. */
  get writtenLeaves(): number[] {
    const written = new Set<number>();
    for (const { address, bytes } of this.writes)
      for (let leaf = leafOf(address); leaf <= leafOf(address + bytes.length - 1); leaf++) written.add(leaf);
    return [...written].sort((left, right) => left - right);
  }

  private note(address: number, length: number): void {
    for (let leaf = leafOf(address); leaf <= leafOf(address + length - 1); leaf++) this.touched.add(leaf);
  }
}

const leafOf = (address: number): number => Math.floor(address / LEAF_BYTES);
