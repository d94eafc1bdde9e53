import { Checkpoints } from "./checkpoints";
import { VmError } from "./errors";
import { FastInterpreter } from "./fast";
import { FlatMemory } from "./reference/memory";
import { initialRegisters, type MachineStart } from "./start";
import { cloneRegisters, traceStep } from "./trace";
import { LEAF_BYTES, Status, type Machine, type Program, type Registers, type StepTrace } from "./types";

/** Steps between the checkpoints that `run` makes by itself: about a tenth of a second. Doubles when memory gets short. */
const FIRST_INTERVAL = 1n << 26n;
/** Saved pages take at most this many times the machine's memory. */
const CHECKPOINT_BUDGET = 2;

/**
 * A machine at step 0.
 * @param start - input, inbox limit and host; the host is asked again when steps are repeated after going back.
 * @throws VmError `vm.not-built` without build/vm.wasm, `vm.bad-argument` for a bad input.
 */
export function createMachine(program: Program, start: MachineStart): Machine {
  return new FastMachine(program, start);
}

class FastMachine implements Machine {
  private stepCount = 0n;
  private interval = FIRST_INTERVAL;
  private readonly interpreter: FastInterpreter;
  private readonly checkpoints: Checkpoints;
  /** Overwritten memory, ascending by step: going back and forth meets it again. */
  private patches: { step: bigint; address: number; bytes: Uint8Array }[] = [];
  /** Pages changed since the checkpoint before the present, and since the last `takeDirtyPages`. */
  private readonly sinceCheckpoint = new Set<number>();
  private readonly sinceTake: Set<number>;

  constructor(
    readonly program: Program,
    private readonly start: MachineStart,
  ) {
    const registers = initialRegisters(program, start);
    this.interpreter = new FastInterpreter(program, registers, start.host);
    this.checkpoints = new Checkpoints(program, registers, CHECKPOINT_BUDGET * program.memorySize);
    this.sinceTake = new Set(this.checkpoints.initialPages);
  }

  get steps(): bigint {
    return this.stepCount;
  }

  get status(): Status {
    return this.interpreter.registers.status;
  }

  registers(): Registers {
    return cloneRegisters(this.interpreter.registers);
  }

  run(step: bigint): void {
    if (step < this.stepCount) this.goBack(step);
    while (this.stepCount < step && this.status === Status.running) {
      const next = this.checkpoints.before(this.stepCount).steps + this.interval;
      const target = step < next ? step : next;
      if (target > this.stepCount) this.forwardTo(target);
      if (this.stepCount >= next && this.stepCount < step) this.checkpoint();
    }
  }

  step(): void {
    if (this.status === Status.running) this.forwardTo(this.stepCount + 1n);
  }

  write(address: number, bytes: Uint8Array): void {
    if (bytes.length === 0 || address < 0 || address + bytes.length > this.program.memorySize)
      throw new VmError("vm.bad-argument", `write of ${bytes.length} bytes at ${address}`);
    this.checkpoints.dropAfter(this.stepCount);
    this.patches = this.patches.filter(({ step }) => step <= this.stepCount);
    this.patches.push({ step: this.stepCount, address, bytes: bytes.slice() });
    this.applyPatches();
  }

  trace(): StepTrace {
    return traceStep(this.program, this.registers(), new FlatMemory(this.interpreter.memory), this.start.host);
  }

  readLeaf(index: number): Uint8Array {
    const leaf = new Uint8Array(LEAF_BYTES);
    leaf.set(this.interpreter.memory.subarray(index * LEAF_BYTES, (index + 1) * LEAF_BYTES));
    return leaf;
  }

  read(address: number, length: number): Uint8Array {
    return this.interpreter.memory.slice(address, address + length);
  }

  takeDirtyPages(): number[] {
    this.collect();
    const pages = [...this.sinceTake].sort((left, right) => left - right);
    this.sinceTake.clear();
    return pages;
  }

  checkpoint(): void {
    this.collect();
    const { registers, memory } = this.interpreter;
    if (this.checkpoints.add(this.stepCount, registers, memory, this.sinceCheckpoint)) this.interval *= 2n;
    this.sinceCheckpoint.clear();
  }

  dispose(): void {
    this.sinceCheckpoint.clear();
    this.sinceTake.clear();
  }

  /** Forwards, putting overwritten memory in place where its step is reached. */
  private forwardTo(step: bigint): void {
    while (this.stepCount < step && this.status === Status.running) {
      const patch = this.patches.find((one) => one.step > this.stepCount && one.step < step);
      const steps = Number((patch?.step ?? step) - this.stepCount);
      this.interpreter.run(steps, (done) => (this.stepCount += BigInt(done)));
      this.applyPatches();
    }
  }

  private applyPatches(): void {
    for (const { step, address, bytes } of this.patches)
      if (step === this.stepCount) this.interpreter.overwrite(address, bytes);
  }

  private goBack(step: bigint): void {
    this.collect();
    const { memory, registers } = this.interpreter;
    const pages = this.checkpoints.restore(step, this.stepCount, memory, this.sinceCheckpoint);
    for (const page of pages) this.sinceTake.add(page);
    this.sinceCheckpoint.clear();
    const to = this.checkpoints.before(step);
    Object.assign(registers, cloneRegisters(to.registers));
    this.stepCount = to.steps;
    this.applyPatches();
  }

  /** Takes over the interpreter's marks. */
  private collect(): void {
    for (const page of this.interpreter.takeMarks()) {
      this.sinceCheckpoint.add(page);
      this.sinceTake.add(page);
    }
  }
}
