import { quantity } from "../../../protocol/quantity";
import type { ChainBlock, ChainReader } from "../../chain/types";
import { optionalQuantity } from "./hex";
import { formatTransaction } from "./transaction";

/** A block as the execution API's `Block`; transactions in full or as hashes. */
export function formatBlock(chain: ChainReader, block: ChainBlock, isFull: boolean): Record<string, unknown> {
  return {
    ...formatHeader(block),
    size: quantity(block.sizeBytes),
    transactions: isFull ? formatTransactions(chain, block) : block.transactionHashes,
    uncles: block.uncles ?? [],
    ...(block.header.withdrawalsRoot === undefined
      ? {}
      : { withdrawals: (block.withdrawals ?? []).map(formatWithdrawal) }),
  };
}

/** Deposits show the nonce that their receipt records. */
export function formatTransactions(chain: ChainReader, block: ChainBlock): Record<string, unknown>[] {
  const transactions = chain.blockTransactions(block);
  const hasDeposit = transactions.some((tx) => tx.raw[0] === 0x7e);
  const receipts = hasDeposit ? chain.blockReceipts(block) : [];
  return transactions.map((tx) => formatTransaction(tx, receipts[tx.index]?.depositNonce));
}

/** The header's part, also the shape of a `newHeads` notification. */
export function formatHeader(block: Pick<ChainBlock, "hash" | "header">): Record<string, unknown> {
  const header = block.header;
  return {
    number: quantity(header.number),
    hash: block.hash,
    parentHash: header.parentHash,
    nonce: header.nonce,
    sha3Uncles: header.sha3Uncles,
    logsBloom: header.logsBloom,
    transactionsRoot: header.transactionsRoot,
    stateRoot: header.stateRoot,
    receiptsRoot: header.receiptsRoot,
    miner: header.miner,
    difficulty: quantity(header.difficulty),
    extraData: header.extraData,
    gasLimit: quantity(header.gasLimit),
    gasUsed: quantity(header.gasUsed),
    timestamp: quantity(header.timestamp),
    mixHash: header.mixHash,
    ...optionalQuantity("baseFeePerGas", header.baseFeePerGas),
    ...(header.withdrawalsRoot === undefined ? {} : { withdrawalsRoot: header.withdrawalsRoot }),
    ...optionalQuantity("blobGasUsed", header.blobGasUsed),
    ...optionalQuantity("excessBlobGas", header.excessBlobGas),
    ...(header.parentBeaconBlockRoot === undefined ? {} : { parentBeaconBlockRoot: header.parentBeaconBlockRoot }),
    ...(header.requestsHash === undefined ? {} : { requestsHash: header.requestsHash }),
  };
}

function formatWithdrawal(entry: NonNullable<ChainBlock["withdrawals"]>[number]): Record<string, unknown> {
  return {
    index: quantity(entry.index),
    validatorIndex: quantity(entry.validatorIndex),
    address: entry.address,
    amount: quantity(entry.amountGwei),
  };
}
