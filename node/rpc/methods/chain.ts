import { quantity } from "../../../protocol/quantity";
import type { ChainReader } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { formatBlock, formatTransactions } from "../format/block";
import { formatReceipt } from "../format/receipt";
import { formatPendingTransaction, formatTransaction } from "../format/transaction";
import type { Params } from "../params";

/** Blocks, transactions and receipts. */
export function chainMethods(chain: ChainReader): RpcMethods {
  const block = (params: Params): unknown => {
    const found = params.blockOrNull(0, chain);
    return found === null ? null : formatBlock(chain, found, params.boolean(1, false));
  };
  const count = (params: Params): unknown => {
    const found = params.blockOrNull(0, chain);
    return found === null ? null : quantity(found.transactionHashes.length);
  };
  const uncles = (params: Params): unknown => {
    const found = params.blockOrNull(0, chain);
    return found === null ? null : quantity(found.uncles?.length ?? 0);
  };
  const byIndex = (params: Params): unknown => {
    const found = params.blockOrNull(0, chain);
    return found === null ? null : (formatTransactions(chain, found)[params.number(1)] ?? null);
  };
  const byHash = (run: (params: Params) => unknown) => (params: Params) => {
    params.hash(0);
    return run(params);
  };
  return {
    eth_blockNumber: () => quantity(chain.head("latest").header.number),
    eth_getBlockByNumber: block,
    eth_getBlockByHash: byHash(block),
    eth_getBlockTransactionCountByNumber: count,
    eth_getBlockTransactionCountByHash: byHash(count),
    eth_getUncleCountByBlockNumber: uncles,
    eth_getUncleCountByBlockHash: byHash(uncles),
    // No block of this chain has uncles.
    eth_getUncleByBlockNumberAndIndex: (params) => (params.blockOrNull(0, chain), null),
    eth_getUncleByBlockHashAndIndex: byHash((params) => (params.blockOrNull(0, chain), null)),
    eth_getTransactionByBlockNumberAndIndex: byIndex,
    eth_getTransactionByBlockHashAndIndex: byHash(byIndex),
    eth_getBlockReceipts: (params) => {
      const found = params.blockOrNull(0, chain);
      return found === null ? null : chain.blockReceipts(found).map(formatReceipt);
    },
    eth_getTransactionByHash: (params) => {
      const hash = params.hash(0);
      const mined = chain.transaction(hash);
      if (mined !== undefined) {
        const depositNonce = mined.raw[0] === 0x7e ? chain.receipt(hash)?.depositNonce : undefined;
        return formatTransaction(mined, depositNonce);
      }
      const pooled = chain.pool?.get(hash);
      return pooled === undefined ? null : formatPendingTransaction(pooled.raw, pooled.from);
    },
    eth_getTransactionReceipt: (params) => {
      const receipt = chain.receipt(params.hash(0));
      return receipt === undefined ? null : formatReceipt(receipt);
    },
  };
}
