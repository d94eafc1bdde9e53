/*
 * The linear memory of stf.wasm: 96 MiB, fixed, zero at start. Sizes hold a block of 30 Mgas. That of engine.wasm begins with the same.
 *
 *   0x0000000  static data of the compiler (tables, small scratch)                        512 KiB
 *   0x0080000  map buckets: accounts, slots, codes (128 KiB each), transient (256 KiB)    640 KiB
 *   0x0120000  trie scratch: one node and one value per level                             384 KiB
 *   0x0180000  code records                        16,384 x 96 bytes                      1.5 MiB
 *   0x0300000  account records                     24,576 x 256 bytes                       6 MiB
 *   0x0900000  slot records                        24,576 x 192 bytes                     4.5 MiB
 *   0x0D80000  jump analysis: one byte per 64 bytes of code that ran                      5.5 MiB
 *   0x1300000  code cache                          128 x 27,648 bytes + 2 x 256 KiB         4 MiB
 *   0x1700000  transaction: transient records grow up, the journal grows down              14 MiB
 *              (at the end of the block: scratch of the commitment)
 *   0x2500000  logs of one transaction                                                      3 MiB
 *   0x2800000  EVM memory of all frames            proven bound 19.4 MB at 16,777,216 gas  22 MiB
 *   0x3E00000  EVM stacks, one behind the other    proven bound 10.3 MB                    12 MiB
 *   0x4A00000  EVM frames and initcode analysis                                             2 MiB
 *   0x4C00000  return data                                                                  3 MiB
 *   0x4F00000  precompile request and output                                                3 MiB
 *   0x5200000  block: batch bytes                                                         128 KiB
 *   0x5220000  block: inflated segment and inflater state                               1,408 KiB
 *   0x5380000  block: deposits as transactions, list of transactions, header, scratch     2.5 MiB
 *   0x5600000  block: receipts                                                              6 MiB
 *   0x5C00000  engine only: request and response                                            4 MiB
 *   0x6000000  end
 *
 * Bounds. A cold account costs 2,400 gas at least (access list), so 12,500 of 30 Mgas, and an invalid transaction reads its
 * sender free of gas, 1,428 of those: 13,928 accounts. A slot costs 1,900: 15,789. Code that cannot pay for an access makes no
 * record (`isWithinReach`). Code that runs costs 2,500 (access list, then a warm call) and is at most 24,576 bytes: 12,000 x 384
 * bytes of jump analysis. A transaction has at most 16,777,216 gas: TSTORE and its operands, 104 gas, write at most 88 bytes (a new
 * record and its journal entry): 13.6 MiB. A log byte costs 8 gas.
 * Frames: a caller keeps 1/64 of its gas, which bounds memory and stacks of all live frames as above.
 * test/stf/bounds.test.ts spends all gas on each of them.
 *
 * The engine also runs calls and simulated blocks of 50,000,000 gas with overridden accounts (geth's cap), which take more. There the
 * regions whose size follows from the gas stand behind the others, three times as large:
 *
 *   0x6000000  account records                     65,536 x 256 bytes                      16 MiB
 *   0x7000000  slot records                        65,536 x 192 bytes                      12 MiB
 *   0x7C00000  code records                                                                 4 MiB
 *   0x8000000  jump analysis                                                               16 MiB
 *   0x9000000  transaction                                                                 48 MiB
 *   0xC000000  logs of one transaction                                                      8 MiB
 *   0xC800000  EVM memory of all frames                                                    64 MiB
 *   0x10800000 EVM stacks: 1,025 frames of 1,024 words                                     36 MiB
 *   0x12C00000 EVM frames and initcode analysis                                             8 MiB
 *   0x13400000 return data                                                                  6 MiB
 *   0x13A00000 precompile request and output                                                6 MiB
 *   0x14000000 block: receipts                                                             16 MiB
 *   0x15000000 request and response                                                        16 MiB
 *   0x16000000 moved precompiles (evm/precompiles/moved.ts), known block hashes (evm/hashes.ts) 64 KiB
 *   0x16010000 end
 */

