import type { L1Prices } from "../../l1/fees";
import { BLOB_GAS } from "../../l1/outgoing";
import type { BatchForm } from "../batchData";

const TRANSACTION_GAS = 21_000n;
/** Tokens of a byte of calldata that is zero, and of one that is not; gas of a token, and the least of one. Source: EIP-7623. */
const ZERO_TOKENS = 1n;
const OTHER_TOKENS = 4n;
const TOKEN_GAS = 4n;
const FLOOR_GAS = 10n;
/** What the Inbox itself takes, but for the bytes: the same for both forms, as test/node/data/blobCost.test.ts measures it. */
const POST_GAS = 37_000n;
/** Hashing and copying a word of calldata. */
const WORD_GAS = 9n;
const WORD_BYTES = 32n;

/**
 * Which form of a batch costs less. A blob is paid for whole, whatever it holds; calldata by its bytes. Where nobody tells what a blob costs
 * no blob can be bid for: calldata.
 * @param calldata - of the call with the batch's bytes in it. @param beside - of the call whose batch is in a blob.
 */
export function cheaperForm(calldata: Uint8Array, beside: Uint8Array, { gas, blobGas }: L1Prices): BatchForm {
  if (blobGas === null) return "calldata";
  const asBlob = postGas(beside) * gas + BLOB_GAS * blobGas;
  return asBlob < postGas(calldata) * gas ? "blob" : "calldata";
}

/** Gas of a transaction that posts a batch, within a few percent. */
export function postGas(calldata: Uint8Array): bigint {
  const zeros = BigInt(calldata.reduce((count, byte) => count + (byte === 0 ? 1 : 0), 0));
  const length = BigInt(calldata.length);
  const tokens = ZERO_TOKENS * zeros + OTHER_TOKENS * (length - zeros);
  const executed = TOKEN_GAS * tokens + POST_GAS + (WORD_GAS * length) / WORD_BYTES;
  const floor = FLOOR_GAS * tokens;
  return TRANSACTION_GAS + (executed > floor ? executed : floor);
}
