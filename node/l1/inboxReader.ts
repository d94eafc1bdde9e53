import type { Hex, L1Block, NodeStore } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";
import { ZERO_HASH, fromHex, putChunks, putMessage, putRecord } from "../../protocol";
import { quantity } from "../../protocol/quantity";
import { decodeBlob, putBlob, type Blob } from "../../protocol/blob";
import { INBOX_ABI, parseInboxLog, predictedSourceHash, type RpcLog } from "./events";
import { mayHold } from "./checkedLogs";
import type { L1Rpc } from "./rpc";
import type { L1Batch, L1Message } from "./types";
import type { L1View } from "./view";

export interface InboxEvents {
  batches: L1Batch[];
  messages: L1Message[];
}

/** The Inbox's own counts, and the last entries of its two chains (zero where there is none). */
export interface InboxState {
  batchCount: number;
  delayedCount: number;
  lastBatch: Hex;
  lastDelayed: Hex;
}

/** Bytes of a batch, which the program reads in chunks, or the blob that holds them. */
export type BatchBytes = Uint8Array | Blob;

/** The bytes of the batch that an event announces; `node/data` knows where they are. */
export type ReadBatchBytes = (log: RpcLog, index: number) => Promise<BatchBytes>;

type LogQuery = { blockHash: Hex } | { fromBlock: number; toBlock: number };

const DEPOSITED_TOPIC = INBOX_ABI.getEvent("TransactionDeposited")!.topicHash;

/**
 * Turns logs of the Inbox (and the portal's deposit events beside them) into batches and messages, verifies every hash, and
 * files the preimages: batch data in chunks, chunk lists, records, messages.
 */
export class InboxReader {
  private readonly addresses: string[];

  constructor(
    private readonly rpc: L1Rpc,
    private readonly nodes: NodeStore,
    private readonly inbox: string,
    private readonly bytesOf: ReadBatchBytes,
    private readonly portal?: string,
  ) {
    this.addresses = portal === undefined ? [inbox] : [inbox, portal];
  }

  /** Whether a block with this bloom can hold an event of the Inbox. */
  mayConcern(logsBloom: string): boolean {
    return mayHold(logsBloom, this.inbox);
  }

  /**
   * What the contract counts and holds after a block, to compare with what its logs add up to.
   * @throws SolventError `l1-rpc` where the node does not have the block's state, `l1-inconsistent` where no such contract answers.
   */
  async stateAt(blockHash: Hex): Promise<InboxState> {
    const read = async (name: string, args: unknown[] = []): Promise<string> => {
      const data = INBOX_ABI.encodeFunctionData(name, args);
      const result = await this.rpc.send<Hex>("eth_call", [{ to: this.inbox, data }, { blockHash }]);
      if (result.length === 66) return result;
      throw new SolventError("l1-inconsistent", `L1 finds no Inbox at ${this.inbox}`, { retry: true });
    };
    const [batchCount, delayedCount] = (await Promise.all([read("batchCount"), read("delayedCount")])).map(Number);
    const [lastBatch, lastDelayed] = await Promise.all([
      batchCount === 0 ? ZERO_HASH : read("batchRecord", [batchCount - 1]),
      delayedCount === 0 ? ZERO_HASH : read("messageHash", [delayedCount - 1]),
    ]);
    return { batchCount, delayedCount, lastBatch: lastBatch as Hex, lastDelayed: lastDelayed as Hex };
  }

  async logs(query: LogQuery): Promise<RpcLog[]> {
    const range =
      "blockHash" in query
        ? { blockHash: query.blockHash }
        : { fromBlock: quantity(query.fromBlock), toBlock: quantity(query.toBlock) };
    return this.rpc.send<RpcLog[]>("eth_getLogs", [{ address: this.addresses, ...range }]);
  }

  /**
   * @param keep - the view up to this block is what the logs build on; @param read - what was read above it already.
   * @throws SolventError `l1-inconsistent` when a hash does not come out: L1's node moved or lies.
   */
  async read(
    logs: readonly RpcLog[],
    view: L1View,
    keep: L1Block | null,
    read: InboxEvents = { batches: [], messages: [] },
  ): Promise<InboxEvents> {
    const keepNumber = keep?.number ?? -1;
    const firstBatch = view.batchCountAt(keepNumber);
    const firstMessage = view.delayedCountAt(keepNumber);
    const batches: L1Batch[] = [];
    const messages: L1Message[] = [];
    for (const [i, log] of logs.entries()) {
      if (log.address.toLowerCase() !== this.inbox.toLowerCase()) continue;
      const event = parseInboxLog(log);
      if (event?.name === "BatchAppended") {
        const index = firstBatch + read.batches.length + batches.length;
        const last = batches.at(-1) ?? read.batches.at(-1) ?? view.batch(firstBatch - 1);
        batches.push(await this.batch(log, event.args.toObject(), index, last?.record ?? ZERO_HASH));
      } else if (event?.name === "MessageSent") {
        const index = firstMessage + read.messages.length + messages.length;
        const last = messages.at(-1) ?? read.messages.at(-1) ?? view.message(firstMessage - 1);
        const deposited = i > 0 && this.isDepositOf(logs[i - 1], log) ? logs[i - 1] : undefined;
        messages.push(this.message(log, event.args.toObject(), index, last?.hash ?? ZERO_HASH, deposited));
      }
    }
    return { batches, messages };
  }

