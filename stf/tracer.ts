/*
 * Imports of engine.wasm only, used when it is built with `--use SOLVENT_TRACE=1`: the node looks at frames while they run.
 * Pointers go to `Frame` records (stf/evm/frame.ts); all memory may be read during the call, nothing may be written.
 */

/** Before each instruction. */
export declare function step(frame: usize, pc: u32, op: u32, sp: usize, gas: i64): void;

/** A frame begins: a message, a call or a creation, also one that ends at once. */
export declare function enter(frame: usize): void;

/** It ended: `halt` as in stf/evm/halt.ts; its output, if any, is `length` bytes at `output`. */
export declare function exit(frame: usize, halt: u32, output: usize, length: u32): void;
