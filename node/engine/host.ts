import type { Host } from "../../vm/host";
import { SolventError } from "../../protocol/errors";
import { keccak256, toHex } from "../../protocol";
import { answerPrecompile } from "../precompiles";
import type { InboxView, NodeStore } from "../../protocol/types";

const HINT_NODE = 0;
const HINT_CODE = 1;
const HINT_PRECOMPILE = 2;
const HINT_HEADER = 3;
const HINT_TRANSACTION = 4;
const HINT_RECEIPT = 5;
const PREIMAGE_KECCAK = 0;
const PREIMAGE_PRECOMPILE = 1;
const PREIMAGE_BLOB = 2;
const INBOX_BATCH = 0;

/** An inbox without batches and messages. */
export const EMPTY_INBOX: InboxView = {
  batchCount: 0n,
  delayedCount: 0n,
  batchRecord: () => new Uint8Array(32),
  messageHash: () => new Uint8Array(32),
};

/**
 * Answers the program's host calls from a node store and a view of the inbox, in V8 and in the proof VM alike.
 * Keeps what the run hints: nodes, codes and headers go to the store under their keccak; the block's header, transactions and
 * receipts stand ready after it.
 */
export class StoreHost implements Host {
  inboxView: InboxView = EMPTY_INBOX;
  header: Uint8Array | null = null;
  /** The 128 bytes behind the output root, which are the last hint of kind 0 of that length. */
  outputPreimage: Uint8Array | null = null;
  transactions: Uint8Array[] = [];
  receipts: Uint8Array[] = [];

  constructor(
    readonly nodes: NodeStore,
    private readonly answers?: NodeStore,
  ) {}

  /** Forgets the block of the last run. */
  begin(inbox: InboxView): void {
    this.inboxView = inbox;
    this.header = null;
    this.outputPreimage = null;
    this.transactions = [];
    this.receipts = [];
  }

  preimage(kind: number, key: Uint8Array): Uint8Array {
    const data =
      kind === PREIMAGE_KECCAK || kind === PREIMAGE_BLOB
        ? this.nodes.get(key)
        : kind === PREIMAGE_PRECOMPILE
          ? (this.answers?.get(key) ?? this.nodes.get(key))
          : undefined;
    if (data === undefined) {
      throw new SolventError("preimage-missing", `no data of kind ${kind} behind ${toHex(key)}: the store lacks it`);
    }
    return data;
  }

  inbox(kind: number, index: bigint): Uint8Array | null {
    const isBatch = kind === INBOX_BATCH;
    if (index >= (isBatch ? this.inboxView.batchCount : this.inboxView.delayedCount)) return null;
    return isBatch ? this.inboxView.batchRecord(index) : this.inboxView.messageHash(index);
  }

  hint(kind: number, data: Uint8Array): void {
    if (kind === HINT_PRECOMPILE) {
      const key = keccak256(data);
      if (this.answers?.get(key) !== undefined) return;
      (this.answers ?? this.nodes).put(key, answerPrecompile(data));
      return;
    }
    const copy = data.slice();
    if (kind === HINT_NODE || kind === HINT_CODE || kind === HINT_HEADER) this.nodes.put(keccak256(copy), copy);
    if (kind === HINT_NODE && copy.length === 128) this.outputPreimage = copy;
    else if (kind === HINT_HEADER) this.header = copy;
    else if (kind === HINT_TRANSACTION) this.transactions.push(copy);
    else if (kind === HINT_RECEIPT) this.receipts.push(copy);
  }
}
