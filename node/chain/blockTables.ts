import type { ExecutedBlock, Hex } from "../../protocol/types";
import { fromHex, keccak256, toHex } from "../../protocol";
import type { Snapshot, WriteBatch } from "../store/database";
import { hashKey, numberKey } from "../store/keys";
import { ENTRY_BYTES, Lru, LruBytes } from "../store/lru";
import { pack, packedCount, packedItem } from "../store/pack";
import type { Store } from "../store/store";
import { recoverSender } from "../transactions/sender";
import { decodeReceipt, type RawReceipt } from "./receipts";
import type { ChainBlock } from "./types";

/** What a node keeps of a block beside its transactions and receipts. */
export interface StoredBlock extends ChainBlock {
  outputRoot: Hex;
  /** Storage root of the message passer after the block. */
  messagePasserStorageRoot: Hex;
}

/** A block to store; `senders` by transaction where they are known, `body` where this node built it. */
export interface NewBlock {
  block: ExecutedBlock;
  senders?: ReadonlyMap<Hex, Hex>;
}

export interface TransactionPlace {
  blockHash: Hex;
  index: number;
}

const BIGINT_FIELDS = ["difficulty", "gasLimit", "gasUsed", "baseFeePerGas", "blobGasUsed", "excessBlobGas"] as const;
const UNKNOWN_SENDER = new Uint8Array(20);

/** The tables of blocks, transactions and receipts: encodings, and reads through an optional snapshot. */
export class BlockTables {
  private readonly parsed = new Lru<StoredBlock>(8 << 20, summaryBytes);
  private readonly blobs = new LruBytes(32 << 20);

  constructor(private readonly store: Store) {}

  /** Writes a block's own records (not its place in the canonical chain). @returns the block as reads will give it. */
  put(batch: WriteBatch, { block, senders }: NewBlock): StoredBlock {
    const hash = fromHex(block.blockHash);
    const hashes = block.transactions.map((raw) => toHex(keccak256(raw)));
    const from = hashes.map((transaction) => {
      const sender = senders?.get(transaction);
      return sender === undefined ? UNKNOWN_SENDER : fromHex(sender);
    });
    const logCounts = block.receipts.map((raw) => decodeReceipt(raw).logs.length);
    const logStarts = Buffer.alloc(4 * logCounts.length);
    logCounts.reduce((start, count, i) => (logStarts.writeUInt32BE(start, 4 * i), start + count), 0);
    const stored: StoredBlock = {
      hash: block.blockHash,
      header: block.header,
      transactionHashes: hashes,
      sizeBytes: sizeOf(block),
      outputRoot: block.outputRoot,
      messagePasserStorageRoot: block.messagePasserStorageRoot,
    };
    batch.put(hashKey("block", hash), encodeSummary(stored));
    batch.put(hashKey("body", hash), pack([...block.transactions, Buffer.concat(from)]));
    batch.put(hashKey("receipts", hash), pack([...block.receipts, logStarts]));
    batch.put(hashKey("output", fromHex(block.outputRoot)), Buffer.from(hash));
    return stored;
  }

  /** Writes a block's place in the canonical chain. */
  putCanonical(batch: WriteBatch, block: StoredBlock): void {
    const hash = Buffer.from(fromHex(block.hash));
    batch.put(numberKey("canonical", block.header.number), hash);
    block.transactionHashes.forEach((transaction, i) => {
      const index = Buffer.alloc(4);
      index.writeUInt32BE(i);
      batch.put(hashKey("transaction", fromHex(transaction)), Buffer.concat([hash, index]));
    });
  }

  /** Any stored block, canonical or not. */
  block(hash: Hex): StoredBlock | undefined {
    const cached = this.parsed.get(hash);
    if (cached !== undefined) return cached;
    const value = this.store.get(hashKey("block", fromHex(hash)));
    if (value === undefined) return undefined;
    const block = decodeSummary(hash, value);
    this.parsed.set(hash, block);
    return block;
  }

