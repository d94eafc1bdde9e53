/*
 * The imports of the program. The file's name is the name of the imported module: plain declarations need no decorator.
 * Source: docs/spec/01-interfaces.md#host. Every pointer is a multiple of 32, every offset too, or the machine traps.
 */

/** Writes the 32-byte output root before this run to `ptr`. */
export declare function input(ptr: usize): void;

/** Takes the 32-byte output root after this run from `ptr` and ends the run. */
export declare function output(ptr: usize): void;

/** Writes 32 bytes at `offset` of the data behind the 32-byte key (zeros beyond its end); returns the full length. */
export declare function preimage(kind: u32, keyPtr: usize, offset: u32, dstPtr: usize): u32;

/** Writes batch record or delayed message hash number `index`; 0 and nothing written at or past the limit, else 1. */
export declare function inbox(kind: u32, index: u64, dstPtr: usize): u32;

/** Offers `length` bytes at `ptr` to the host; no effect in the machine. */
export declare function hint(kind: u32, ptr: usize, length: u32): void;
