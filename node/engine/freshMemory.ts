import { Reader } from "../../vm/flatten/reader";
import { invariant } from "../../protocol/errors";
import { concatBytes } from "../../protocol";

/** Of the binary format: sections by id, the kind of an import, a page. */
const SECTION = { import: 2, memory: 5 } as const;
const KIND_MEMORY = 2;
const PAGE_BYTES = 65_536;
const PREAMBLE_BYTES = 8;
const ZEROS = new Uint8Array(PAGE_BYTES);
/** A memory of which more pages than these were ever written is replaced: they would stay with the process, and be looked through each time. */
const MOST_TOUCHED = 512;

export interface MemoryLimits {
  /** Pages of 64 KiB. */
  initial: number;
  maximum: number;
}

/**
 * The same module with its memory as the import `solvent.memory` instead of one of its own. All else, its code above all, is byte for
 * byte what it was.
 * @param wasm - one memory with a maximum, at least one import.
 */
export function importMemory(wasm: Uint8Array): { wasm: Uint8Array<ArrayBuffer>; limits: MemoryLimits } {
  const sections = sectionsOf(wasm);
  const memory = sections.find(({ id }) => id === SECTION.memory);
  const imports = sections.find(({ id }) => id === SECTION.import);
  invariant(memory !== undefined && imports !== undefined, "a module without a memory or without imports");
  const limits = new Reader(memory.body);
  invariant(limits.u32() === 1 && limits.byte() === 1, "a module of several memories, or of one without a maximum");
  const entry = concatBytes(name("solvent"), name("memory"), Uint8Array.of(KIND_MEMORY), memory.body.subarray(1));
  const count = new Reader(imports.body);
  imports.body = concatBytes(leb(count.u32() + 1), imports.body.subarray(count.offset), entry);
  const parts = sections
    .filter((section) => section !== memory)
    .flatMap(({ id, body }) => [Uint8Array.of(id), leb(body.length), body]);
  const patched = Uint8Array.from(concatBytes(wasm.subarray(0, PREAMBLE_BYTES), ...parts));
  return { wasm: patched, limits: { initial: limits.u32(), maximum: limits.u32() } };
}

/**
 * A memory that is zero whenever it is taken, as the proof VM's is at its start. Making one anew costs ten times as much as clearing
 * this one: V8 collects garbage for each, and the system maps its pages again.
 * SAFETY: nothing is assumed of where a run writes. Every page is compared with zeros, and what is not zero is cleared.
 */
export class FreshMemory {
  private memory: WebAssembly.Memory | null = null;
  private pages: Uint8Array[] = [];
  private touched = new Set<number>();

  constructor(private readonly limits: MemoryLimits) {}

  /** The memory, all zero. Whoever took it before is done with it. */
  take(): WebAssembly.Memory {
    if (this.memory !== null && this.clear()) return this.memory;
    const memory = new WebAssembly.Memory(this.limits);
    const { buffer } = memory;
    const count = buffer.byteLength / PAGE_BYTES;
    this.pages = Array.from({ length: count }, (_, i) => new Uint8Array(buffer, i * PAGE_BYTES, PAGE_BYTES));
    this.touched = new Set();
    this.memory = memory;
    return memory;
  }

  /** @returns false where the memory should be replaced instead. */
  private clear(): boolean {
    const { pages, touched } = this;
    for (let i = 0; i < pages.length; i++) {
      if (Buffer.compare(pages[i], ZEROS) === 0) continue;
      pages[i].fill(0);
      touched.add(i);
    }
    return touched.size <= MOST_TOUCHED;
  }
}

interface Section {
  id: number;
  body: Uint8Array;
}

function sectionsOf(wasm: Uint8Array): Section[] {
  const reader = new Reader(wasm, PREAMBLE_BYTES);
  const sections: Section[] = [];
  while (!reader.atEnd) {
    const id = reader.byte();
    sections.push({ id, body: reader.take(reader.u32()) });
  }
  return sections;
}

function name(text: string): Uint8Array {
  return Uint8Array.of(text.length, ...Buffer.from(text));
}

/** Unsigned LEB128. */
function leb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return Uint8Array.of(...bytes, value);
}