  hashAt(number: number, snapshot?: Snapshot): Hex | undefined {
    const value = this.store.get(numberKey("canonical", number), snapshot);
    return value === undefined ? undefined : toHex(value);
  }

  /** The last place this transaction was given; the caller checks that the block is canonical. */
  place(transaction: Hex, snapshot?: Snapshot): TransactionPlace | undefined {
    const value = this.store.get(hashKey("transaction", fromHex(transaction)), snapshot);
    if (value === undefined) return undefined;
    return { blockHash: toHex(value.subarray(0, 32)), index: value.readUInt32BE(32) };
  }

  byOutputRoot(outputRoot: Hex): StoredBlock | undefined {
    const hash = this.store.get(hashKey("output", fromHex(outputRoot)));
    return hash === undefined ? undefined : this.block(toHex(hash));
  }

  rawTransaction(block: Hex, index: number): Uint8Array {
    return packedItem(this.blob("body", block), index);
  }

  rawTransactions(block: Hex): Uint8Array[] {
    const packed = this.blob("body", block);
    return Array.from({ length: packedCount(packed) - 1 }, (_, i) => packedItem(packed, i));
  }

  sender(block: Hex, index: number): Hex {
    return this.knownSender(block, index) ?? recoverSender(this.rawTransaction(block, index));
  }

  /** Null where it was not known when the block was stored. */
  knownSender(block: Hex, index: number): Hex | null {
    const packed = this.blob("body", block);
    const from = packedItem(packed, packedCount(packed) - 1).subarray(20 * index, 20 * index + 20);
    return from.equals(UNKNOWN_SENDER) ? null : toHex(from);
  }

  rawReceipt(block: Hex, index: number): Uint8Array {
    return packedItem(this.blob("receipts", block), index);
  }

  /** A receipt with what its place needs: cumulative gas before it and number of logs before it. */
  receipt(block: Hex, index: number): { raw: RawReceipt; gasBefore: bigint; logStart: number } {
    const packed = this.blob("receipts", block);
    const gasBefore = index === 0 ? 0n : decodeReceipt(packedItem(packed, index - 1)).cumulativeGasUsed;
    const logStart = packedItem(packed, packedCount(packed) - 1).readUInt32BE(4 * index);
    return { raw: decodeReceipt(packedItem(packed, index)), gasBefore, logStart };
  }

  private blob(table: "body" | "receipts", block: Hex): Buffer {
    const cached = this.blobs.get(table + block);
    if (cached !== undefined) return cached as Buffer;
    const value = this.store.get(hashKey(table, fromHex(block)));
    if (value === undefined) throw new Error(`bug: no ${table} of block ${block}`);
    this.blobs.set(table + block, value);
    return value;
  }
}

function encodeSummary({ hash: _, ...summary }: StoredBlock): Buffer {
  return Buffer.from(JSON.stringify(summary, (_key, value) => (typeof value === "bigint" ? String(value) : value)));
}

function decodeSummary(hash: Hex, value: Buffer): StoredBlock {
  const summary = JSON.parse(value.toString()) as StoredBlock;
  const header = summary.header as unknown as Record<string, unknown>;
  for (const field of BIGINT_FIELDS) if (header[field] !== undefined) header[field] = BigInt(header[field] as string);
  return Object.assign(summary, { hash });
}

/** What a block takes in memory: its header with the bloom as text, and a hash as text for each transaction. */
function summaryBytes({ transactionHashes }: StoredBlock): number {
  return ENTRY_BYTES + 2_300 + 90 * transactionHashes.length;
}

/** Length of the block's RLP: header, transactions, no ommers, no withdrawals. */
function sizeOf(block: ExecutedBlock): number {
  const items = block.transactions.reduce((sum, raw) => sum + (raw[0] >= 0xc0 ? raw.length : rlpLength(raw.length)), 0);
  return rlpLength(block.headerRlp.length + rlpLength(items) + 2);
}

function rlpLength(payload: number): number {
  return payload < 56 ? payload + 1 : payload + 1 + Math.ceil(Math.log2(payload + 1) / 8);
}
