import type { L1View } from "../l1/view";
import { decodeCursor } from "../../protocol";
import type { Hex, L1Block, NodeStore } from "../../protocol/types";
import { AliasIndex } from "./aliases";
import { inboxViewOf } from "./inboxView";
import { bloomMatcher, matchesLog } from "./bloom";
import type { StoredBlock } from "./blockTables";
import type { Chain } from "./chain";
import type { Derivation } from "./derivation";
import { LoglessBlocks } from "./loglessBlocks";
import { decodeReceipt, placeLog, placeReceipt } from "./receipts";
import type {
  BatchInfo,
  ChainBlock,
  ChainLog,
  ChainReader,
  ChainReceipt,
  ChainTransaction,
  HeadListener,
  HeadTag,
  LogFilter,
  PoolView,
  RollupReader,
  SyncStatus,
} from "./types";

export interface ReaderOptions {
  chainId: bigint;
  inbox: Hex;
  pool?: PoolView;
  submit: (raw: Uint8Array) => Promise<Hex>;
  syncing: () => ReturnType<ChainReader["syncing"]>;
  unhealthy: () => string | null;
}

/** The chain of a Solvent node as the JSON-RPC server reads it. */
export class SolventReader implements ChainReader {
  readonly chainId: bigint;
  readonly nodes: NodeStore;
  readonly pool?: PoolView;
  readonly rollup: RollupReader;
  private readonly aliases: AliasIndex;
  private readonly logless = new LoglessBlocks();

  constructor(
    private readonly chain: Chain,
    private readonly view: L1View,
    derivation: Derivation,
    private readonly options: ReaderOptions,
  ) {
    this.chainId = options.chainId;
    this.nodes = chain.store.nodes;
    if (options.pool !== undefined) this.pool = options.pool;
    this.aliases = new AliasIndex(view, options.inbox);
    chain.subscribe({ onHead: (event) => this.logless.onHead(event) });
    this.rollup = {
      inbox: () => inboxViewOf(view),
      syncStatus: () => syncStatus(chain, view, options.unhealthy()),
      batch: (index) => batchInfo(view, derivation, index),
      origin: (block) => originOf(view, derivation, block),
      l1: () => ({ head: view.tip, finalized: view.finalized, at: (number) => exactly(view.knownAt(number), number) }),
    };
  }

  head(tag: HeadTag): ChainBlock {
    const { chain } = this;
    const number = {
      latest: chain.unsafe.number,
      safe: chain.safe.number,
      finalized: chain.finalized.number,
      earliest: 0,
    };
    return chain.requireBlockAt(number[tag]);
  }

  clock(): number {
    return Math.max(this.view.tip?.time ?? 0, Math.floor(Date.now() / 1_000));
  }

  blockByNumber(number: number): ChainBlock | undefined {
    return this.chain.blockAt(number);
  }

  blockByHash(hash: Hex): ChainBlock | undefined {
    return this.chain.blockBy(hash);
  }

  blockTransactions(block: ChainBlock): ChainTransaction[] {
    return block.transactionHashes.map((_, i) => this.transactionAt(block, i));
  }

  blockReceipts(block: ChainBlock): ChainReceipt[] {
    let gasBefore = 0n;
    let logIndex = 0;
    return block.transactionHashes.map((_, i) => {
      const raw = decodeReceipt(this.chain.tables.rawReceipt(block.hash, i));
      const receipt = placeReceipt(this.transactionAt(block, i), raw, gasBefore, logIndex);
      gasBefore = raw.cumulativeGasUsed;
      logIndex += raw.logs.length;
      return receipt;
    });
  }

  transaction(hash: Hex): ChainTransaction | undefined {
    const place = this.place(hash);
    return place === undefined ? undefined : this.transactionAt(place.block, place.index);
  }

  receipt(hash: Hex): ChainReceipt | undefined {
    const place = this.place(hash);
    if (place === undefined) return undefined;
    const { block, index } = place;
    const { raw, gasBefore, logStart } = this.chain.tables.receipt(block.hash, index);
    return placeReceipt(this.transactionAt(block, index), raw, gasBefore, logStart);
  }

