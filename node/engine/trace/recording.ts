import type { Hex } from "../../../protocol/types";
import { isSuccess } from "../halts";
import type { CallFrame, Trace, TraceOptions } from "../types";
import { TraceBudget } from "./budget";
import { CallRecorder } from "./calls";
import { StepRecorder } from "./steps";
import { TouchRecorder } from "./touched";
import type { FrameView, Step, TraceListener } from "./tracer";

const RETURN = 0xf3;

/** What a trace asks for, recorded while a message runs. */
export class Recording implements TraceListener {
  private readonly steps: StepRecorder | undefined;
  private readonly calls: CallRecorder | undefined;
  /** What it touches, where that is asked for. */
  readonly touched: TouchRecorder | undefined;
  private output: Uint8Array = new Uint8Array(0);
  /** Bytes that the outermost frame gives back with RETURN, its last instruction. */
  private returned = 0;

  /** @param known - accounts that count as touched whatever runs. */
  constructor(
    options: TraceOptions,
    readonly budget = new TraceBudget(),
    known: readonly Hex[] = [],
  ) {
    if (options.accounts) this.touched = new TouchRecorder(known);
    if (options.steps) this.steps = new StepRecorder(options, budget);
    if (options.calls) this.calls = new CallRecorder(options.logs ?? false, budget);
  }

  step(step: Step): void {
    if (step.op === RETURN && step.stackSize > 1) this.returned = Number(step.peek(1));
    this.steps?.step(step);
    this.touched?.step(step);
    this.calls?.step(step);
  }

  enter(frame: FrameView): void {
    this.steps?.enter(frame);
    this.touched?.enter(frame);
    this.calls?.enter(frame);
  }

  exit(frame: FrameView, halt: number, output: Uint8Array): void {
    this.steps?.exit(frame, halt);
    this.calls?.exit(frame, halt, output);
    // The output of a creation is its code, which is no return data any more.
    if (frame.depth === 0) this.output = frame.isCreate && isSuccess(halt) ? frame.returned(this.returned) : output;
  }

  /** @param outermost - gas limit and gas used of the transaction; what stands for a call that never began. */
  finish(outermost: Pick<CallFrame, "gas" | "gasUsed">, failed: boolean, otherwise: () => CallFrame): Trace {
    const trace: Trace = {
      gasUsed: outermost.gasUsed,
      failed,
      returnData: this.output,
      steps: this.steps?.steps ?? [],
    };
    if (this.calls !== undefined) trace.call = { ...(this.calls.root ?? otherwise()), ...outermost };
    return trace;
  }
}
