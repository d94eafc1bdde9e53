/*
 * The records of one block. They live until the block ends and never move, so a handle stays good for the block.
 * Words are 256-bit, 4 x u64, little-endian limbs, least significant first; hashes and addresses are bytes as they are hashed.
 * Each record starts with a MapRecord. Numbers of transactions start at 1; 0 is "never".
 */

/** 256 bytes. An account, existing or not, read at its first use in the block. */
@unmanaged
export class Account {
  bit: u32;
  left: u32;
  right: u32;
  owner: u32;
  /** The address as a word: limbs 0 to 2, the third with 32 bits. */
  key0: u64;
  key1: u64;
  key2: u64;
  key3: u64;
  /** Read only; change by `setNonce`. */
  nonce: u64;
  /** Address of the Code record, 0 if not looked up yet or no code; use `codeOf`. */
  code: u32;
  /** Head of the list of this account's slot records. */
  slots: u32;
  /** Read only; change by `setBalance`, `addBalance`, `subBalance`. `balanceOf` gives the pointer. */
  balance0: u64;
  balance1: u64;
  balance2: u64;
  balance3: u64;
  codeHash0: u64;
  codeHash1: u64;
  codeHash2: u64;
  codeHash3: u64;
  /** Storage root at the start of the block, the empty root once the account was deleted, the new root after `commitState`. */
  storageRoot0: u64;
  storageRoot1: u64;
  storageRoot2: u64;
  storageRoot3: u64;
  /** keccak of the address. */
  hash0: u64;
  hash1: u64;
  hash2: u64;
  hash3: u64;
  /** The address, 20 bytes; `addressOf` gives the pointer. */
  address0: u64;
  address1: u64;
  address2: u32;
  /** Transaction in which it is warm, was created, was selfdestructed, was touched. All but `listed` are journaled. */
  warm: u32;
  created: u32;
  destructed: u32;
  touched: u32;
  listed: u32;
  /** EXISTS, DIRTY (to be written), ALWAYS_WARM, HAS_WRITES (in its storage). */
  flags: u32;
  spare0: u32;
  spare1: u64;
  spare2: u64;
}

/** 192 bytes. One storage slot of one account; its value is read when first asked for. */
@unmanaged
export class Slot {
  bit: u32;
  left: u32;
  right: u32;
  /** Address of the Account record. */
  owner: u32;
  key0: u64;
  key1: u64;
  key2: u64;
  key3: u64;
  next: u32;
  /** Transaction in which it is warm; journaled. */
  warm: u32;
  /** Transaction to which `original` belongs. */
  originalIn: u32;
  /** LOADED, DIRTY. */
  flags: u32;
  value0: u64;
  value1: u64;
  value2: u64;
  value3: u64;
  original0: u64;
  original1: u64;
  original2: u64;
  original3: u64;
  /** The value at the start of the block. */
  start0: u64;
  start1: u64;
  start2: u64;
  start3: u64;
  /** keccak of the key's 32 bytes. */
  hash0: u64;
  hash1: u64;
  hash2: u64;
  hash3: u64;
}

/** 96 bytes. One piece of code by its hash; its bytes come and go in the code cache. */
@unmanaged
export class Code {
  bit: u32;
  left: u32;
  right: u32;
  owner: u32;
  hash0: u64;
  hash1: u64;
  hash2: u64;
  hash3: u64;
  /** Bytes. */
  length: u32;
  /** Where in the code cache the bytes were last. */
  cached: u32;
  /** Address of the jump analysis, 0 before the code runs. */
  starts: u32;
  spare: u32;
  /** The first 32 bytes, zero-padded; always there. `codeHead` gives the pointer. */
  head0: u64;
  head1: u64;
  head2: u64;
  head3: u64;
}

/** 80 bytes. One transient slot of one account in one transaction. */
@unmanaged
export class Transient {
  bit: u32;
  left: u32;
  right: u32;
  owner: u32;
  key0: u64;
  key1: u64;
  key2: u64;
  key3: u64;
  value0: u64;
  value1: u64;
  value2: u64;
  value3: u64;
}

export const ACCOUNT_EXISTS: u32 = 1;
export const ACCOUNT_DIRTY: u32 = 2;
export const ACCOUNT_ALWAYS_WARM: u32 = 4;
export const ACCOUNT_HAS_WRITES: u32 = 8;

export const SLOT_LOADED: u32 = 1;
export const SLOT_DIRTY: u32 = 2;

/** keccak of no bytes, as four u64 read from memory. */
export const EMPTY_CODE_0: u64 = 0x3c23f7860146d2c5;
export const EMPTY_CODE_1: u64 = 0xc003c7dcb27d7e92;
export const EMPTY_CODE_2: u64 = 0x3b2782ca53b600e5;
export const EMPTY_CODE_3: u64 = 0x70a4855d04d8fa7b;

/** Root of the empty trie, as four u64 read from memory. */
export const EMPTY_ROOT_0: u64 = 0xa655cc1b171fe856;
export const EMPTY_ROOT_1: u64 = 0x6ef8c092e64583ff;
export const EMPTY_ROOT_2: u64 = 0xc0ad6c991be0485b;
export const EMPTY_ROOT_3: u64 = 0x21b463e3b52f6201;
