import { randomBytes } from "node:crypto";
import type { ChainBlock, ChainReader } from "../chain/types";
import type { Hex } from "../../protocol/types";
import type { RpcConnection } from "./dispatch";
import { invalidArgument, RPC_CODES, RpcError, serverError } from "./errors";
import { changedLogs } from "./filters";
import { formatHeader } from "./format/block";
import { formatReceipt } from "./format/receipt";
import { formatPendingTransaction } from "./format/transaction";
import { parseFilterCriteria } from "./logs";
import { syncStatus } from "./methods/web3";
import { parseFixed, parseObject, type Params } from "./params";

/** Subscriptions of one connection. */
const MOST_SUBSCRIPTIONS = 1_000;
/** Transactions that one subscription names; geth's. */
const MOST_HASHES = 200;

/** eth_subscribe over WebSocket. */
export class Subscriptions {
  private readonly chain: ChainReader;
  private readonly counts = new WeakMap<RpcConnection, number>();
  private readonly active = new Map<Hex, { connection: RpcConnection; end: () => void }>();

  constructor(chain: ChainReader) {
    this.chain = chain;
  }

  /** @throws RpcError -32601 over HTTP and for an unknown kind. */
  subscribe(params: Params, connection: RpcConnection | null): Hex {
    const client = requireSocket(connection);
    const own = this.counts.get(client) ?? 0;
    if (own >= MOST_SUBSCRIPTIONS)
      throw serverError(`too many subscriptions: at most ${MOST_SUBSCRIPTIONS} a connection`);
    const id: Hex = `0x${randomBytes(16).toString("hex")}`;
    const notify = (result: unknown): void => client.notify("eth_subscription", { subscription: id, result });
    const end = this.start(params, notify);
    this.active.set(id, { connection: client, end });
    this.counts.set(client, own + 1);
    client.onClose(() => this.end(id, client));
    return id;
  }

  /** @throws RpcError -32601 over HTTP, -32000 for one that this client does not have. */
  unsubscribe(id: Hex, connection: RpcConnection | null): boolean {
    if (this.end(id, requireSocket(connection))) return true;
    throw serverError("subscription not found");
  }

  private start(params: Params, notify: (result: unknown) => void): () => void {
    const chain = this.chain;
    switch (params.required(0)) {
      case "newHeads":
        return chain.subscribe({ onHead: (event) => event.added.forEach((block) => notify(formatHeader(block))) });
      case "logs": {
        const criteria = parseFilterCriteria(params.raw(1), 1);
        return chain.subscribe({ onHead: (event) => changedLogs(chain, event, criteria).forEach(notify) });
      }
      case "newPendingTransactions": {
        const isFull = params.boolean(1, false);
        return chain.subscribe({
          onPendingTransaction: (hash, raw) => notify(isFull ? formatPendingTransaction(raw) : hash),
        });
      }
      case "transactionReceipts": {
        const hashes = parseHashes(params.raw(1));
        const receipts = (block: ChainBlock): unknown[] =>
          chain
            .blockReceipts(block)
            .filter(({ transaction }) => hashes === null || hashes.has(transaction.hash))
            .map(formatReceipt);
        return chain.subscribe({
          onHead: ({ added }) =>
            added.map(receipts).forEach((found) => {
              if (found.length > 0) notify(found);
            }),
        });
      }
      case "syncing": {
        // Said when it changes; a node that has nothing to catch up with says so once.
        let last: boolean | null = null;
        const tell = (): void => {
          const progress = chain.syncing();
          if (last === (progress !== null)) return;
          last = progress !== null;
          notify(progress === null ? false : { syncing: true, status: syncStatus(progress) });
        };
        setImmediate(tell);
        return chain.subscribe({ onHead: tell });
      }
      default:
        throw new RpcError(
          RPC_CODES.methodNotFound,
          `no "${String(params.raw(0)).slice(0, 40)}" subscription in eth namespace: newHeads, logs, newPendingTransactions, transactionReceipts or syncing`,
        );
    }
  }

  private end(id: Hex, connection: RpcConnection): boolean {
    const subscription = this.active.get(id);
    if (subscription === undefined || subscription.connection !== connection) return false;
    this.active.delete(id);
    this.counts.set(connection, this.counts.get(connection)! - 1);
    subscription.end();
    return true;
  }
}

/** Transactions whose receipts are asked for; null for all, also for an empty list, as geth takes it. */
function parseHashes(value: unknown): ReadonlySet<Hex> | null {
  if (value === undefined) return null;
  const { transactionHashes } = parseObject(value, 1);
  if (transactionHashes === undefined || transactionHashes === null) return null;
  if (!Array.isArray(transactionHashes) || transactionHashes.length > MOST_HASHES)
    throw invalidArgument(1, `transactionHashes must be a list of at most ${MOST_HASHES} hashes`);
  if (transactionHashes.length === 0) return null;
  return new Set(transactionHashes.map((hash) => parseFixed(hash, 32, 1, "hash")));
}

function requireSocket(connection: RpcConnection | null): RpcConnection {
  if (connection === null)
    throw new RpcError(
      RPC_CODES.methodNotFound,
      "notifications not supported over HTTP: open a WebSocket on the same port",
    );
  return connection;
}
