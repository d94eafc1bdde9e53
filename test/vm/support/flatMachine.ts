import type { Host } from "../../../vm/host";
import { FlatMemory } from "../../../vm/reference/memory";
import { step } from "../../../vm/reference/step";
import { initialMemory, initialRegisters, type MachineStart } from "../../../vm/start";
import { cloneRegisters, traceStep } from "../../../vm/trace";
import { PAGE_BYTES, Status, type Machine, type Program, type Registers } from "../../../vm/types";

/** The reference step behind the machine's interface, with registers and memory open to the test. Goes forwards only. */
export class FlatMachine implements Machine {
  readonly memory: Uint8Array;
  state: Registers;
  host: Host;
  steps = 0n;
  private dirty = new Set<number>();

  constructor(
    readonly program: Program,
    start: MachineStart,
  ) {
    this.memory = initialMemory(program);
    this.state = initialRegisters(program, start);
    this.host = start.host;
    for (let page = 0; page < program.memorySize / PAGE_BYTES; ++page) this.dirty.add(page);
  }

  get status(): Status {
    return this.state.status;
  }

  registers(): Registers {
    return cloneRegisters(this.state);
  }

  write(address: number, bytes: Uint8Array): void {
    this.poke(address, bytes);
  }

  /** Writes memory behind the machine's back. */
  poke(address: number, bytes: Uint8Array): void {
    this.memory.set(bytes, address);
    this.touch(address, bytes.length);
  }

  run(to: bigint): void {
    while (this.steps < to && this.status === Status.running) this.step();
  }

  step(): void {
    const { writes } = this.trace();
    if (this.status === Status.running) this.steps++;
    step(this.program, this.state, new FlatMemory(this.memory), this.host);
    for (const { address, bytes } of writes) this.touch(address, bytes.length);
  }

  trace() {
    return traceStep(this.program, this.state, new FlatMemory(this.memory), this.host);
  }

  readLeaf(index: number): Uint8Array {
    const leaf = new Uint8Array(32);
    leaf.set(this.memory.subarray(index * 32, index * 32 + 32));
    return leaf;
  }

  read(address: number, length: number): Uint8Array {
    return this.memory.slice(address, address + length);
  }

  takeDirtyPages(): number[] {
    const pages = [...this.dirty].sort((left, right) => left - right);
    this.dirty.clear();
    return pages;
  }

  checkpoint(): void {}
  dispose(): void {}

  private touch(address: number, length: number): void {
    for (let page = Math.floor(address / PAGE_BYTES); page * PAGE_BYTES < address + length; ++page)
      this.dirty.add(page);
  }
}
