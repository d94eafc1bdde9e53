import { fromHex } from "../../../protocol";
import { blobsHash, encodeBlob, type Blob } from "../../../protocol/blob";
import { SolventError } from "../../../protocol/errors";
import type { Hex, NodeStore } from "../../../protocol/types";
import { INBOX_ABI, parseInboxLog, type RpcLog } from "../../l1/events";
import { marketPrices } from "../../l1/fees";
import type { BatchBytes } from "../../l1/inboxReader";
import type { L1Rpc } from "../../l1/rpc";
import type { L1View } from "../../l1/view";
import type { BatchData, BatchForm, InboxCall, OrderEnd, OutgoingBatch } from "../batchData";
import { CalldataBatches, endOfView } from "../calldata/batches";
import { bytesOfInput } from "../calldata/input";
import { batchTransaction } from "../transaction";
import type { BeaconNodes } from "./beacon";
import { cheaperForm } from "./cost";

/** A blob is appended for less: a call, and two new slots. */
const POST_GAS = 150_000n;

/**
 * Batches as blobs of the transactions that append them, or as calldata where a transaction carries none. What is once got is kept here
 * for good: L1 forgets blobs. Twin of contracts/inbox/data/Blobs.sol.
 */
export class BlobBatches implements BatchData {
  readonly duties = null;
  private readonly calldata: CalldataBatches;

  /** @param nodes - keeps blobs under their versioned hashes. */
  constructor(
    private readonly rpc: L1Rpc,
    private readonly nodes: NodeStore,
    private readonly beacon: BeaconNodes,
  ) {
    this.calldata = new CalldataBatches(rpc);
  }

  async read(log: RpcLog, index: number): Promise<BatchBytes> {
    const { input, blobVersionedHashes } = await batchTransaction(this.rpc, log, index);
    const [versionedHash] = blobVersionedHashes ?? [];
    if (versionedHash === undefined) return bytesOfInput(input);
    if (blobsHash(versionedHash) !== parseInboxLog(log)!.args.chunksHash)
      throw new SolventError(
        "l1-inconsistent",
        `the transaction of batch ${index} carries another blob than its event says`,
        {
          retry: true,
        },
      );
    const bytes = this.nodes.get(fromHex(versionedHash)) ?? (await this.fetch(log, versionedHash));
    if (bytes !== null) return { versionedHash, bytes } satisfies Blob;
    throw new SolventError(
      "l1-data-missing",
      `batch ${index} is in a blob that nobody gives: set dataUrl to a beacon node of L1, or to an archive where it is older than some 18 days`,
      { retry: true },
    );
  }

  /** It rides with the call. */
  async publish(): Promise<void> {}

  async end(view: L1View): Promise<OrderEnd> {
    return endOfView(view);
  }

  call(batch: OutgoingBatch): InboxCall {
    if (batch.data.length === 0 || batch.form === "calldata") return this.calldata.call(batch);
    return { data: callBeside(batch), gasLimit: POST_GAS, blob: encodeBlob(batch.data) };
  }

  readonly cheaperForm = async (batch: OutgoingBatch): Promise<BatchForm> => {
    const { data } = this.calldata.call(batch);
    return cheaperForm(fromHex(data), fromHex(callBeside(batch)), await marketPrices(this.rpc));
  };

  private async fetch({ blockHash }: RpcLog, versionedHash: Hex): Promise<Uint8Array | null> {
    const block = await this.rpc.send<{ timestamp: string } | null>("eth_getBlockByHash", [blockHash, false]);
    if (block === null) throw new SolventError("l1-moved", "the block of a batch is gone", { retry: true });
    return this.beacon.get(versionedHash, { blockHash: blockHash as Hex, blockTime: Number(block.timestamp) });
  }
}

/** The call that a blob rides along with. */
function callBeside({ index, previousRecord, delayedCount, lastMessage }: OutgoingBatch): Hex {
  const args = [index, previousRecord, delayedCount, lastMessage, "0x"];
  return INBOX_ABI.encodeFunctionData("postBatch", args) as Hex;
}
