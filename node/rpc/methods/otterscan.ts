import { quantity } from "../../../protocol/quantity";
import type { Hex } from "../../../protocol/types";
import type { ChainBlock, ChainReader } from "../../chain/types";
import type { CallFrame } from "../../engine/types";
import type { AddressIndex } from "../addressIndex";
import { AddressHistory, type HistoryPage } from "../addressHistory";
import type { ChainTracer } from "../chainTracer";
import type { RpcMethods } from "../dispatch";
import { invalidArgument, RPC_CODES, RpcError } from "../errors";
import { bytesToHex } from "../format/hex";
import {
  formatBareHeader,
  formatBlockDetails,
  formatBlockPage,
  formatEntries,
  formatOperations,
  formatTimedReceipt,
} from "../format/otterscan";
import { formatTransaction } from "../format/transaction";
import { findBlock, parseQuantity, toNumber, type Params } from "../params";
import type { OpenState } from "./state";

/** Of the namespace, as Erigon counts. */
const API_LEVEL = 8;
/** Transactions on a page, at most; Otterscan asks for 25. */
const MOST_ON_PAGE = 1_000;

/**
 * What Otterscan, an explorer without a database, asks beside the execution API. Numbers of blocks may be JSON numbers here.
 * Source: the `ots` namespace of docs.otterscan.io.
 * @param index - of addresses, where the node keeps one.
 */
export function otterscanMethods(
  chain: ChainReader,
  openState: OpenState,
  tracer: ChainTracer,
  index?: AddressIndex,
): RpcMethods {
  const history = new AddressHistory(chain, tracer, ({ header }) => openState(header.stateRoot), index);
  const rootCall = async (params: Params): Promise<CallFrame | null> => {
    const transaction = chain.transaction(params.hash(0));
    if (transaction === undefined) return null;
    return tracer.call(chain.blockByHash(transaction.blockHash)!, transaction.index);
  };
  const ofRoot = (show: (root: CallFrame) => unknown) => async (params: Params) => {
    const root = await rootCall(params);
    return root === null ? null : show(root);
  };
  const details = (params: Params): unknown => {
    const block = blockOf(params, 0, chain);
    return block === null ? null : formatBlockDetails(chain, block);
  };
  return {
    erigon_getHeaderByNumber: (params) => {
      const block = blockOf(params, 0, chain);
      return block === null ? null : formatBareHeader(block);
    },
    ots_getApiLevel: () => API_LEVEL,
    ots_hasCode: (params) => {
      const block = params.raw(1) === undefined ? chain.head("latest") : blockOf(params, 1, chain);
      return block !== null && openState(block.header.stateRoot).code(params.address(0)).length > 0;
    },
    ots_getInternalOperations: ofRoot(formatOperations),
    ots_traceTransaction: ofRoot(formatEntries),
    ots_getTransactionError: ofRoot(({ error, output = new Uint8Array(0) }) =>
      error === "execution reverted" ? bytesToHex(output) : "0x",
    ),
    ots_getBlockDetails: details,
    ots_getBlockDetailsByHash: (params) => (params.hash(0), details(params)),
    ots_getBlockTransactions: (params) => {
      const block = blockOf(params, 0, chain);
      const page = { number: params.number(1), size: pageSize(params, 2) };
      return block === null ? null : formatBlockPage(chain, block, page);
    },
    ots_searchTransactionsBefore: async (params, _connection, work) => {
      const [address, before, size] = [params.address(0), params.number(1), pageSize(params, 2)];
      const first = before === 0 ? chain.head("latest").header.number : before - 1;
      const page = await history.search(address, first, -1, size, work);
      return formatPage(chain, page, { firstPage: before === 0, lastPage: page.isLast });
    },
    ots_searchTransactionsAfter: async (params, _connection, work) => {
      const [address, after, size] = [params.address(0), params.number(1), pageSize(params, 2)];
      const page = await history.search(address, after === 0 ? 0 : after + 1, 1, size, work);
      return formatPage(chain, page, { firstPage: page.isLast, lastPage: after === 0 });
    },
    ots_getTransactionBySenderAndNonce: (params) => history.bySenderAndNonce(params.address(0), params.quantity(1)),
    ots_getContractCreator: (params) => history.creator(params.address(0)),
  };
}

/** Newest first, as pages are read. */
function formatPage(
  chain: ChainReader,
  { transactions }: HistoryPage,
  place: { firstPage: boolean; lastPage: boolean },
): Record<string, unknown> {
  const newestFirst = [...transactions].reverse();
  const receipts = newestFirst.map(({ hash }) => chain.receipt(hash)!);
  return {
    txs: newestFirst.map((tx, i) => formatTransaction(tx, receipts[i].depositNonce)),
    receipts: receipts.map(formatTimedReceipt),
    ...place,
  };
}

function blockOf(params: Params, index: number, chain: ChainReader): ChainBlock | null {
  const id = params.required(index);
  return findBlock(typeof id === "number" ? numberAsHex(id, index) : id, index, chain) ?? null;
}

function numberAsHex(number: number, index: number): Hex {
  return quantity(toNumber(parseQuantity(number, index), index));
}

function pageSize(params: Params, index: number): number {
  const size = params.number(index);
  if (size === 0) throw invalidArgument(index, "a page has at least one transaction");
  if (size > MOST_ON_PAGE)
    throw new RpcError(RPC_CODES.clientLimitExceeded, `at most ${MOST_ON_PAGE} transactions on a page`);
  return size;
}
