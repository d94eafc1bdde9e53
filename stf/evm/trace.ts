/*
 * Step tracing. Compiled only into builds with `--use SOLVENT_TRACE=1` (engine.wasm); elsewhere every hook vanishes.
 */
import { Frame } from "./frame";

export const TRACING: bool = isDefined(SOLVENT_TRACE);

/** Called before each instruction. */
export function traceStep(frame: Frame, pc: u32, op: u32, sp: usize, gas: i64): void {}
