/*
 * The block's own memory: region BLOCK of memory.ts, from 0x5380000 on. Literals, because an imported constant would need a start function.
 *
 *   BLOCK + 0x000000  deposits as transactions, each at a multiple of 32          1 MiB
 *   BLOCK + 0x100000  transactions of the block: u32 pointer, u32 length        512 KiB
 *   BLOCK + 0x180000  receipts of the block: u32 pointer, u32 length            512 KiB
 *   BLOCK + 0x200000  a delayed message's data                                  256 KiB
 *   BLOCK + 0x240000  headers: the parent's, then the new one                     8 KiB
 *   BLOCK + 0x242000  lists of chunks, records, messages                          8 KiB
 *   BLOCK + 0x246000  one bloom filter each of the transaction and of the block  512 B
 */
export const DEPOSITS: usize = 0x5380000;
export const DEPOSITS_END: usize = 0x5480000;
export const TRANSACTION_TABLE: usize = 0x5480000;
export const RECEIPT_TABLE: usize = 0x5500000;
/** Entries of either table. */
export const MAX_TRANSACTIONS: u32 = 0x10000;
export const MESSAGE_DATA: usize = 0x5580000;
export const MESSAGE_DATA_BYTES: u32 = 0x40000;
export const PARENT_HEADER: usize = 0x55c0000;
export const HEADER_BYTES: u32 = 0x1000;
export const NEW_HEADER: usize = 0x55c1000;
export const CHUNK_LIST: usize = 0x55c2000;
export const CHUNK_LIST_BYTES: u32 = 0x1000;
export const RECORD: usize = 0x55c3000;
export const RECORD_BYTES: u32 = 0x400;
export const BLOOM: usize = 0x55c6000;
export const BLOCK_BLOOM: usize = 0x55c6100;

/** PRECOMPILE of memory.ts. Free between transactions: bytes on their way to a hint, which wants them at a multiple of 32. */
export const HINT_SCRATCH: usize = 0x4f00000;
