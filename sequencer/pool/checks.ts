import type { ErrorCode } from "../../protocol/errorCodes";
import { SolventError } from "../../protocol/errors";
import type { DecodedTransaction } from "../../node/transactions";

/** Osaka's cap on the gas of one transaction. */
const MAX_TRANSACTION_GAS = 16_777_216n;
const MAX_INITCODE_BYTES = 49_152;

export interface ChainLimits {
  chainId: bigint;
  blockGasLimit: bigint;
  minimumBaseFee: bigint;
  /** Longest transaction taken, in bytes: it has to fit a batch even where it does not compress. */
  maxBytes: number;
}

/** Why a transaction is refused. */
type Refusal = ErrorCode extends infer Code ? (Code extends `tx-${infer Reason}` ? Reason : never) : never;

/** A refused transaction, in geth's words; clients match on them. */
export function refused(code: Refusal, message: string): SolventError {
  return new SolventError(`tx-${code}`, message);
}

/** What can be said of a transaction without looking at the state. @throws SolventError `tx-*` in geth's words. */
export function checkStateless(tx: DecodedTransaction, limits: ChainLimits): void {
  if (tx.type > 4 || tx.type === 3) throw refused("type", "transaction type not supported");
  if (tx.raw.length > limits.maxBytes)
    throw refused("oversized", `oversized data: transaction size ${tx.raw.length}, limit ${limits.maxBytes}`);
  if (tx.chainId !== undefined && tx.chainId !== limits.chainId)
    throw refused("chain", `invalid chain id for signer: have ${tx.chainId} want ${limits.chainId}`);
  if (tx.gasLimit > limits.blockGasLimit) throw refused("gas-limit", "exceeds block gas limit");
  if (tx.gasLimit > MAX_TRANSACTION_GAS)
    throw refused("gas-limit", `transaction gas limit too high (cap: ${MAX_TRANSACTION_GAS}, tx: ${tx.gasLimit})`);
  const dataBytes = (tx.data.length - 2) / 2;
  if (tx.to === null && dataBytes > MAX_INITCODE_BYTES)
    throw refused("initcode", `max initcode size exceeded: code size ${dataBytes}, limit ${MAX_INITCODE_BYTES}`);
  if (tx.nonce >= 2n ** 64n - 1n) throw refused("nonce", "nonce has max value");
  checkFees(tx, limits.minimumBaseFee);
  const { intrinsic, floor } = intrinsicGas(tx);
  if (tx.gasLimit < intrinsic)
    throw refused("intrinsic", `intrinsic gas too low: gas ${tx.gasLimit}, minimum needed ${intrinsic}`);
  if (tx.gasLimit < floor)
    throw refused("floor", `insufficient gas for floor data gas cost: gas ${tx.gasLimit}, minimum needed ${floor}`);
}

function checkFees(tx: DecodedTransaction, minimumBaseFee: bigint): void {
  const { maxFee, tip } = feesOf(tx);
  if (maxFee >= 2n ** 256n) throw refused("fee", "max fee per gas higher than 2^256-1");
  if (tip > maxFee)
    throw refused(
      "fee",
      `max priority fee per gas higher than max fee per gas: maxPriorityFeePerGas: ${tip}, maxFeePerGas: ${maxFee}`,
    );
  if (maxFee < minimumBaseFee)
    throw refused("underpriced", `transaction underpriced: gas fee cap ${maxFee}, minimum needed ${minimumBaseFee}`);
}

export function feesOf(tx: DecodedTransaction): { maxFee: bigint; tip: bigint } {
  if (tx.gasPrice !== undefined) return { maxFee: tx.gasPrice, tip: tx.gasPrice };
  return { maxFee: tx.maxFeePerGas ?? 0n, tip: tx.maxPriorityFeePerGas ?? 0n };
}

/** The most that a transaction can take from its sender. */
export function costOf(tx: DecodedTransaction): bigint {
  return tx.value + tx.gasLimit * feesOf(tx).maxFee;
}

/** Gas that a transaction must have to be valid: before execution, and by the calldata floor. Source: EIP-2028, 2930, 3860, 7623, 7702. */
export function intrinsicGas(tx: DecodedTransaction): { intrinsic: bigint; floor: bigint } {
  let zeros = 0;
  const dataBytes = (tx.data.length - 2) / 2;
  for (let i = 2; i < tx.data.length; i += 2) if (tx.data[i] === "0" && tx.data[i + 1] === "0") zeros++;
  const tokens = BigInt(zeros + 4 * (dataBytes - zeros));
  let intrinsic = 21_000n + 4n * tokens;
  if (tx.to === null) intrinsic += 32_000n + 2n * BigInt(Math.ceil(dataBytes / 32));
  for (const { storageKeys } of tx.accessList ?? []) intrinsic += 2_400n + 1_900n * BigInt(storageKeys.length);
  intrinsic += 25_000n * BigInt(tx.authorizationList?.length ?? 0);
  return { intrinsic, floor: 21_000n + 10n * tokens };
}
