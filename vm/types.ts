import type { Instruction } from "./isa";

/** What a machine is doing; everything from `unreachable` on is a trap. Values are part of the machine's hash. */
export const Status = {
  running: 0,
  halted: 1,
  unreachable: 2,
  divisionByZero: 3,
  integerOverflow: 4,
  outOfBounds: 5,
  stackExhausted: 6,
  misaligned: 7,
  unknownKind: 8,
  invalidInstruction: 9,
  noInput: 10,
} as const;
export type Status = (typeof Status)[keyof typeof Status];

/** Bytes of one instruction, of one slot, of one leaf of the memory tree, of one page of dirty tracking. */
export const INSTRUCTION_BYTES = 16;
export const SLOT_BYTES = 8;
export const LEAF_BYTES = 32;
export const PAGE_BYTES = 4096;

/** A stretch of memory that is not zero at the start; addresses are of the machine's whole memory. */
export type Segment = { address: number; bytes: Uint8Array };

/** An exported function and the stub that calls it: start there with the arguments in the first slots of the frame area. */
export type ExportedFunction = { name: string; stubPc: number; params: ValueType[]; results: ValueType[] };
export type ValueType = "i32" | "i64";

/** A function's instructions `[startPc, endPc)`. */
export type FunctionRange = { startPc: number; endPc: number; frameSlots: number; wasmIndex: number; name: string };

/**
 * A flattened module: what a machine runs. Fixed for ever by `programHash` (vm/commit).
 * Memory is `[linear | frames | globals]`; `linearSize`, `frameArea`, `globalArea` are bytes and multiples of 4,096.
 */
export interface Program {
  /** Packed instructions, 16 bytes each, little-endian. @see docs/spec/04-vm.md#code */
  code: Uint8Array;
  /** Where a machine starts: a `call` of the exported `run`. */
  entryPc: number;
  linearSize: number;
  frameArea: number;
  globalArea: number;
  /** `linearSize + frameArea + globalArea`, bytes; what is behind it in the tree is zero and never touched. */
  memorySize: number;
  /** Height of the memory tree: the least d >= 7 with `32 * 2^d >= memorySize`; at most 23. */
  memoryDepth: number;
  /** Ascending, disjoint. */
  segments: Segment[];
  exports: ExportedFunction[];
  /** In order of `startPc`. */
  functions: FunctionRange[];
  /** Per instruction, the byte offset in the wasm module it was made from. */
  wasmOffsets: Uint32Array;
}

/** How many batches and delayed messages a run may see. */
export type InboxLimit = { batchCount: bigint; delayedCount: bigint };

/** A machine without its memory. `pc` counts instructions, `fp` is a byte address of the machine's memory. */
export type Registers = {
  pc: number;
  fp: number;
  status: Status;
  input: Uint8Array;
  output: Uint8Array;
  inboxLimit: InboxLimit;
};

/** All about one step that has not been done yet. */
export type StepTrace = {
  instruction: Instruction;
  before: Registers;
  after: Registers;
  /** Leaves of the memory tree that the step reads or writes, ascending. */
  leaves: number[];
  writes: { address: number; bytes: Uint8Array }[];
  /** Leaves that the step writes, ascending; a part of `leaves`. */
  writtenLeaves: number[];
  /** The host call that L1 has to check, if the step made one. */
  hostCall?:
    | { call: "preimage"; kind: number; key: Uint8Array; data: Uint8Array }
    | { call: "inbox"; kind: number; index: bigint; record: Uint8Array };
};

/** First byte of the frame area. */
export const framesBase = (program: Program): number => program.linearSize;
/** First byte behind the frame area, that is of the globals. */
export const framesEnd = (program: Program): number => program.linearSize + program.frameArea;

/**
 * A machine that can be at any step. Made by `createMachine` (vm/machine.ts).
 * What a step is and does: docs/spec/04-vm.md.
 */
export interface Machine {
  readonly program: Program;
  /** Steps done since the start; stands still once the machine has stopped. */
  readonly steps: bigint;
  readonly status: Status;
  /** A copy. */
  registers(): Registers;
  /**
   * Goes to the state after `step` steps, forwards or backwards; a machine that stops before it stays there (`steps` tells where).
   * @throws PreimageMissing, InboxMissing: the machine then stands before the host call and may go on.
   */
  run(step: bigint): void;
  /** One step forwards. */
  step(): void;
  /**
   * Overwrites memory at the present step; what follows runs on it. For adversaries and tests only: no honest run does this.
   * Later checkpoints are dropped; going back before the step and forth again meets the same write again.
   * @throws VmError `vm.bad-argument` where the range is empty or not inside the memory.
   */
  write(address: number, bytes: Uint8Array): void;
  /** What the next step touches and does, without doing it. */
  trace(): StepTrace;
  /** 32 bytes of the memory tree, a copy; zero behind the memory. */
  readLeaf(index: number): Uint8Array;
  /** A copy of `length` bytes; the range lies inside the memory. */
  read(address: number, length: number): Uint8Array;
  /**
   * Pages (4,096 bytes, ascending) that may have changed since the last call; the first call gives all that may differ from zero.
   * Going back counts as change. For one consumer.
   */
  takeDirtyPages(): number[];
  /** Keeps the present state, so that `run` need not go back to the start. Old ones are thinned out to bound memory. */
  checkpoint(): void;
  /** Frees the interpreter's memory. */
  dispose(): void;
}
