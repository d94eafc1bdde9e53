/*
 * Gas that a transaction costs before it runs, and the least it costs however it ends.
 * Source: Yellow Paper g0; EIP-2028, EIP-2930, EIP-3860, EIP-7623, EIP-7702.
 */
import { transaction } from "./decode";

const GAS_BASE: u64 = 21000;
const GAS_CREATE: u64 = 32000;
const GAS_INITCODE_WORD: u64 = 2;
const GAS_ACCESS_ADDRESS: u64 = 2400;
const GAS_ACCESS_KEY: u64 = 1900;
const GAS_AUTHORIZATION: u64 = 25000;
const GAS_TOKEN: u64 = 4;
const GAS_FLOOR_TOKEN: u64 = 10;
const TOKENS_NONZERO: u64 = 4;

/** Intrinsic gas of `transaction`. */
export function intrinsicGas(): u64 {
  let gas = GAS_BASE + dataTokens() * GAS_TOKEN;
  gas += <u64>transaction.accessAddresses * GAS_ACCESS_ADDRESS + <u64>transaction.accessKeys * GAS_ACCESS_KEY;
  gas += <u64>transaction.authorizationCount * GAS_AUTHORIZATION;
  if (transaction.isCreate) gas += GAS_CREATE + GAS_INITCODE_WORD * <u64>((transaction.dataLength + 31) >> 5);
  return gas;
}

/** The calldata floor of `transaction`. */
export function floorGas(): u64 {
  return GAS_BASE + dataTokens() * GAS_FLOOR_TOKEN;
}

/** A zero byte is one token, another byte four. */
function dataTokens(): u64 {
  const end = transaction.data + transaction.dataLength;
  let zeros: u64 = 0;
  for (let at = transaction.data; at < end; at++) zeros += u64(load<u8>(at) == 0);
  return zeros + (<u64>transaction.dataLength - zeros) * TOKENS_NONZERO;
}
