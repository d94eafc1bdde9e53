import { readFileSync } from "node:fs";
import { buildPath } from "./build-path";
import { VmError } from "./errors";
import { functionAt } from "./functionAt";
import type { Host } from "./host";
import { prepareCode } from "./prepare";
import { FlatMemory } from "./reference/memory";
import { step } from "./reference/step";
import { INSTRUCTION_BYTES, PAGE_BYTES, SLOT_BYTES, Status, framesEnd, type Program, type Registers } from "./types";

/** Where the machine's memory begins in the interpreter's; below it is one byte per page. */
const MACHINE = 65_536;
const WASM_PAGE = 65_536;
const EXIT_HOST = 0x100;
/** V8 replaces a running wasm function by its optimised form only between calls. */
const MAX_SLICE = 1_000_000;
/** Of the preimage that the interpreter reads on its own; longer ones are read from outside, word by word. */
const MAX_CACHED_BYTES = 131_072;
const KEY_BYTES = 32;

type Exports = {
  memory: WebAssembly.Memory;
  configure(linear: number, frames: number, code: number, cache: number): void;
  setFrames(low: number, high: number): void;
  run(pc: number, fp: number, steps: number): number;
  runUntracked(pc: number, fp: number, steps: number): number;
  pcOut: { value: number };
  fpOut: { value: number };
  exitOut: { value: number };
  frameLow: { value: number };
  frameHigh: { value: number };
  cachedKind: { value: number };
  cachedLength: { value: number };
};

let compiled: WebAssembly.Module | undefined;

/** The fast interpreter with a machine's memory in it: runs forwards and notes written pages. */
export class FastInterpreter {
  readonly registers: Registers;
  /** The machine's memory, live. */
  readonly memory: Uint8Array;
  private readonly exports: Exports;
  private readonly codeBase: number;
  private readonly cacheBase: number;
  private readonly marks: Uint8Array;
  private readonly flat: MarkingMemory;
  private readonly host: Host;

  constructor(
    readonly program: Program,
    registers: Registers,
    host: Host,
    private readonly isTracking = true,
  ) {
    compiled ??= new WebAssembly.Module(readFileSync(buildPath("vm.wasm")));
    this.registers = registers;
    this.host = {
      preimage: (kind, key) => this.cachePreimage(kind, key, host.preimage(kind, key)),
      inbox: (kind, index) => host.inbox(kind, index),
      hint: (kind, data) => host.hint(kind, data),
    };
    this.exports = new WebAssembly.Instance(compiled, {}).exports as unknown as Exports;
    this.codeBase = MACHINE + program.memorySize;
    this.cacheBase = this.codeBase + program.code.length;
    const size = this.cacheBase + KEY_BYTES + MAX_CACHED_BYTES;
    const { memory, configure } = this.exports;
    memory.grow(Math.ceil(size / WASM_PAGE) - memory.buffer.byteLength / WASM_PAGE);
    new Uint8Array(memory.buffer).set(prepareCode(program.code, this.codeBase), this.codeBase);
    this.memory = new Uint8Array(memory.buffer, MACHINE, program.memorySize);
    for (const { address, bytes } of program.segments) this.memory.set(bytes, address);
    // A Buffer, because its indexOf is memchr: a history of single steps looks for marks after each.
    this.marks = Buffer.from(memory.buffer, 0, program.memorySize / PAGE_BYTES);
    this.flat = new MarkingMemory(this.memory, this.marks);
    configure(program.linearSize, MACHINE + framesEnd(program), this.codeBase, this.cacheBase);
  }

  /**
   * At most `steps` steps; fewer only if the machine stops.
   * @returns the number done.
   * @throws what the host throws; `onProgress` has been told of all steps done before.
   */
  run(steps: number, onProgress: (done: number) => void): void {
    let left = steps;
    const { registers } = this;
    while (left > 0 && registers.status === Status.running) {
      const wanted = Math.min(left, MAX_SLICE);
      const { done, isHostCall } = this.slice(wanted);
      left -= done;
      onProgress(done);
      if (!isHostCall || left === 0) continue;
      step(this.program, registers, this.flat, this.host);
      const fp = registers.fp;
      this.markRange(fp, fp + SLOT_BYTES * this.frameSlots());
      left--;
      onProgress(1);
    }
  }

  /** Writes memory from outside; the range lies inside it and is not empty. */
  overwrite(address: number, bytes: Uint8Array): void {
    this.flat.write(address, bytes);
    this.markRange(address, address + bytes.length);
  }

  /** Pages written since the last call, ascending. */
  takeMarks(): number[] {
    const pages: number[] = [];
    for (let page = this.marks.indexOf(1); page >= 0; page = this.marks.indexOf(1, page + 1)) pages.push(page);
    for (const page of pages) this.marks[page] = 0;
    return pages;
  }

  private slice(steps: number): { done: number; isHostCall: boolean } {
    const { registers } = this;
    const exports = this.exports;
    const fp = MACHINE + registers.fp;
    exports.setFrames(fp, fp + SLOT_BYTES * this.frameSlots());
    const pc = this.codeBase + INSTRUCTION_BYTES * registers.pc;
    const left = this.isTracking ? exports.run(pc, fp, steps) : exports.runUntracked(pc, fp, steps);
    registers.pc = ((exports.pcOut.value >>> 0) - this.codeBase) / INSTRUCTION_BYTES;
    registers.fp = (exports.fpOut.value >>> 0) - MACHINE;
    this.markRange((exports.frameLow.value >>> 0) - MACHINE, (exports.frameHigh.value >>> 0) - MACHINE);
    const exit = exports.exitOut.value;
    if (exit !== EXIT_HOST) registers.status = exit as Status;
    return { done: steps - left, isHostCall: exit === EXIT_HOST };
  }

  /** Lets the interpreter answer the next questions for the same key: programs read preimages word after word. */
  private cachePreimage(kind: number, key: Uint8Array, data: Uint8Array): Uint8Array {
    if (data.length > MAX_CACHED_BYTES) return data;
    const { memory, cachedKind, cachedLength } = this.exports;
    const bytes = new Uint8Array(memory.buffer);
    bytes.set(key, this.cacheBase);
    bytes.set(data, this.cacheBase + KEY_BYTES);
    cachedKind.value = kind;
    cachedLength.value = data.length;
    return data;
  }

  /** Slots of the frame in which the machine now is; the stubs have none of their own. */
  private frameSlots(): number {
    return functionAt(this.program, this.registers.pc)?.frameSlots ?? 0;
  }

  private markRange(start: number, end: number): void {
    for (let page = Math.floor(start / PAGE_BYTES); page * PAGE_BYTES < end; page++) this.marks[page] = 1;
  }
}

/** Host calls write through this, so that their pages are noted, too. */
class MarkingMemory extends FlatMemory {
  constructor(
    bytes: Uint8Array,
    private readonly marks: Uint8Array,
  ) {
    super(bytes);
  }

  override write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0) throw new VmError("vm.bad-argument", "empty write");
    super.write(address, bytes);
    this.marks[Math.floor(address / PAGE_BYTES)] = 1;
    this.marks[Math.floor((address + bytes.length - 1) / PAGE_BYTES)] = 1;
  }
}
