import { getAddress } from "ethers";
import type { ChainReader, PooledTransaction } from "../../chain/types";
import type { RpcMethods } from "../dispatch";
import { quantity } from "../format/hex";
import { formatPendingTransaction } from "../format/transaction";

/** The mempool; empty on a node that keeps none. */
export function poolMethods(chain: ChainReader): RpcMethods {
  return {
    txpool_status: () => {
      const { pending, queued } = chain.pool?.counts() ?? { pending: 0, queued: 0 };
      return { pending: quantity(pending), queued: quantity(queued) };
    },
    txpool_content: () => ({
      pending: bySender(chain.pool?.pending() ?? []),
      queued: bySender(chain.pool?.queued() ?? []),
    }),
  };
}

function bySender(transactions: readonly PooledTransaction[]): Record<string, Record<string, unknown>> {
  const result: Record<string, Record<string, unknown>> = {};
  for (const { from, nonce, raw } of transactions) {
    const sender = getAddress(from);
    (result[sender] ??= {})[nonce.toString()] = formatPendingTransaction(raw);
  }
  return result;
}
