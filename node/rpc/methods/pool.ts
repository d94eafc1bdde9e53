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
    txpool_contentFrom: (params) => {
      const from = params.address(0);
      const own = (transactions: readonly PooledTransaction[] = []): Record<string, unknown> =>
        byNonce(transactions.filter((tx) => tx.from === from));
      return { pending: own(chain.pool?.pending()), queued: own(chain.pool?.queued()) };
    },
    txpool_content: () => ({
      pending: bySender(chain.pool?.pending() ?? []),
      queued: bySender(chain.pool?.queued() ?? []),
    }),
  };
}

function bySender(transactions: readonly PooledTransaction[]): Record<string, Record<string, unknown>> {
  const senders = new Map<string, PooledTransaction[]>();
  for (const tx of transactions) senders.set(tx.from, [...(senders.get(tx.from) ?? []), tx]);
  return Object.fromEntries([...senders].map(([from, own]) => [getAddress(from), byNonce(own)]));
}

function byNonce(transactions: readonly PooledTransaction[]): Record<string, unknown> {
  return Object.fromEntries(
    transactions.map(({ nonce, raw, from }) => [nonce.toString(), formatPendingTransaction(raw, from)]),
  );
}
