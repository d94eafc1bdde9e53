import type { Host } from "../host";
import { initialMemory, initialRegisters, type MachineStart } from "../start";
import { Status, type Program, type Registers } from "../types";
import { FlatMemory } from "./memory";
import { step } from "./step";

/** The reference machine: the whole memory in one array, one step at a time. The oracle of the other two. */
export class ReferenceMachine {
  readonly memory: Uint8Array;
  readonly registers: Registers;
  readonly #host: Host;
  readonly #flat: FlatMemory;
  /** Steps done while running. */
  steps = 0n;

  constructor(
    readonly program: Program,
    start: MachineStart,
  ) {
    this.memory = initialMemory(program);
    this.registers = initialRegisters(program, start);
    this.#host = start.host;
    this.#flat = new FlatMemory(this.memory);
  }

  /** One step; a hint reaches the host, too. */
  step(): void {
    if (this.registers.status === Status.running) this.steps++;
    step(this.program, this.registers, this.#flat, this.#host);
  }

  /** Steps until the machine stops, at most `limit` times. */
  run(limit: number): void {
    for (let i = 0; i < limit && this.registers.status === Status.running; i++) this.step();
  }
}
