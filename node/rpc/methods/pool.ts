import { getAddress } from "ethers";
import { quantity } from "../../../protocol/quantity";
import type { ChainReader, PooledTransaction } from "../../chain/types";
import { decodeTransaction } from "../../transactions";
import type { RpcMethods } from "../dispatch";
import { formatPendingTransaction } from "../format/transaction";

/** What `txpool_content` shows at most, in bytes of its answer; `txpool_status` counts all. */
const CONTENT_BYTES = 10_000_000;
/** Of a transaction in JSON, without its data. */
const FIELDS_BYTES = 1_000;

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
        byNonce(
          within(
            transactions.filter((tx) => tx.from === from),
            CONTENT_BYTES,
          ).some,
          inFull,
        );
      return { pending: own(chain.pool?.pending()), queued: own(chain.pool?.queued()) };
    },
    txpool_content: () => shown(chain, inFull),
    txpool_inspect: () => shown(chain, summary),
  };
}

type Show = (transaction: PooledTransaction) => unknown;

/** All that fits, by sender and nonce. */
function shown(chain: ChainReader, show: Show): Record<"pending" | "queued", unknown> {
  const pending = within(chain.pool?.pending() ?? [], CONTENT_BYTES);
  const queued = within(chain.pool?.queued() ?? [], CONTENT_BYTES - pending.bytes);
  return { pending: bySender(pending.some, show), queued: bySender(queued.some, show) };
}

function inFull({ raw, from }: PooledTransaction): Record<string, unknown> {
  return formatPendingTransaction(raw, from);
}

/** A transaction in geth's words. */
function summary({ raw, from }: PooledTransaction): string {
  const tx = decodeTransaction(raw, { sender: from });
  const to = tx.to === null ? "contract creation" : getAddress(tx.to);
  return `${to}: ${tx.value} wei + ${tx.gasLimit} gas × ${tx.maxFeePerGas ?? tx.gasPrice} wei`;
}

/** The first of these that fit, about as long as JSON shows them. */
function within(transactions: readonly PooledTransaction[], maxBytes: number) {
  let bytes = 0;
  const some: PooledTransaction[] = [];
  for (const transaction of transactions) {
    const shown = 2 * transaction.raw.length + FIELDS_BYTES;
    if (bytes + shown > maxBytes) break;
    bytes += shown;
    some.push(transaction);
  }
  return { some, bytes };
}

function bySender(transactions: readonly PooledTransaction[], show: Show): Record<string, Record<string, unknown>> {
  const senders = new Map<string, PooledTransaction[]>();
  for (const tx of transactions) {
    const own = senders.get(tx.from);
    if (own === undefined) senders.set(tx.from, [tx]);
    else own.push(tx);
  }
  return Object.fromEntries([...senders].map(([from, own]) => [getAddress(from), byNonce(own, show)]));
}

function byNonce(transactions: readonly PooledTransaction[], show: Show): Record<string, unknown> {
  return Object.fromEntries(transactions.map((transaction) => [transaction.nonce.toString(), show(transaction)]));
}
