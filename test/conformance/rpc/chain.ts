import type { Block } from "@ethereumjs/block";
import { bytesToHex } from "@ethereumjs/util";
import type { PostByzantiumTxReceipt, PreByzantiumTxReceipt } from "@ethereumjs/vm";
import type {
  ChainBlock,
  ChainLog,
  ChainReader,
  ChainReceipt,
  ChainTransaction,
  HeadTag,
  LogFilter,
} from "../../../node/chain/types";
import type { Hex } from "../../../protocol/types";
import { effectiveGasPrice } from "../../../node/rpc/fees";
import { isMatch } from "../../../node/rpc/logs";
import type { RawReader } from "../../../node/rpc/methods/debug";
import { decodeTransaction } from "../../../node/transactions";
import { createStateReader } from "../../../node/state";
import { Mempool } from "../../../sequencer/pool/mempool";
import { getCreateAddress } from "ethers";
import type { ReplayedBlock, ReplayedChain } from "./replay";

/** A ChainReader over a replayed chain: the interface that the RPC handlers are mounted on. */
export class ReplayedChainReader implements ChainReader, RawReader {
  readonly chainId: bigint;
  readonly nodes: ChainReader["nodes"];
  readonly pool: Mempool;
  private readonly blocks: { chainBlock: ChainBlock; replayed: ReplayedBlock }[];
  private readonly byHash = new Map<Hex, ChainBlock>();
  private readonly transactions = new Map<Hex, ChainTransaction>();

  constructor(replayed: ReplayedChain) {
    this.chainId = replayed.common.chainId();
    this.nodes = replayed.nodes;
    this.blocks = replayed.blocks.map((entry) => ({
      chainBlock: toChainBlock(entry.block, entry.rlp),
      replayed: entry,
    }));
    for (const { chainBlock } of this.blocks) {
      this.byHash.set(chainBlock.hash, chainBlock);
      for (const transaction of this.blockTransactions(chainBlock))
        this.transactions.set(transaction.hash, transaction);
    }
    this.pool = this.createPool();
  }

  head(tag: HeadTag): ChainBlock {
    return this.blocks[tag === "earliest" ? 0 : this.blocks.length - 1].chainBlock;
  }

  clock(): number {
    return this.head("latest").header.timestamp;
  }

  blockByNumber(number: number): ChainBlock | undefined {
    return this.blocks[number]?.chainBlock;
  }

  blockByHash(hash: Hex): ChainBlock | undefined {
    return this.byHash.get(hash);
  }

  blockTransactions(block: ChainBlock): ChainTransaction[] {
    return this.blocks[block.header.number].replayed.block.transactions.map((tx, index) => ({
      hash: bytesToHex(tx.hash()),
      raw: tx.serialize(),
      from: tx.getSenderAddress().toString(),
      blockHash: block.hash,
      blockNumber: block.header.number,
      index,
      baseFeePerGas: block.header.baseFeePerGas,
      blockTimestamp: block.header.timestamp,
    }));
  }

  blockReceipts(block: ChainBlock): ChainReceipt[] {
    const { replayed } = this.blocks[block.header.number];
    let logIndex = 0;
    let before = 0n;
    return this.blockTransactions(block).map((transaction, i) => {
      const receipt = replayed.receipts[i];
      const decoded = decodeTransaction(transaction.raw, { sender: transaction.from });
      const logs = receipt.logs.map(([address, topics, data]) => toLog(transaction, logIndex++, address, topics, data));
      const gasUsed = receipt.cumulativeBlockGasUsed - before;
      before = receipt.cumulativeBlockGasUsed;
      const blobGas =
        decoded.blobVersionedHashes === undefined ? undefined : BigInt(decoded.blobVersionedHashes.length) * 131072n;
      const { status } = receipt as PostByzantiumTxReceipt;
      return {
        transaction,
        type: decoded.type,
        status: status === undefined ? undefined : status === 1 ? 1 : 0,
        ...(status === undefined ? { root: bytesToHex((receipt as PreByzantiumTxReceipt).stateRoot) } : {}),
        cumulativeGasUsed: receipt.cumulativeBlockGasUsed,
        gasUsed,
        logsBloom: bytesToHex(receipt.bitvector),
        logs,
        contractAddress:
          decoded.to === null
            ? (getCreateAddress({ from: decoded.from, nonce: decoded.nonce }).toLowerCase() as Hex)
            : null,
        to: decoded.to as Hex | null,
        effectiveGasPrice: effectiveGasPrice(decoded, block.header.baseFeePerGas),
        ...(blobGas === undefined
          ? {}
          : { blobGasUsed: blobGas, blobGasPrice: replayed.block.header.getBlobGasPrice() }),
      };
    });
  }

  transaction(hash: Hex): ChainTransaction | undefined {
    return this.transactions.get(hash);
  }

  receipt(hash: Hex): ChainReceipt | undefined {
    const transaction = this.transactions.get(hash);
    return transaction && this.blockReceipts(this.byHash.get(transaction.blockHash)!)[transaction.index];
  }