  private async batch(log: RpcLog, args: Record<string, unknown>, index: number, previous: Hex): Promise<L1Batch> {
    const forced = args.forced as boolean;
    const data = forced ? new Uint8Array(0) : await this.bytesOf(log, index);
    const fields = {
      previous,
      delayedCount: args.delayedCount as bigint,
      l1Number: args.l1Number as bigint,
      l1Time: args.l1Time as bigint,
    };
    requireSame("number", Number(args.index), index);
    const { hash, sizeBytes } = this.file(data);
    requireSame(`chunks hash of batch ${index}`, args.chunksHash, hash);
    const record = putRecord(this.nodes, { ...fields, chunksHash: hash });
    requireSame(`record of batch ${index}`, args.record, record);
    return {
      index,
      record,
      previousRecord: previous,
      chunksHash: args.chunksHash as Hex,
      delayedCount: Number(fields.delayedCount),
      l1Number: Number(fields.l1Number),
      l1Time: Number(fields.l1Time),
      forced,
      sizeBytes,
      ...place(log),
    };
  }

  /** Files what the program reads a batch by. @returns what the record commits to. */
  private file(data: BatchBytes): { hash: Hex; sizeBytes: number } {
    if (data instanceof Uint8Array) return { hash: putChunks(this.nodes, data), sizeBytes: data.length };
    return { hash: putBlob(this.nodes, data), sizeBytes: decodeBlob(data.bytes).length };
  }

  private message(
    log: RpcLog,
    args: Record<string, unknown>,
    index: number,
    previous: Hex,
    deposited: RpcLog | undefined,
  ): L1Message {
    const fields = {
      sender: (args.sender as string).toLowerCase() as Hex,
      to: (args.to as string).toLowerCase() as Hex,
      isCreation: args.isCreation as boolean,
      l1ParentHash: args.l1ParentHash as Hex,
    };
    const amounts = {
      mint: args.mint as bigint,
      value: args.value as bigint,
      gasLimit: args.gasLimit as bigint,
      l1BaseFee: args.l1BaseFee as bigint,
    };
    const hash = putMessage(this.nodes, {
      ...fields,
      ...amounts,
      previous,
      inbox: this.inbox as Hex,
      data: fromHex(args.data as string),
      l1Number: args.l1Number as bigint,
      l1Time: args.l1Time as bigint,
    });
    requireSame("message number", Number(args.index), index);
    requireSame(`hash of message ${index}`, args.hash, hash);
    const alias = deposited && { aliasSource: predictedSourceHash(log.blockHash, Number(deposited.logIndex)) };
    return {
      index,
      hash,
      ...fields,
      mint: String(amounts.mint),
      value: String(amounts.value),
      gasLimit: String(amounts.gasLimit),
      l1BaseFee: String(amounts.l1BaseFee),
      data: args.data as Hex,
      l1Number: Number(args.l1Number),
      l1Time: Number(args.l1Time),
      ...place(log),
      logIndex: Number(log.logIndex),
      ...alias,
    };
  }

  /** The portal's event stands right before the Inbox's in the same transaction. */
  private isDepositOf(other: RpcLog, message: RpcLog): boolean {
    return (
      other.address.toLowerCase() === this.portal?.toLowerCase() &&
      other.topics[0] === DEPOSITED_TOPIC &&
      other.transactionHash === message.transactionHash &&
      Number(other.logIndex) + 1 === Number(message.logIndex)
    );
  }
}

function place(log: RpcLog): { l1BlockNumber: number; l1BlockHash: Hex; l1TransactionHash: Hex } {
  return {
    l1BlockNumber: Number(log.blockNumber),
    l1BlockHash: log.blockHash as Hex,
    l1TransactionHash: log.transactionHash as Hex,
  };
}

function requireSame(what: string, actual: unknown, required: unknown): void {
  if (actual !== required)
    throw new SolventError("l1-inconsistent", `L1's events do not fit: ${what} is ${actual}, must be ${required}`, {
      retry: true,
    });
}
