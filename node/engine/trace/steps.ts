import type { Hex } from "../../../protocol/types";
import { toHex, word } from "../../../protocol";
import { HALT, haltMessage, isSuccess } from "../halts";
import type { TraceOptions, TraceStep } from "../types";
import type { TraceBudget } from "./budget";
import type { FrameView, Step, TraceListener } from "./tracer";

const SLOAD = 0x54;
const SSTORE = 0x55;
const RETURN = 0xf3;
const GAS_DEPOSIT_BYTE = 200n;
/** What a step, a word of its stack and a slot of its storage take in memory, roughly. */
const STEP_BYTES = 128;
const WORD_BYTES = 32;
const SLOT_BYTES = 16;

/** An instruction whose cost is not known before it is over. */
interface Pending {
  /** Null past the limit of steps. */
  step: TraceStep | null;
  gas: bigint;
  op: number;
  stackSize: number;
  /** Gas that a creation will pay for its code, once the instruction ends the frame. */
  deposit: bigint;
  /** Of an SLOAD: what its value is noted under. */
  slot: Hex | null;
}

/**
 * Records steps as geth's struct logger does. The cost of a step is what the frame paid until its next one; of a call with the gas
 * that goes with it, of a creation without. A step that ends its frame exceptionally costs all gas that was left.
 */
export class StepRecorder implements TraceListener {
  readonly steps: TraceStep[] = [];
  private readonly pending: (Pending | undefined)[] = [];
  private readonly storage = new Map<Hex, Record<Hex, Hex>>();

  constructor(
    private readonly options: TraceOptions,
    private readonly budget: TraceBudget,
  ) {}

  step(step: Step): void {
    const { frame, op, gas } = step;
    const { depth } = frame;
    const before = this.pending[depth];
    if (before !== undefined) {
      this.settle(before, before.gas - gas);
      if (before.slot !== null) this.noteStorage(before, frame.account, before.slot, toHex(word(step.peek(0))));
    }
    const isFull =
      this.options.limit !== undefined && this.options.limit > 0 && this.steps.length >= this.options.limit;
    const recorded = isFull ? null : this.record(step, depth);
    if (recorded !== null) this.steps.push(recorded);
    const stackSize = step.stackSize;
    const deposit = frame.isCreate && op === RETURN && stackSize > 1 ? GAS_DEPOSIT_BYTE * step.peek(1) : 0n;
    const slot = op === SLOAD && stackSize > 0 ? toHex(word(step.peek(0))) : null;
    const pending = { step: recorded, gas, op, stackSize, deposit, slot };
    this.pending[depth] = pending;
    if (op === SSTORE && stackSize > 1)
      this.noteStorage(pending, frame.account, toHex(word(step.peek(0))), toHex(word(step.peek(1))));
  }

  enter(frame: FrameView): void {
    this.pending[frame.depth] = undefined;
    const caller = this.pending[frame.depth - 1];
    if (caller === undefined) return;
    const left = frame.isCreate ? frame.callerGas + frame.gas : frame.callerGas;
    this.settle(caller, caller.gas - left);
  }

  exit(frame: FrameView, halt: number): void {
    const last = this.pending[frame.depth];
    this.pending[frame.depth] = undefined;
    if (last === undefined) return;
    if (isSuccess(halt)) this.settle(last, last.gas - frame.gas - last.deposit);
    else if (halt === HALT.revert) this.settle(last, last.gas - frame.gas);
    else {
      this.settle(last, last.gas);
      if (last.step !== null) last.step.error = haltMessage(halt, last);
    }
  }

  private record(step: Step, depth: number): TraceStep {
    const { stack, memory, returnData } = this.options;
    const recorded: TraceStep = {
      pc: step.pc,
      op: step.op,
      gas: step.gas,
      gasCost: 0n,
      depth: depth + 1,
      ...(stack ? { stack: step.stack() } : {}),
      ...(memory ? { memory: step.memory() } : {}),
      ...(returnData ? { returnData: step.returnData() } : {}),
    };
    const bytes = (recorded.memory?.length ?? 0) + (recorded.returnData?.length ?? 0);
    this.budget.spend(STEP_BYTES + WORD_BYTES * (recorded.stack?.length ?? 0) + bytes);
    return recorded;
  }

  /** Only the first answer counts: a call is settled when its frame begins. */
  private settle(pending: Pending, cost: bigint): void {
    if (pending.step !== null && pending.step.gasCost === 0n) pending.step.gasCost = cost;
  }

  private noteStorage({ step }: Pending, account: Hex, slot: Hex, value: Hex): void {
    if (!this.options.storage) return;
    const known = { ...this.storage.get(account), [slot]: value };
    this.storage.set(account, known);
    if (step !== null) this.budget.spend(SLOT_BYTES * Object.keys(known).length);
    if (step !== null) step.storage = known;
  }
}
