import { randomBytes } from "node:crypto";
import type { ChainReader, Hex } from "../chain/types";
import type { RpcConnection } from "./dispatch";
import { invalidArgument, RPC_CODES, RpcError } from "./errors";
import { changedLogs } from "./filters";
import { formatHeader } from "./format/block";
import { formatPendingTransaction } from "./format/transaction";
import { parseLogCriteria } from "./logs";
import type { Params } from "./params";

/** eth_subscribe over WebSocket: newHeads, logs, newPendingTransactions. */
export class Subscriptions {
  readonly #chain: ChainReader;
  readonly #active = new Map<Hex, { connection: RpcConnection; end: () => void }>();

  constructor(chain: ChainReader) {
    this.#chain = chain;
  }

  /** @throws RpcError -32601 over HTTP, -32602 for an unknown kind. */
  subscribe(params: Params, connection: RpcConnection | null): Hex {
    const client = requireSocket(connection);
    const id: Hex = `0x${randomBytes(16).toString("hex")}`;
    const notify = (result: unknown): void => client.notify("eth_subscription", { subscription: id, result });
    const end = this.#start(params, notify);
    this.#active.set(id, { connection: client, end });
    client.onClose(() => this.#end(id, client));
    return id;
  }

  unsubscribe(id: Hex, connection: RpcConnection | null): boolean {
    return this.#end(id, requireSocket(connection));
  }

  #start(params: Params, notify: (result: unknown) => void): () => void {
    const chain = this.#chain;
    switch (params.required(0)) {
      case "newHeads":
        return chain.subscribe({ onHead: (event) => event.added.forEach((block) => notify(formatHeader(block))) });
      case "logs": {
        const criteria = parseLogCriteria(params.raw(1), 1);
        return chain.subscribe({ onHead: (event) => changedLogs(chain, event, criteria).forEach(notify) });
      }
      case "newPendingTransactions": {
        const isFull = params.boolean(1, false);
        return chain.subscribe({
          onPendingTransaction: (hash, raw) => notify(isFull ? formatPendingTransaction(raw) : hash),
        });
      }
      default:
        throw invalidArgument(0, "no such subscription: newHeads, logs or newPendingTransactions");
    }
  }

  #end(id: Hex, connection: RpcConnection): boolean {
    const subscription = this.#active.get(id);
    if (subscription === undefined || subscription.connection !== connection) return false;
    this.#active.delete(id);
    subscription.end();
    return true;
  }
}

function requireSocket(connection: RpcConnection | null): RpcConnection {
  if (connection === null)
    throw new RpcError(
      RPC_CODES.methodNotFound,
      "notifications not supported over HTTP: open a WebSocket on the same port",
    );
  return connection;
}
