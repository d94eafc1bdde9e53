import { SolventError } from "../../protocol/errors";
import type { Hex } from "../../protocol/types";
import type { RpcLog } from "../l1/events";
import type { L1Rpc } from "../l1/rpc";

/** What is read of a batch's transaction. */
export interface BatchTransaction {
  input: Hex;
  blockHash: string;
  /** Only where it carries blobs. */
  blobVersionedHashes?: Hex[];
}

/** The transaction of a batch's event. @throws SolventError `l1-moved` where it is in no block any more, or in another one. */
export async function batchTransaction(rpc: L1Rpc, log: RpcLog, index: number): Promise<BatchTransaction> {
  const transaction = await rpc.send<BatchTransaction | null>("eth_getTransactionByHash", [log.transactionHash]);
  if (transaction === null || transaction.blockHash !== log.blockHash)
    throw new SolventError("l1-moved", `the transaction of batch ${index} is gone`, { retry: true });
  return transaction;
}
