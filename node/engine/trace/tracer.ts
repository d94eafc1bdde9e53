import type { Hex } from "../../../protocol/types";
import { toHex } from "../../../protocol";
import type { Instance } from "../instance";

const WORD = 32;

/** Who listens while a message runs; what it is given is good for the time of the call only. */
export interface TraceListener {
  /** Before each instruction. */
  step?(step: Step): void;
  /** A frame begins, also one that ends at once. */
  enter?(frame: FrameView): void;
  /** It ended with a code of halts.ts. */
  exit?(frame: FrameView, halt: number, output: Uint8Array): void;
}

/** Receives the hooks of engine.wasm (stf/tracer.ts) and hands them to the listener of the moment. */
export class Tracer {
  private instance!: Instance;
  private listener: TraceListener = {};

  watch(instance: Instance): void {
    this.instance = instance;
  }

  /** Runs `work` with a listener. */
  during<T>(listener: TraceListener, work: () => T): T {
    this.listener = listener;
    try {
      return work();
    } finally {
      this.listener = {};
    }
  }

  imports(): Record<string, unknown> {
    return {
      step: (frame: number, pc: number, op: number, sp: number, gas: bigint) =>
        this.listener.step?.(new Step(this.instance, frame, pc, op, sp, gas)),
      enter: (frame: number) => this.listener.enter?.(new FrameView(this.instance, frame)),
      exit: (frame: number, halt: number, output: number, length: number) =>
        this.listener.exit?.(
          new FrameView(this.instance, frame),
          halt,
          this.instance.bytes.slice(output, output + length),
        ),
    };
  }
}

/** An instruction about to run. */
export class Step {
  constructor(
    private readonly instance: Instance,
    private readonly frameAt: number,
    readonly pc: number,
    readonly op: number,
    private readonly sp: number,
    readonly gas: bigint,
  ) {}

  get frame(): FrameView {
    return new FrameView(this.instance, this.frameAt);
  }

  /** Words on the stack. */
  get stackSize(): number {
    return (this.instance.call("frameStackBase", this.frameAt) - this.sp) / WORD;
  }

  /** The word that many below the top. */
  peek(index: number): bigint {
    return this.instance.word(this.sp + WORD * index);
  }

  /** The stack, its top last. */
  stack(): bigint[] {
    const size = this.stackSize;
    return Array.from({ length: size }, (_, i) => this.peek(size - 1 - i));
  }

  memory(): Uint8Array {
    const at = this.instance.call("frameMemory", this.frameAt);
    return this.instance.bytes.slice(at, at + this.instance.call("frameMemorySize", this.frameAt));
  }

  /** Bytes of memory as the instruction will find them, zero beyond its present end. */
  memoryRange(offset: number, length: number): Uint8Array {
    const range = new Uint8Array(length);
    const at = this.instance.call("frameMemory", this.frameAt);
    const size = this.instance.call("frameMemorySize", this.frameAt);
    if (offset < size) range.set(this.instance.bytes.subarray(at + offset, at + Math.min(offset + length, size)));
    return range;
  }

  returnData(): Uint8Array {
    const at = this.instance.call("returnData");
    return this.instance.bytes.slice(at, at + this.instance.call("returnDataSize"));
  }
}

/** A frame of the EVM. @see stf/engine/frames.ts */
export class FrameView {
  constructor(
    private readonly instance: Instance,
    private readonly at: number,
  ) {}

  /** 0 for the outermost. */
  get depth(): number {
    return this.instance.call("frameDepth", this.at);
  }

  /** The opcode that started it; 0 for the outermost. */
  get kind(): number {
    return this.instance.call("frameKind", this.at);
  }

  get isCreate(): boolean {
    return this.instance.call("frameIsCreate", this.at) !== 0;
  }

  get gas(): bigint {
    return BigInt(this.instance.call("frameGas", this.at));
  }

  /** Gas that its caller has kept. */
  get callerGas(): bigint {
    return BigInt(this.instance.call("frameCallerGas", this.at));
  }

  /** The first bytes of what it returned, which of a creation is its code. */
  returned(length: number): Uint8Array {
    const at = this.instance.call("returnData");
    return this.instance.bytes.slice(at, at + length);
  }

  /** Whose storage it sees. */
  get account(): Hex {
    return this.address("frameAccount")!;
  }

  get caller(): Hex {
    return this.address("frameCaller")!;
  }

  /** Who was called or created; null for a creation refused before it had an address. */
  get target(): Hex | null {
    return this.address("frameTarget");
  }

  get value(): bigint {
    return this.instance.word(this.instance.call("frameValue", this.at));
  }

  /** Balance of the account. */
  get balance(): bigint {
    return this.instance.word(this.instance.call("frameBalance", this.at));
  }

  get input(): Uint8Array {
    const at = this.instance.call("frameInput", this.at);
    return this.instance.bytes.slice(at, at + this.instance.call("frameInputLength", this.at));
  }

  private address(name: string): Hex | null {
    const at = this.instance.call(name, this.at);
    return at === 0 ? null : toHex(this.instance.bytes.subarray(at, at + 20));
  }
}
