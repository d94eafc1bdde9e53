import { INBOX_ABI, type RpcLog } from "../../l1/events";
import type { L1Rpc } from "../../l1/rpc";
import { MAX_TRANSACTION_GAS } from "../../l1/sender";
import type { L1View } from "../../l1/view";
import { ZERO_HASH } from "../../../protocol";
import type { Hex } from "../../../protocol/types";
import type { BatchData, InboxCall, OrderEnd, OutgoingBatch } from "../batchData";
import { batchTransaction } from "../transaction";
import { bytesOfInput, inputWith } from "./input";

/** Batches as calldata of the transactions that append them. Twin of contracts/inbox/data/Calldata.sol. */
export class CalldataBatches implements BatchData {
  readonly duties = null;
  readonly cheaperForm = null;

  constructor(private readonly rpc: L1Rpc) {}

  async read(log: RpcLog, index: number): Promise<Uint8Array> {
    return bytesOfInput((await batchTransaction(this.rpc, log, index)).input);
  }

  /** They are in the call. */
  async publish(): Promise<void> {}

  async end(view: L1View): Promise<OrderEnd> {
    return endOfView(view);
  }

  call({ index, previousRecord, delayedCount, lastMessage, data }: OutgoingBatch): InboxCall {
    const empty = INBOX_ABI.encodeFunctionData("postBatch", [index, previousRecord, delayedCount, lastMessage, "0x"]);
    const call = inputWith(empty as Hex, data);
    return { data: call, gasLimit: gasFor(call) };
  }
}

/** The end of an order whose batches count at once. */
export function endOfView(view: L1View): OrderEnd {
  const last = view.batch(view.batchCount - 1);
  return { count: view.batchCount, record: last?.record ?? ZERO_HASH, last: last ?? null, pending: [] };
}

/** The calldata floor (40 gas a byte at most), or what execution needs: hashing, memory, one new slot. */
function gasFor(data: Hex): bigint {
  const bytes = BigInt((data.length - 2) / 2);
  const gas = 150_000n + 42n * bytes;
  return gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS;
}
