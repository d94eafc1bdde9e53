/*
 * Why a transaction is no part of a block. Twin of `REASON` in node/engine/refusal.ts.
 */

export const VALID: u32 = 0;
/** Not the canonical encoding of a transaction. */
export const INVALID_ENCODING: u32 = 1;
/** A blob, a deposit or an unknown type. */
export const INVALID_TYPE: u32 = 2;
export const INVALID_SIGNATURE: u32 = 3;
export const INVALID_CHAIN_ID: u32 = 4;
/** Its gas limit does not fit in what the block has left. */
export const INVALID_BLOCK_GAS: u32 = 5;
/** Over 2^24 (EIP-7825). */
export const INVALID_GAS_CAP: u32 = 6;
export const INVALID_INTRINSIC_GAS: u32 = 7;
/** Below the calldata floor (EIP-7623). */
export const INVALID_FLOOR_GAS: u32 = 8;
export const INVALID_INITCODE_SIZE: u32 = 9;
export const INVALID_TIP_ABOVE_FEE: u32 = 10;
export const INVALID_FEE_BELOW_BASE: u32 = 11;
export const INVALID_NONCE_MAX: u32 = 12;
export const INVALID_NONCE_LOW: u32 = 13;
export const INVALID_NONCE_HIGH: u32 = 14;
/** The sender has code that is no delegation (EIP-3607). */
export const INVALID_SENDER: u32 = 15;
export const INVALID_FUNDS: u32 = 16;
export const INVALID_EMPTY_AUTHORIZATIONS: u32 = 17;
export const INVALID_AUTHORIZATION_CREATION: u32 = 18;
/** Engine only: the block would be longer than asked for. */
export const INVALID_BLOCK_BYTES: u32 = 19;
