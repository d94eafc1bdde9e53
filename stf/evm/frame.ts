/*
 * Frames of running code, on an explicit stack: WebAssembly never recurses per frame.
 *
 *   EVM_FRAMES   frames of 512 bytes, one behind the other; from its middle on: jump analysis of the initcodes being run
 *   EVM_STACKS   words of all frames, growing down from the end; a frame's stack starts where its caller's stands
 *   EVM_MEMORY   memories of all frames, growing up; a frame's memory starts where its caller's ends
 *
 * Only the top frame grows, so the regions are packed. With at most 2^24 gas, of which each caller keeps 1/64, all memories together need
 * less than 19.4 MB and all stacks less than 10.3 MB, and at most 500 frames are alive.
 */
import { EVM_FRAMES, EVM_FRAMES_END, EVM_MEMORY, EVM_STACKS_END } from "../memory";
import { Account, Code } from "../state/records";

export const FRAME_SIZE: usize = 512;
/** Frames 0 to 1,024. */
export const MAX_DEPTH: u32 = 1024;
/** Where jump analyses of initcodes stand, one behind the other. */
export const INITCODE_WORK: usize = EVM_FRAMES + FRAME_SIZE * 1026;
export const INITCODE_WORK_END: usize = EVM_FRAMES_END;

/** One frame: one activation of a piece of code. */
@unmanaged
export class Frame {
  gas: i64;
  /** Refund counter when the frame started. */
  refundBefore: i64;
  /** Next instruction, as an offset into the code. */
  pc: u32;
  /** Top of the stack: the address of its newest word. */
  sp: usize;
  /** The address where the stack is empty. */
  stackBase: usize;
  memory: usize;
  /** Bytes, a multiple of 32. */
  memorySize: u32;
  /** The running code's record, or null for initcode. */
  code: usize;
  codeBytes: usize;
  codeLength: u32;
  /** Jump analysis of initcode. */
  work: usize;
  /** The account whose storage and balance the code sees. */
  account: usize;
  caller: usize;
  input: usize;
  inputLength: u32;
  depth: u32;
  isStatic: u32;
  isCreate: u32;
  /** Journal mark to go back to. */
  checkpoint: u32;
  /** Where the caller's memory takes the output. */
  returnOffset: u32;
  returnLength: u32;
  /** The opcode that started the frame; 0 for the top. */
  kind: u32;
  /** The account called; set only where calls are traced. */
  target: usize;
  value0: u64;
  value1: u64;
  value2: u64;
  value3: u64;
  /** While initcode runs in place, the 64 bytes behind it are zero; this is what they were. */
  tail: u64;
}

/** The frame that runs. */
export let top: Frame = changetype<Frame>(0);

/** Output of the call that returned last, in EVM_RETURN. */
export let returnDataLength: u32 = 0;
/** Sum of refunds of the transaction so far. */
export let refunds: i64 = 0;
/** Why a cold function gave up (returned negative gas); HALT_NONE means out of gas. */
export let fault: u32 = 0;
/** Start and length in bytes of the memory range that `memoryRange` checked last. */
export let rangeStart: usize = 0;
export let rangeLength: u32 = 0;

export function setTop(frame: Frame): void {
  top = frame;
}

export function setReturnDataLength(length: u32): void {
  returnDataLength = length;
}

export function setRefunds(value: i64): void {
  refunds = value;
}

export function setFault(halt: u32): void {
  fault = halt;
}

export function setRange(start: usize, length: u32): void {
  rangeStart = start;
  rangeLength = length;
}

/** Pointer to the call value of a frame, a word. */
export function valueOf(frame: Frame): usize {
  return changetype<usize>(frame) + offsetof<Frame>("value0");
}

export function accountOf(frame: Frame): Account {
  return changetype<Account>(frame.account);
}

export function callerOf(frame: Frame): Account {
  return changetype<Account>(frame.caller);
}

/** The frame above `frame`; its fields are not set. */
export function frameAbove(frame: Frame): Frame {
  return changetype<Frame>(changetype<usize>(frame) + FRAME_SIZE);
}

export function frameBelow(frame: Frame): Frame {
  return changetype<Frame>(changetype<usize>(frame) - FRAME_SIZE);
}

/** The bottom frame, with empty stack and memory. */
export function bottomFrame(): Frame {
  const frame = changetype<Frame>(EVM_FRAMES);
  frame.depth = 0;
  frame.sp = EVM_STACKS_END;
  frame.stackBase = EVM_STACKS_END;
  frame.memory = EVM_MEMORY;
  frame.memorySize = 0;
  return frame;
}

/** The running code's record of a frame that does not run initcode. */
export function codeRecord(frame: Frame): Code {
  return changetype<Code>(frame.code);
}
