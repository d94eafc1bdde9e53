/*
 * Why a frame stopped, in ranges: 0 runs on, 1.. success, 0x10 revert, 0x20.. exceptional (all gas of the frame is gone),
 * 0x80.. the frame itself goes on once the driver has done its part.
 */

export const HALT_NONE: u32 = 0;
export const HALT_STOP: u32 = 1;
export const HALT_RETURN: u32 = 2;
export const HALT_SELF_DESTRUCT: u32 = 3;

export const HALT_REVERT: u32 = 0x10;

export const HALT_OUT_OF_GAS: u32 = 0x20;
export const HALT_STACK_UNDERFLOW: u32 = 0x21;
export const HALT_STACK_OVERFLOW: u32 = 0x22;
export const HALT_BAD_JUMP: u32 = 0x23;
export const HALT_INVALID_OPCODE: u32 = 0x24;
export const HALT_STATIC_VIOLATION: u32 = 0x25;
export const HALT_RETURN_DATA_BOUNDS: u32 = 0x26;
/** Creation: an account with code, nonce or storage stands at the address. */
export const HALT_COLLISION: u32 = 0x27;
/** Creation: the deployed code starts with 0xef. */
export const HALT_CODE_PREFIX: u32 = 0x28;
/** Creation: the deployed code is longer than 24,576 bytes. */
export const HALT_CODE_SIZE: u32 = 0x29;
export const HALT_PRECOMPILE: u32 = 0x2a;
/** Creation: the gas left does not pay for the deployed code. */
export const HALT_CODE_DEPOSIT: u32 = 0x2b;
/** The caller's balance does not cover the value, or the depth is 1,024: the call costs its base gas only. */
export const HALT_CALL_REFUSED: u32 = 0x30;

export const EXIT_CALL: u32 = 0x80;
export const EXIT_CREATE: u32 = 0x81;
/** The run gives way so that V8 may enter the optimised code: it has no on-stack replacement for wasm. */
export const EXIT_SLICE: u32 = 0x82;

/** True for a halt that keeps the state changes of the frame. */
export function isSuccess(halt: u32): bool {
  return halt < HALT_REVERT;
}
