import { FastInterpreter } from "./fast";
import { emptyHost, type Host } from "./host";
import { FlatMemory } from "./reference/memory";
import { step } from "./reference/step";
import { initialMemory, initialRegisters } from "./start";
import { Status, framesBase, type ExportedFunction, type Program, type Registers } from "./types";

/** How a call of an exported function ended; `value` is undefined where it trapped or has no result. */
export type Outcome = { steps: number; status: Status; value: bigint | undefined };

/**
 * A program whose exported functions are called one after the other, the memory staying as it is: for suites and fuzzing.
 * The registers start as in any machine; each call begins at the function's stub.
 */
export class FlatInstance {
  readonly registers: Registers;
  readonly memory: Uint8Array;
  /** Told before each step of the reference; the fast interpreter does not stop for it. */
  onStep: ((instance: FlatInstance) => void) | null = null;
  private readonly advanceBy: (limit: number) => number;

  /** @param kind - which implementation runs it. */
  constructor(
    readonly program: Program,
    kind: "fast" | "reference",
    host: Host = emptyHost,
  ) {
    const input = new Uint8Array(32).fill(1);
    this.registers = initialRegisters(program, { input, inboxLimit: { batchCount: 0n, delayedCount: 0n } });
    if (kind === "fast") {
      const interpreter = new FastInterpreter(program, this.registers, host);
      this.memory = interpreter.memory;
      this.advanceBy = (limit) => {
        let steps = 0;
        interpreter.run(limit, (done) => (steps += done));
        return steps;
      };
    } else {
      this.memory = initialMemory(program);
      const flat = new FlatMemory(this.memory);
      this.advanceBy = (limit) => {
        let steps = 0;
        for (; steps < limit && this.registers.status === Status.running; steps++) {
          this.onStep?.(this);
          step(program, this.registers, flat, host);
        }
        return steps;
      };
    }
  }

  /** Puts the arguments in place and stands before the first step of a call. */
  enter({ stubPc }: ExportedFunction, args: readonly bigint[]): void {
    const { program, registers, memory } = this;
    const view = new DataView(memory.buffer, memory.byteOffset, memory.byteLength);
    args.forEach((arg, i) => view.setBigUint64(framesBase(program) + 8 * i, BigInt.asUintN(64, arg), true));
    Object.assign(registers, { pc: stubPc, fp: framesBase(program), status: Status.running });
  }

  /** At most `limit` steps. @returns the number done. */
  advance(limit: number): number {
    return this.advanceBy(limit);
  }

  /** Calls a function. Arguments and the value are unsigned. @returns status running if `limit` steps are not enough. */
  invoke(target: ExportedFunction, args: readonly bigint[], limit = 1e9): Outcome {
    this.enter(target, args);
    const steps = this.advance(limit);
    const { status } = this.registers;
    if (status !== Status.halted || target.results.length === 0) return { steps, status, value: undefined };
    const view = new DataView(this.memory.buffer, this.memory.byteOffset, this.memory.byteLength);
    return { steps, status, value: view.getBigUint64(framesBase(this.program), true) };
  }
}