  logs(filter: LogFilter): ChainLog[] {
    const mayMatch = bloomMatcher(filter);
    const found: ChainLog[] = [];
    const last = Math.min(filter.toBlock, this.chain.unsafe.number);
    for (let number = Math.max(0, filter.fromBlock); number <= last; number++) {
      if (this.logless.has(number)) continue;
      const block = this.chain.requireBlockAt(number);
      const { logsBloom } = block.header;
      if (!this.logless.note(number, logsBloom) && mayMatch(logsBloom)) this.blockLogs(block, filter, found);
    }
    return found;
  }

  subscribe(listener: HeadListener): () => void {
    return this.chain.subscribe(listener);
  }

  submit(raw: Uint8Array): Promise<Hex> {
    return this.options.submit(raw);
  }

  syncing(): ReturnType<ChainReader["syncing"]> {
    return this.options.syncing();
  }

  private blockLogs(block: StoredBlock, filter: LogFilter, found: ChainLog[]): void {
    let logIndex = 0;
    block.transactionHashes.forEach((_, i) => {
      const { logs } = decodeReceipt(this.chain.tables.rawReceipt(block.hash, i));
      logs.forEach((log, j) => {
        if (matchesLog(filter, log[0], log[1])) found.push(placeLog(this.transactionAt(block, i), log, logIndex + j));
      });
      logIndex += logs.length;
    });
  }

  private place(hash: Hex): { block: StoredBlock; index: number } | undefined {
    const direct = this.chain.place(hash);
    if (direct !== undefined) return direct;
    const canonical = this.aliases.resolve(hash);
    return canonical === undefined ? undefined : this.chain.place(canonical);
  }

  private transactionAt(block: ChainBlock, index: number): ChainTransaction {
    const { tables } = this.chain;
    return {
      hash: block.transactionHashes[index],
      raw: tables.rawTransaction(block.hash, index),
      from: tables.sender(block.hash, index),
      blockHash: block.hash,
      blockNumber: block.header.number,
      index,
      baseFeePerGas: block.header.baseFeePerGas,
      blockTimestamp: block.header.timestamp,
    };
  }
}

function syncStatus(chain: Chain, view: L1View, unhealthy: string | null): SyncStatus {
  const ref = (block: { number: number; hash: Hex } | null) => block && { number: block.number, hash: block.hash };
  return {
    l1Head: ref(view.tip),
    l1Finalized: ref(view.finalized),
    batchCount: view.batchCount,
    delayedCount: view.delayedCount,
    unsafe: chain.unsafe,
    safe: chain.safe,
    finalized: chain.finalized,
    unhealthy,
  };
}

function batchInfo(view: L1View, derivation: Derivation, index: number): BatchInfo | undefined {
  const batch = view.batch(index);
  if (batch === undefined) return undefined;
  const derived = derivation.derivedFrom(index);
  const { record, delayedCount, l1Number, l1Time, l1BlockHash, l1TransactionHash, sizeBytes, forced } = batch;
  return {
    ...{ index, record, delayedCount, l1Number, l1Time, l1BlockHash, l1TransactionHash, sizeBytes, forced },
    firstBlock: derived?.firstBlock ?? null,
    lastBlock: derived?.lastBlock ?? null,
  };
}

/** The cursor behind a block names its batch, or the next one where the block was the last of it. */
function originOf(view: L1View, derivation: Derivation, { header }: ChainBlock): ReturnType<RollupReader["origin"]> {
  if (header.number === 0) return null;
  const next = Number(decodeCursor(header.extraData).batch);
  for (const index of [next, next - 1]) {
    const [batch, derived] = [view.batch(index), derivation.derivedFrom(index)];
    if (batch === undefined || derived === undefined) continue;
    if (derived.firstBlock > header.number || header.number > derived.lastBlock) continue;
    return { l1: { number: batch.l1BlockNumber, hash: batch.l1BlockHash }, firstBlock: derived.firstBlock };
  }
  return null;
}

function exactly(block: L1Block | null, number: number): L1Block | null {
  return block?.number === number ? block : null;
}
