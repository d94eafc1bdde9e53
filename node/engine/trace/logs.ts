import { toHex, word } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import { isSuccess } from "../halts";
import type { SimulatedLog } from "../types";
import { TraceBudget } from "./budget";
import type { FrameView, Step, TraceListener } from "./tracer";

const LOG0 = 0xa0;
const LOG4 = 0xa4;
const DELEGATECALL = 0xf4;
const SELFDESTRUCT = 0xff;
const LOG_BYTES = 256;
/** Who logs a transfer of ether, and how. Source: geth's eth_simulateV1 (ERC-7528, `Transfer(address,address,uint256)`). */
const ETHER: Hex = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const TRANSFER: Hex = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";

/** Records the logs of a block's messages; those of frames that failed are taken back, but their numbers are used. */
export class LogRecorder implements TraceListener {
  private readonly budget = new TraceBudget();
  private readonly open: SimulatedLog[][] = [];
  private done: SimulatedLog[] = [];
  private count = 0;

  /** @param withTransfers - a transfer of ether is a log, too. */
  constructor(private readonly withTransfers: boolean) {}

  /** The logs of the message that just ended. */
  take(): SimulatedLog[] {
    const { done } = this;
    this.done = [];
    return done;
  }

  enter(frame: FrameView): void {
    this.open.push([]);
    const { kind, target } = frame;
    if (kind !== DELEGATECALL && target !== null) this.noteTransfer(frame.caller, target, frame.value);
  }

  step(step: Step): void {
    const { op, stackSize } = step;
    if (op >= LOG0 && op <= LOG4 && stackSize >= op - LOG0 + 2) this.noteLog(step);
    else if (op === SELFDESTRUCT && stackSize > 0)
      this.noteTransfer(step.frame.account, toHex(word(step.peek(0)).subarray(12)), step.frame.balance);
  }

  exit(_frame: FrameView, halt: number): void {
    const logs = this.open.pop()!;
    if (isSuccess(halt)) (this.open.at(-1) ?? this.done).push(...logs);
  }

  private noteLog(step: Step): void {
    const topics = Array.from({ length: step.op - LOG0 }, (_, i) => toHex(word(step.peek(2 + i))));
    const [offset, size] = [step.peek(0), step.peek(1)];
    // Longer ones cost more than there is: the step fails, and takes its frame's logs with it.
    const data = size >> 24n === 0n ? step.memoryRange(Number(offset), Number(size)) : new Uint8Array(0);
    this.note({ address: step.frame.account, topics, data });
  }

  private noteTransfer(from: Hex, to: Hex, value: bigint): void {
    if (!this.withTransfers || value === 0n) return;
    const topics = [TRANSFER, padded(from), padded(to)];
    this.note({ address: ETHER, topics, data: word(value) });
  }

  private note(log: Omit<SimulatedLog, "index">): void {
    this.budget.spend(LOG_BYTES + log.data.length);
    this.open.at(-1)!.push({ ...log, index: this.count++ });
  }
}

function padded(address: Hex): Hex {
  return `0x${address.slice(2).padStart(64, "0")}`;
}