/** Compile-time constant: this is engine.wasm. */
// @ts-expect-error: the compiler is given the name, or is not
const IS_ENGINE: bool = isDefined(SOLVENT_TRACE);

export const STATIC_END: usize = 0x80000;

export const MAP_BUCKETS: usize = 0x80000;
export const ACCOUNT_BUCKETS: usize = 0x80000;
export const SLOT_BUCKETS: usize = 0xa0000;
export const CODE_BUCKETS: usize = 0xc0000;
export const TRANSIENT_BUCKETS: usize = 0xe0000;

export const TRIE_SCRATCH: usize = 0x120000;
export const TRIE_SCRATCH_END: usize = 0x180000;

export const CODES: usize = IS_ENGINE ? 0x7c00000 : 0x180000;
export const CODES_END: usize = IS_ENGINE ? 0x8000000 : 0x300000;
export const ACCOUNTS: usize = IS_ENGINE ? 0x6000000 : 0x300000;
export const ACCOUNTS_END: usize = IS_ENGINE ? 0x7000000 : 0x900000;
export const SLOTS: usize = IS_ENGINE ? 0x7000000 : 0x900000;
export const SLOTS_END: usize = IS_ENGINE ? 0x7c00000 : 0xd80000;
export const JUMPS: usize = IS_ENGINE ? 0x8000000 : 0xd80000;
export const JUMPS_END: usize = IS_ENGINE ? 0x9000000 : 0x1300000;
export const CODE_CACHE: usize = 0x1300000;
export const CODE_CACHE_END: usize = 0x1700000;

export const TRANSACTION: usize = IS_ENGINE ? 0x9000000 : 0x1700000;
export const TRANSACTION_END: usize = IS_ENGINE ? 0xc000000 : 0x2500000;
export const LOGS: usize = IS_ENGINE ? 0xc000000 : 0x2500000;
export const LOGS_END: usize = IS_ENGINE ? 0xc800000 : 0x2800000;

export const EVM_MEMORY: usize = IS_ENGINE ? 0xc800000 : 0x2800000;
export const EVM_MEMORY_END: usize = IS_ENGINE ? 0x10800000 : 0x3e00000;
export const EVM_STACKS: usize = IS_ENGINE ? 0x10800000 : 0x3e00000;
export const EVM_STACKS_END: usize = IS_ENGINE ? 0x12c00000 : 0x4a00000;
export const EVM_FRAMES: usize = IS_ENGINE ? 0x12c00000 : 0x4a00000;
export const EVM_FRAMES_END: usize = IS_ENGINE ? 0x13400000 : 0x4c00000;
export const EVM_RETURN: usize = IS_ENGINE ? 0x13400000 : 0x4c00000;
export const EVM_RETURN_END: usize = IS_ENGINE ? 0x13a00000 : 0x4f00000;
export const PRECOMPILE: usize = IS_ENGINE ? 0x13a00000 : 0x4f00000;
export const PRECOMPILE_END: usize = IS_ENGINE ? 0x14000000 : 0x5200000;

export const BATCH: usize = 0x5200000;
export const BATCH_END: usize = 0x5220000;
export const INFLATED: usize = 0x5220000;
export const INFLATED_END: usize = 0x5380000;
export const BLOCK: usize = 0x5380000;
export const BLOCK_END: usize = 0x5600000;
export const RECEIPTS: usize = IS_ENGINE ? 0x14000000 : 0x5600000;
export const RECEIPTS_END: usize = IS_ENGINE ? 0x15000000 : 0x5c00000;
export const ENGINE: usize = IS_ENGINE ? 0x15000000 : 0x5c00000;
export const ENGINE_END: usize = IS_ENGINE ? 0x16000000 : 0x6000000;

/** Engine only. */
export const MOVED_PRECOMPILES: usize = 0x16000000;
export const KNOWN_HASHES: usize = 0x16001000;

/** The memory in pages of 64 KiB, for `--initialMemory` and `--maximumMemory`. */
export const MEMORY_PAGES: u32 = IS_ENGINE ? 5633 : 1536;
