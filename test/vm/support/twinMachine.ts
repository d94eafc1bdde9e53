import { expect } from "chai";
import { FastInterpreter } from "../../../vm/fast";
import type { MachineStart } from "../../../vm/start";
import { cloneRegisters } from "../../../vm/trace";
import type { Program } from "../../../vm/types";
import { FlatMachine } from "./flatMachine";

/** The reference with the fast interpreter beside it: each step is done in both, and all of memory and registers must be equal. */
export class TwinMachine extends FlatMachine {
  private readonly fast: FastInterpreter;

  constructor(program: Program, start: MachineStart) {
    super(program, start);
    this.fast = new FastInterpreter(program, this.registers(), start.host);
  }

  override poke(address: number, bytes: Uint8Array): void {
    super.poke(address, bytes);
    this.fast.memory.set(bytes, address);
  }

  override step(): void {
    Object.assign(this.fast.registers, cloneRegisters(this.state));
    super.step();
    this.fast.run(1, () => {});
    expect(this.fast.registers, "registers of the fast interpreter").to.deep.equal(this.state);
    if (Buffer.compare(this.memory, this.fast.memory) !== 0) expect.fail("memory of the fast interpreter differs");
  }
}
