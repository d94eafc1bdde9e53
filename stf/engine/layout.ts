/*
 * Where an operation's request stands in ENGINE. engine.wasm exports these addresses: whoever calls asks for them by name.
 *
 *   REQUEST_WORDS         big-endian words: parent hash | parent state root | base fee | coinbase | prevRandao | parent beacon root
 *                         | chain id where the state has none | BLOBBASEFEE; a build has the output root after its parent instead
 *   REQUEST_NUMBERS       u64: number | timestamp | gas limit | excess blob gas; u32: length of extra data | own writes of the block
 *                         | length of the parent's header or 0
 *   REQUEST_EXTRA_DATA    at most 256 bytes
 *   REQUEST_PARENT        the parent's header where the base fee shall follow from it, at most 1,024 bytes
 *   REQUEST_TRANSACTIONS  EIP-2718 bytes of a block's transactions, up to ENGINE_END
 *   REQUEST_CANDIDATES    those of a build, which stay when they are taken
 *
 * A call has its own things behind the numbers:
 *
 *   REQUEST_ADDRESS       20 bytes, of a state override
 *   REQUEST_KEY           32 bytes
 *   REQUEST_VALUE         value or balance: 32 big-endian bytes
 *   REQUEST_SENDER        20 bytes
 *   REQUEST_MESSAGE       the message, or the code of an override
 *   REQUEST_SHOWN         the messages of a simulated block as it shows them, one behind the other, up to ENGINE_END
 */
import { ENGINE } from "../memory";

export const REQUEST_WORDS: usize = ENGINE;
export const REQUEST_CANDIDATES: usize = ENGINE + 0x20;
export const REQUEST_NUMBERS: usize = ENGINE + 0x100;
export const REQUEST_EXTRA_DATA: usize = ENGINE + 0x140;
export const REQUEST_ADDRESS: usize = ENGINE + 0x200;
export const REQUEST_KEY: usize = ENGINE + 0x220;
export const REQUEST_VALUE: usize = ENGINE + 0x240;
export const REQUEST_PARENT: usize = ENGINE + 0x240;
export const REQUEST_SENDER: usize = ENGINE + 0x260;
export const REQUEST_MESSAGE: usize = ENGINE + 0x400;
export const REQUEST_TRANSACTIONS: usize = ENGINE + 0x640;
export const REQUEST_SHOWN: usize = ENGINE + 0x400000;
