import { quantity } from "../../../protocol/quantity";
import type { ChainLog, ChainReceipt } from "../../chain/types";
import { optionalQuantity } from "./hex";

/** A receipt as the execution API's `ReceiptInfo`, with the OP Stack's fields for deposits and for fees on L1. */
export function formatReceipt(receipt: ChainReceipt): Record<string, unknown> {
  const { transaction } = receipt;
  return {
    transactionHash: transaction.hash,
    transactionIndex: quantity(transaction.index),
    blockHash: transaction.blockHash,
    blockNumber: quantity(transaction.blockNumber),
    from: transaction.from,
    to: receipt.to,
    cumulativeGasUsed: quantity(receipt.cumulativeGasUsed),
    gasUsed: quantity(receipt.gasUsed),
    contractAddress: receipt.contractAddress,
    logs: receipt.logs.map(formatLog),
    logsBloom: receipt.logsBloom,
    effectiveGasPrice: quantity(receipt.effectiveGasPrice),
    type: quantity(receipt.type),
    ...(receipt.root === undefined ? { status: quantity(receipt.status ?? 0) } : { root: receipt.root }),
    ...optionalQuantity("blobGasUsed", receipt.blobGasUsed),
    ...optionalQuantity("blobGasPrice", receipt.blobGasPrice),
    ...(receipt.l1Fee === undefined ? {} : l1Fee(receipt.l1Fee)),
    ...optionalQuantity("depositNonce", receipt.depositNonce),
    ...optionalQuantity("depositReceiptVersion", receipt.depositReceiptVersion),
  };
}

/** The OP Stack's fields for what a transaction's bytes on L1 cost: gas charged for them, its price, a decimal scalar, the product. */
function l1Fee(fee: bigint): Record<string, unknown> {
  return { l1GasPrice: "0x0", l1GasUsed: "0x0", l1FeeScalar: "0", l1Fee: quantity(fee) };
}

export function formatLog(log: ChainLog): Record<string, unknown> {
  return {
    address: log.address,
    topics: log.topics,
    data: log.data,
    blockNumber: quantity(log.blockNumber),
    transactionHash: log.transactionHash,
    transactionIndex: quantity(log.transactionIndex),
    blockHash: log.blockHash,
    blockTimestamp: quantity(log.blockTimestamp),
    logIndex: quantity(log.logIndex),
    removed: log.removed,
  };
}
