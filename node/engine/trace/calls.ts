import { toHex, word } from "../../../protocol";
import { HALT, haltMessage, isSuccess, type HaltPlace } from "../halts";
import type { CallFrame } from "../types";
import type { TraceBudget } from "./budget";
import type { FrameView, Step, TraceListener } from "./tracer";

const TYPES: Readonly<Record<number, CallFrame["type"]>> = {
  0xf0: "CREATE",
  0xf1: "CALL",
  0xf2: "CALLCODE",
  0xf4: "DELEGATECALL",
  0xf5: "CREATE2",
  0xfa: "STATICCALL",
};
const LOG0 = 0xa0;
const LOG4 = 0xa4;
const RETURN = 0xf3;
const SELFDESTRUCT = 0xff;
const MAX_DEPTH = 1024;
/** What a call or a log takes in memory beside its data, roughly. */
const CALL_BYTES = 256;

/** A frame under way: the last instruction, and a self-destruct that shows once it has succeeded. */
interface Open {
  frame: CallFrame;
  last: HaltPlace;
  /** Bytes that RETURN gives back. */
  returned: number;
  destruction: CallFrame | null;
}

/** Records the tree of calls as geth's callTracer shows it. */
export class CallRecorder implements TraceListener {
  /** The outermost frame, once it began. */
  root: CallFrame | undefined;
  private readonly open: Open[] = [];

  constructor(
    private readonly withLogs: boolean,
    private readonly budget: TraceBudget,
  ) {}

  enter(frame: FrameView): void {
    const type = frame.kind === 0 ? (frame.isCreate ? "CREATE" : "CALL") : TYPES[frame.kind];
    const isDelegated = type === "DELEGATECALL" || type === "CALLCODE";
    const { target } = frame;
    const { input } = frame;
    this.budget.spend(CALL_BYTES + input.length);
    const call: CallFrame = {
      type,
      from: isDelegated ? frame.account : frame.caller,
      ...(target === null ? {} : { to: target }),
      ...(type === "STATICCALL" ? {} : { value: frame.value }),
      gas: frame.gas,
      gasUsed: 0n,
      input,
      calls: [],
    };
    this.open.at(-1)?.frame.calls.push(call);
    this.root ??= call;
    this.open.push({ frame: call, last: { op: 0, stackSize: 0 }, returned: 0, destruction: null });
  }

  step(step: Step): void {
    const open = this.open.at(-1)!;
    const { op, stackSize } = step;
    open.last = { op, stackSize };
    open.destruction = null;
    if (op === RETURN && stackSize > 1) open.returned = Number(step.peek(1));
    else if (op === SELFDESTRUCT && stackSize > 0) open.destruction = destruction(step);
    else if (this.withLogs && op >= LOG0 && op <= LOG4 && stackSize >= op - LOG0 + 2) this.noteLog(open.frame, step);
  }

  exit(view: FrameView, halt: number, output: Uint8Array): void {
    const { frame, last, returned, destruction } = this.open.pop()!;
    frame.gasUsed = frame.gas - view.gas;
    this.budget.spend(output.length);
    if (isSuccess(halt)) {
      frame.output = view.isCreate && last.op === RETURN ? view.returned(returned) : output;
      if (destruction !== null) frame.calls.push(destruction);
      return;
    }
    frame.error =
      halt === HALT.callRefused && view.depth > MAX_DEPTH ? "max call depth exceeded" : haltMessage(halt, last);
    if (halt === HALT.revert && output.length > 0) frame.output = output;
    if (view.isCreate) delete frame.to;
    dropLogs(frame);
  }

  private noteLog(frame: CallFrame, step: Step): void {
    const topics = Array.from({ length: step.op - LOG0 }, (_, i) => toHex(word(step.peek(2 + i))));
    const [offset, size] = [step.peek(0), step.peek(1)];
    // Longer ones cost more than there is: the step fails, and takes its frame's logs with it.
    const data = size >> 24n === 0n ? step.memoryRange(Number(offset), Number(size)) : new Uint8Array(0);
    this.budget.spend(CALL_BYTES + data.length);
    (frame.logs ??= []).push({ address: step.frame.account, topics, data, position: frame.calls.length });
  }
}

function destruction(step: Step): CallFrame {
  const { frame } = step;
  return {
    type: "SELFDESTRUCT",
    from: frame.account,
    to: toHex(word(step.peek(0)).subarray(12)),
    value: frame.balance,
    gas: 0n,
    gasUsed: 0n,
    input: new Uint8Array(0),
    calls: [],
  };
}

/** A frame that failed takes back its logs and those of its calls. */
function dropLogs(frame: CallFrame): void {
  delete frame.logs;
  frame.calls.forEach(dropLogs);
}
