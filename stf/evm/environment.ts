/*
 * What the block and the transaction look like to the code that runs. Filled by the block executor before the first message,
 * read by the opcodes. Words of stf/evm are four little-endian 64-bit limbs (word.ts); addresses are 20 bytes.
 */

/** The integers of the environment; one instance in fixed memory. */
@unmanaged
export class Environment {
  /** Seconds since 1970. */
  timestamp: u64;
  /** Number of the block being executed. */
  number: u64;
  /** Gas limit of the block. */
  gasLimit: u64;
  /** Longest input of a host precompile, in bytes; zero switches the rule off. */
  maxPrecompileInput: u32;
}

export const environment: Environment = changetype<Environment>(memory.data(32, 32));

/** Words (32 bytes, little-endian limbs): write them with `wordFromBytes` or `wordFromU64`. */
export const ENV_CHAIN_ID: usize = memory.data(32, 32);
export const ENV_BASE_FEE: usize = memory.data(32, 32);
/** The effective gas price of the transaction. */
export const ENV_GAS_PRICE: usize = memory.data(32, 32);
export const ENV_PREV_RANDAO: usize = memory.data(32, 32);
/** What BLOBBASEFEE answers; zero, its start value, stands for 1: no block of this chain has excess blob gas. */
export const ENV_BLOB_BASE_FEE: usize = memory.data(32, 32);

/** Addresses: 20 bytes. */
export const ENV_COINBASE: usize = memory.data(32, 32);
export const ENV_ORIGIN: usize = memory.data(32, 32);
