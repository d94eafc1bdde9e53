import type { BlockHeader, Hex, InboxView, L1Block, NodeStore } from "../../protocol/types";

/** `latest` = unsafe head; `safe` = derived from L1; `finalized` = derived from finalized L1 blocks (docs/spec/12-nodes.md#heads). */
export type HeadTag = "latest" | "safe" | "finalized" | "earliest";

/** A canonical block. `transactionHashes` in block order; bodies through `blockTransactions`. */
export interface ChainBlock {
  hash: Hex;
  header: BlockHeader;
  transactionHashes: readonly Hex[];
  /** Bytes of the whole block's RLP, as `size` of eth_getBlockBy*. */
  sizeBytes: number;
  /** Absent for Solvent's own blocks after genesis: they have none. */
  uncles?: readonly Hex[];
  /** Absent for Solvent's own blocks: `withdrawals` is the empty list there. */
  withdrawals?: readonly { index: bigint; validatorIndex: bigint; address: Hex; amountGwei: bigint }[];
  /** The output root after this block (Solvent's own blocks only). */
  outputRoot?: Hex;
}

/** A transaction at its place. `raw` is the EIP-2718 encoding (0x7e for deposits); `hash` = keccak of it. */
export interface ChainTransaction {
  hash: Hex;
  raw: Uint8Array;
  from: Hex;
  blockHash: Hex;
  blockNumber: number;
  index: number;
  /** The base fee of its block, for effectiveGasPrice. */
  baseFeePerGas: bigint | undefined;
  blockTimestamp: number;
}

/** A log at its place. */
export interface ChainLog {
  address: Hex;
  topics: readonly Hex[];
  data: Hex;
  blockNumber: number;
  blockHash: Hex;
  blockTimestamp: number;
  transactionHash: Hex;
  transactionIndex: number;
  /** Index within the block. */
  logIndex: number;
  removed: boolean;
}

/** A receipt at its place, decoded. */
export interface ChainReceipt {
  transaction: ChainTransaction;
  type: number;
  status: 0 | 1 | undefined;
  /** Post-state root of receipts before Byzantium; absent on Solvent. */
  root?: Hex;
  cumulativeGasUsed: bigint;
  gasUsed: bigint;
  logsBloom: Hex;
  logs: readonly ChainLog[];
  /** Address of the contract that a creation made, also when it failed. */
  contractAddress: Hex | null;
  to: Hex | null;
  effectiveGasPrice: bigint;
  blobGasUsed?: bigint;
  blobGasPrice?: bigint;
  /** What its bytes on L1 cost the sender in wei: on a rollup without such a fee zero, absent on an L1 and for deposits. */
  l1Fee?: bigint;
  /** Deposits only. */
  depositNonce?: bigint;
  depositReceiptVersion?: bigint;
}

/** Blocks `fromBlock..toBlock` inclusive; empty lists match everything; a topic position is a set of alternatives or null. */
export interface LogFilter {
  fromBlock: number;
  toBlock: number;
  addresses?: readonly Hex[];
  topics?: readonly (readonly Hex[] | null)[];
}

/** What changed: new canonical blocks in order after `dropped` (newest first) left the canonical chain. */
export interface HeadEvent {
  dropped: readonly ChainBlock[];
  added: readonly ChainBlock[];
}

export interface HeadListener {
  /** The unsafe head moved; `dropped` is empty unless it was a reorg. */
  onHead?(event: HeadEvent): void;
  /** A transaction entered the pool. */
  onPendingTransaction?(hash: Hex, raw: Uint8Array): void;
}

/** A transaction that waits in the pool. */
export interface PooledTransaction {
  hash: Hex;
  raw: Uint8Array;
  from: Hex;
  nonce: bigint;
}

