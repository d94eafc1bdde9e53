import type { ChainReader } from "../../chain/types";
import type { Hex } from "../../../protocol/types";
import type { RpcMethods } from "../dispatch";
import { invalidArgument } from "../errors";
import { FilterRegistry } from "../filters";
import { formatLog } from "../format/receipt";
import { parseFilterCriteria, queryLogs } from "../logs";
import type { Params } from "../params";
import { Subscriptions } from "../subscriptions";

/** Logs, polled filters and subscriptions. */
export function logMethods(chain: ChainReader): RpcMethods {
  const filters = new FilterRegistry(chain);
  const subscriptions = new Subscriptions(chain);
  const id = (params: Params): Hex => {
    const value = params.required(0);
    if (typeof value !== "string") throw invalidArgument(0, "expected a filter id");
    return value as Hex;
  };
  return {
    eth_getLogs: async (params, _connection, work) =>
      (await queryLogs(chain, params.required(0), 0, work)).map(formatLog),
    eth_newFilter: (params) => {
      const source = params.required(0);
      return filters.create("log", parseFilterCriteria(source, 0), source);
    },
    eth_newBlockFilter: () => filters.create("block"),
    eth_newPendingTransactionFilter: () => filters.create("transaction"),
    eth_getFilterChanges: (params) => filters.changes(id(params)),
    eth_getFilterLogs: (params, _connection, work) => filters.logs(id(params), work),
    eth_uninstallFilter: (params) => filters.remove(id(params)),
    eth_subscribe: (params, connection) => subscriptions.subscribe(params, connection),
    eth_unsubscribe: (params, connection) => subscriptions.unsubscribe(id(params), connection),
  };
}
