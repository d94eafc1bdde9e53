/*
 * Tracing. Compiled only into builds with `--use SOLVENT_TRACE=1` (engine.wasm), and there only active while a mode is set
 * by `setTracing`; in stf.wasm every hook vanishes.
 */
import { EVM_RETURN } from "../memory";
import { enter, exit, step } from "../tracer";
import { Frame, returnDataLength } from "./frame";

/** Compile-time constant: this build can trace. */
// @ts-expect-error: the compiler is given the name, or is not
export const TRACING: bool = isDefined(SOLVENT_TRACE);

/** Modes: nothing, every instruction, only those that log or self-destruct; frames in the last two. */
export const TRACE_NONE: u32 = 0;
export const TRACE_LOGS: u32 = 2;

const LOG0: u32 = 0xa0;
const LOG4: u32 = 0xa4;
const SELFDESTRUCT: u32 = 0xff;

let mode: u32 = 0;

export function setTracing(next: u32): void {
  mode = next;
}

/** Called before each instruction. */
export function traceStep(frame: Frame, pc: u32, op: u32, sp: usize, gas: i64): void {
  if (mode == TRACE_NONE) return;
  if (mode == TRACE_LOGS && (op < LOG0 || op > LOG4) && op != SELFDESTRUCT) return;
  step(changetype<usize>(frame), pc, op, sp, gas);
}

/** Called when a frame is set up. */
export function traceEnter(frame: Frame): void {
  if (mode != TRACE_NONE) enter(changetype<usize>(frame));
}

/** Called when a frame is over. */
export function traceExit(frame: Frame, halt: u32): void {
  if (mode != TRACE_NONE) exit(changetype<usize>(frame), halt, EVM_RETURN, returnDataLength);
}