  logs(filter: LogFilter): ChainLog[] {
    const criteria = { addresses: filter.addresses ?? [], topics: filter.topics ?? [] };
    return this.blocks
      .slice(filter.fromBlock, filter.toBlock + 1)
      .flatMap(({ chainBlock }) => this.blockReceipts(chainBlock).flatMap((receipt) => receipt.logs))
      .filter((log) => isMatch(log, criteria));
  }

  subscribe(): () => void {
    return () => {};
  }

  submit(raw: Uint8Array): Promise<Hex> {
    return Promise.resolve().then(() => this.pool.add(raw).entry.hash);
  }

  syncing(): null {
    return null;
  }

  /** The sequencer's own pool over the replayed head. */
  private createPool(): Mempool {
    const { chainId, nodes } = this;
    const { stateRoot, gasLimit } = this.head("latest").header;
    const account = (address: Hex): { nonce: bigint; balance: bigint } => {
      const found = createStateReader(nodes, stateRoot).account(address);
      return { nonce: found?.nonce ?? 0n, balance: found?.balance ?? 0n };
    };
    const limits = { chainId, blockGasLimit: gasLimit, minimumBaseFee: 0n, maxBytes: 110_000 };
    const waiting = { queuedPerSender: 64, queuedTotal: 500, queuedBytes: 10_000_000, queuedSeconds: 3_600 };
    return new Mempool(account, limits, { total: 1000, totalBytes: 50_000_000, perSender: 100, ...waiting });
  }

  /** State root before a transaction, where receipts name it (before Byzantium). */
  stateBefore(blockNumber: number, index: number): Hex | undefined {
    if (index === 0) return this.blocks[blockNumber - 1].chainBlock.header.stateRoot;
    const { stateRoot } = this.blocks[blockNumber].replayed.receipts[index - 1] as PreByzantiumTxReceipt;
    return stateRoot === undefined ? undefined : bytesToHex(stateRoot);
  }

  header(block: ChainBlock): Uint8Array {
    return this.blocks[block.header.number].replayed.block.header.serialize();
  }

  block(block: ChainBlock): Uint8Array {
    return this.blocks[block.header.number].replayed.rlp;
  }

  receipts(block: ChainBlock): Uint8Array[] {
    return this.blocks[block.header.number].replayed.encodedReceipts;
  }
}

function toChainBlock(block: Block, rlp: Uint8Array): ChainBlock {
  const header = block.header;
  const hex = (bytes: Uint8Array): Hex => bytesToHex(bytes);
  return {
    hash: hex(block.hash()),
    header: {
      parentHash: hex(header.parentHash),
      sha3Uncles: hex(header.uncleHash),
      miner: header.coinbase.toString(),
      stateRoot: hex(header.stateRoot),
      transactionsRoot: hex(header.transactionsTrie),
      receiptsRoot: hex(header.receiptTrie),
      logsBloom: hex(header.logsBloom),
      difficulty: header.difficulty,
      number: Number(header.number),
      gasLimit: header.gasLimit,
      gasUsed: header.gasUsed,
      timestamp: Number(header.timestamp),
      extraData: hex(header.extraData),
      mixHash: hex(header.mixHash),
      nonce: hex(header.nonce),
      baseFeePerGas: header.baseFeePerGas,
      ...(header.withdrawalsRoot === undefined ? {} : { withdrawalsRoot: hex(header.withdrawalsRoot) }),
      blobGasUsed: header.blobGasUsed,
      excessBlobGas: header.excessBlobGas,
      ...(header.parentBeaconBlockRoot === undefined
        ? {}
        : { parentBeaconBlockRoot: hex(header.parentBeaconBlockRoot) }),
      ...(header.requestsHash === undefined ? {} : { requestsHash: hex(header.requestsHash) }),
    },
    transactionHashes: block.transactions.map((tx) => hex(tx.hash())),
    sizeBytes: rlp.length,
    uncles: block.uncleHeaders.map((uncle) => hex(uncle.hash())),
    ...(block.withdrawals === undefined
      ? {}
      : {
          withdrawals: block.withdrawals.map((entry) => ({
            index: entry.index,
            validatorIndex: entry.validatorIndex,
            address: entry.address.toString(),
            amountGwei: entry.amount,
          })),
        }),
  };
}

function toLog(
  transaction: ChainTransaction,
  logIndex: number,
  address: Uint8Array,
  topics: Uint8Array[],
  data: Uint8Array,
): ChainLog {
  return {
    address: bytesToHex(address),
    topics: topics.map((topic) => bytesToHex(topic)),
    data: bytesToHex(data),
    blockNumber: transaction.blockNumber,
    blockHash: transaction.blockHash,
    blockTimestamp: transaction.blockTimestamp,
    transactionHash: transaction.hash,
    transactionIndex: transaction.index,
    logIndex,
    removed: false,
  };
}
