/*
 * Tracing. Compiled only into builds with `--use SOLVENT_TRACE=1` (engine.wasm), and there only active between `setTracing(true)` and
 * `setTracing(false)`; in stf.wasm every hook vanishes.
 */
import { EVM_RETURN } from "../memory";
import { enter, exit, step } from "../tracer";
import { Frame, returnDataLength } from "./frame";

/** Compile-time constant: this build can trace. */
// @ts-expect-error: the compiler is given the name, or is not
export const TRACING: bool = isDefined(SOLVENT_TRACE);

let isOn: bool = false;

export function setTracing(on: bool): void {
  isOn = on;
}

/** Called before each instruction. */
export function traceStep(frame: Frame, pc: u32, op: u32, sp: usize, gas: i64): void {
  if (isOn) step(changetype<usize>(frame), pc, op, sp, gas);
}

/** Called when a frame is set up. */
export function traceEnter(frame: Frame): void {
  if (isOn) enter(changetype<usize>(frame));
}

/** Called when a frame is over. */
export function traceExit(frame: Frame, halt: u32): void {
  if (isOn) exit(changetype<usize>(frame), halt, EVM_RETURN, returnDataLength);
}