/** A read-only view of the mempool; absent on nodes that keep none. */
export interface PoolView {
  /** Whether it holds all that waits for a block; one that does not knows of no gap. */
  readonly isWhole: boolean;
  /** Executable now (`pending`) and blocked by a nonce gap (`queued`). */
  counts(): { pending: number; queued: number };
  get(hash: Hex): PooledTransaction | undefined;
  /** The next nonce of an account counting its executable pooled transactions, or undefined where it has none. */
  nextNonce(address: Hex): bigint | undefined;
  pending(): readonly PooledTransaction[];
  queued(): readonly PooledTransaction[];
}

/**
 * All that the JSON-RPC server reads of a chain. Synchronous: LevelDB answers in microseconds, and one request then sees one
 * head. Everything is canonical at the moment of the call; hashes of dropped blocks are unknown.
 */
export interface ChainReader {
  readonly chainId: bigint;
  /** State of any block by its root, and headers by hash. */
  readonly nodes: NodeStore;
  /** Absent where the node keeps no mempool. */
  readonly pool?: PoolView;
  head(tag: HeadTag): ChainBlock;
  /** Seconds, by the clock that the next block goes by. */
  clock(): number;
  blockByNumber(number: number): ChainBlock | undefined;
  blockByHash(hash: Hex): ChainBlock | undefined;
  blockTransactions(block: ChainBlock): ChainTransaction[];
  blockReceipts(block: ChainBlock): ChainReceipt[];
  /** By canonical hash or by alias (the hash that viem predicts for a deposit); the answer carries the canonical hash. */
  transaction(hash: Hex): ChainTransaction | undefined;
  /** By canonical hash or alias, as `transaction`. */
  receipt(hash: Hex): ChainReceipt | undefined;
  /** Logs in order; skips blocks by their bloom. */
  logs(filter: LogFilter): ChainLog[];
  /** @returns the function that ends the subscription. */
  subscribe(listener: HeadListener): () => void;
  /**
   * Takes a signed transaction (EIP-2718 bytes) into the pool, or forwards it to the sequencer.
   * @returns its hash. @throws SolventError whose message is geth's text (`nonce too low`, ...) and code `tx-*`.
   */
  submit(raw: Uint8Array): Promise<Hex>;
  /** Syncing progress in L2 blocks, or null when up to date. */
  syncing(): { startingBlock: number; currentBlock: number; highestBlock: number } | null;
  /** rollup_syncStatus, rollup_getBatch and the like; absent on chains that are no rollup. */
  readonly rollup?: RollupReader;
}

/** What the node knows about L1. */
export interface RollupReader {
  syncStatus(): SyncStatus;
  /** What the inbox holds by now: where the deposits of this chain's blocks come from. */
  inbox(): InboxView;
  /** Batch `index` as the inbox recorded it, with the range of L2 blocks derived from it where that is done. */
  batch(index: number): BatchInfo | undefined;
  /** The L1 block that holds the batch of a block, and the first block of that batch; null while it is in none, and for genesis. */
  origin(block: ChainBlock): { l1: BlockRef; firstBlock: number } | null;
  /** What was read of L1: its newest block, the newest final one, and block `number` where it is still known. */
  l1(): { head: L1Block | null; finalized: L1Block | null; at(number: number): L1Block | null };
}

export interface SyncStatus {
  l1Head: { number: number; hash: Hex } | null;
  l1Finalized: { number: number; hash: Hex } | null;
  batchCount: number;
  delayedCount: number;
  unsafe: BlockRef;
  safe: BlockRef;
  finalized: BlockRef;
  /** What keeps the node from doing its work, in words; null when healthy. */
  unhealthy: string | null;
}

export interface BlockRef {
  number: number;
  hash: Hex;
}

export interface BatchInfo {
  index: number;
  record: Hex;
  delayedCount: number;
  l1Number: number;
  l1Time: number;
  l1BlockHash: Hex;
  l1TransactionHash: Hex;
  sizeBytes: number;
  forced: boolean;
  firstBlock: number | null;
  lastBlock: number | null;
}
