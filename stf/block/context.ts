/*
 * The block under construction: its place, its limits, what it has used. Filled by `beginBlock`.
 * What opcodes read is in evm/environment.ts.
 */
import { zeroBytes } from "../bytes";

/** Hash of the parent, root of its parent on the beacon chain (zero on the rollup): 32 bytes each. */
export const PARENT_HASH: usize = memory.data(32, 32);
export const PARENT_BEACON_ROOT: usize = memory.data(32, 32);
/** Least base fee, a word. */
export const MINIMUM_BASE_FEE: usize = memory.data(32, 32);
/** 20 bytes; zero means the base fee is burnt. */
export const FEE_VAULT: usize = memory.data(32, 32);

let gasLimit: u64 = 0;
let gasUsed: u64 = 0;
let hasVault: bool = false;
let maxDelay: u64 = 0;
let maxAhead: u64 = 0;
let configuredGasLimit: u64 = 0;

export function blockGasLimit(): u64 {
  return gasLimit;
}

export function setBlockGasLimit(gas: u64): void {
  gasLimit = gas;
  gasUsed = 0;
}

export function blockGasUsed(): u64 {
  return gasUsed;
}

export function blockGasLeft(): u64 {
  return gasLimit - gasUsed;
}

/** Charges gas to the block; the caller made sure that it fits. */
export function useBlockGas(gas: u64): void {
  gasUsed += gas;
}

export function hasFeeVault(): bool {
  return hasVault;
}

/** Sets the vault from a word's low 20 bytes (big-endian bytes of 32); zero is none. */
export function setFeeVault(bytes32: usize): void {
  zeroBytes(FEE_VAULT, 32);
  for (let i: usize = 0; i < 20; i++) store<u8>(FEE_VAULT + i, load<u8>(bytes32 + 12 + i));
  hasVault = (load<u64>(FEE_VAULT) | load<u64>(FEE_VAULT, 8) | load<u64>(FEE_VAULT, 16)) != 0;
}

/** Seconds that a sequenced block may be older, or newer, than the L1 time of its batch; zero is no bound. */
export function setTimeBounds(delay: u64, ahead: u64): void {
  maxDelay = delay;
  maxAhead = ahead;
}

export function maxDelaySeconds(): u64 {
  return maxDelay;
}

export function maxAheadSeconds(): u64 {
  return maxAhead;
}

/** The block gas limit of the chain configuration; zero where there is none. */
export function setConfiguredGasLimit(gas: u64): void {
  configuredGasLimit = gas;
}

export function gasLimitOfChain(): u64 {
  return configuredGasLimit;
}
