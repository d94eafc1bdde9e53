import { ZERO_ADDRESS } from "../../protocol";
import { decodeTransaction, TransactionDecodeError } from "./decode";

/** Gas that these transactions may use together; what is no transaction uses none. */
export function gasLimitsOf(raws: readonly Uint8Array[]): bigint {
  return raws.reduce((sum, raw) => sum + gasLimitOf(raw), 0n);
}

function gasLimitOf(raw: Uint8Array): bigint {
  try {
    return decodeTransaction(raw, { sender: ZERO_ADDRESS }).gasLimit;
  } catch (error) {
    if (error instanceof TransactionDecodeError) return 0n;
    throw error;
  }
}
