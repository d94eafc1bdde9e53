import { quantity } from "../../../protocol/quantity";
import type { ChainTransaction } from "../../chain/types";
import type { Hex } from "../../../protocol/types";
import { decodeTransaction, type DecodedTransaction } from "../../transactions";
import { effectiveGasPrice } from "../fees";
import { optionalQuantity } from "./hex";

/** A transaction as the execution API's `TransactionInfo`; deposits as the OP Stack shows them. */
export function formatTransaction(transaction: ChainTransaction, depositNonce?: bigint): Record<string, unknown> {
  const decoded = decodeTransaction(transaction.raw, { sender: transaction.from });
  return {
    blockHash: transaction.blockHash,
    blockNumber: quantity(transaction.blockNumber),
    blockTimestamp: quantity(transaction.blockTimestamp),
    transactionIndex: quantity(transaction.index),
    ...envelope(decoded, quantity(effectiveGasPrice(decoded, transaction.baseFeePerGas))),
    ...(depositNonce === undefined ? {} : { nonce: quantity(depositNonce) }),
  };
}

/** A transaction of the pool: no place yet. */
export function formatPendingTransaction(raw: Uint8Array, sender?: Hex): Record<string, unknown> {
  const decoded = decodeTransaction(raw, { sender });
  return {
    blockHash: null,
    blockNumber: null,
    blockTimestamp: null,
    transactionIndex: null,
    ...envelope(decoded, quantity(decoded.maxFeePerGas ?? decoded.gasPrice ?? 0n)),
  };
}

/** A transaction that is still to be signed: no place, no sender, a signature of zeros. */
export function formatUnsignedTransaction(raw: Uint8Array, sender: Hex, chainId: bigint): Record<string, unknown> {
  const decoded = decodeTransaction(raw, { sender });
  const { from: _, ...shown } = envelope(decoded, quantity(decoded.maxFeePerGas ?? decoded.gasPrice ?? 0n));
  return { ...shown, chainId: quantity(chainId) };
}

function envelope(tx: DecodedTransaction, gasPrice: Hex): Record<string, unknown> {
  const common = {
    hash: tx.hash,
    type: quantity(tx.type),
    from: tx.from,
    to: tx.to,
    gas: quantity(tx.gasLimit),
    nonce: quantity(tx.nonce),
    value: quantity(tx.value),
    input: tx.data,
    gasPrice,
  };
  if (tx.type === 0x7e)
    return {
      ...common,
      gasPrice: "0x0",
      sourceHash: tx.sourceHash,
      mint: quantity(tx.mint!),
      isSystemTx: tx.isSystemTx,
      v: "0x0",
      r: "0x0",
      s: "0x0",
    };
  return {
    ...common,
    ...optionalQuantity("chainId", tx.chainId),
    ...optionalQuantity("maxFeePerGas", tx.maxFeePerGas),
    ...optionalQuantity("maxPriorityFeePerGas", tx.maxPriorityFeePerGas),
    ...optionalQuantity("maxFeePerBlobGas", tx.maxFeePerBlobGas),
    ...(tx.blobVersionedHashes === undefined ? {} : { blobVersionedHashes: tx.blobVersionedHashes }),
    ...(tx.accessList === undefined ? {} : { accessList: tx.accessList }),
    ...(tx.authorizationList === undefined ? {} : { authorizationList: tx.authorizationList.map(formatAuthorization) }),
    v: quantity(tx.v!),
    ...optionalQuantity("yParity", tx.yParity),
    r: quantity(tx.r!),
    s: quantity(tx.s!),
  };
}

function formatAuthorization(
  entry: NonNullable<DecodedTransaction["authorizationList"]>[number],
): Record<string, unknown> {
  return {
    chainId: quantity(entry.chainId),
    address: entry.address,
    nonce: quantity(entry.nonce),
    yParity: quantity(entry.yParity),
    r: quantity(entry.r),
    s: quantity(entry.s),
  };
}
