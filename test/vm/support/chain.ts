import { Wallet, getBytes, type TransactionLike } from "ethers";
import type { BlockHeader, Hex, InboxView, NodeStore } from "../../../protocol/types";
import {
  ZERO_HASH,
  decodeHeader,
  fromHex,
  keccak256,
  putBatch,
  putMessage,
  putRecord,
  toHex,
  type BatchRecord,
  type DelayedMessage,
} from "../../../protocol";
import { encodeBlob, putBlob } from "../../../protocol/blob";
import { encodeBody, encodeSegment } from "../../../protocol/batch";
import { commitToBlob, versionedHashOf } from "../../../node/kzg/kzg";
import {
  buildTrie,
  createStateReader,
  encodeAccount,
  genesisFromJson,
  putGenesis,
  type Genesis,
} from "../../../node/state";

export const CHAIN_ID = 4242n;
const BLOCK_GAS_LIMIT = 30_000_000;
const L1_INFO = "0x4200000000000000000000000000000000000015";
const FEE_VAULT = "0x4200000000000000000000000000000000000011";
const T0 = 1_700_000_000n;

/** Nodes in memory. */
export class MemoryNodes implements NodeStore {
  private readonly map = new Map<string, Uint8Array>();

  get(hash: Uint8Array): Uint8Array | undefined {
    return this.map.get(Buffer.from(hash).toString("latin1"));
  }

  put(hash: Uint8Array, data: Uint8Array): void {
    this.map.set(Buffer.from(hash).toString("latin1"), data);
  }

  forEach(visit: (hash: Uint8Array, data: Uint8Array) => void): void {
    this.map.forEach((data, key) => visit(Buffer.from(key, "latin1"), data));
  }
}

/** A chain's inbox kept in memory, with all that the program may ask for: batches and messages are appended by the test. */
export class TestChain implements InboxView {
  readonly nodes = new MemoryNodes();
  genesis: Genesis;
  readonly wallet = new Wallet(`0x${"11".repeat(32)}`);
  private readonly records: Hex[] = [];
  private readonly messages: Hex[] = [];
  /** Of the accounts of genesis. */
  private readonly addresses: Hex[];
  private time = T0;
  private nextNonce = 0;

  /** @param alloc - more accounts of genesis. */
  constructor(alloc: Record<string, { balance?: string; code?: string }> = {}) {
    const configuration = [CHAIN_ID, BLOCK_GAS_LIMIT, 1n, FEE_VAULT, 38_400, 3600, 3600];
    const storage = Object.fromEntries(configuration.map((value, i) => [hexOf(0x100 + i), hexOf(BigInt(value))]));
    this.addresses = [this.wallet.address, L1_INFO, ...Object.keys(alloc)] as Hex[];
    this.genesis = genesisFromJson(
      {
        config: { chainId: Number(CHAIN_ID) },
        timestamp: T0.toString(),
        gasLimit: BLOCK_GAS_LIMIT,
        coinbase: FEE_VAULT,
        alloc: {
          [this.wallet.address]: { balance: (10n ** 24n).toString() },
          [L1_INFO]: { nonce: "1", storage },
          ...alloc,
        },
      },
      this.nodes,
    );
  }

  /** Gives an account of genesis another storage, a trie that is in `nodes` already. */
  setStorageRoot(target: Hex, storageRoot: Hex): void {
    const state = createStateReader(this.nodes, this.genesis.stateRoot);
    const leaves = this.addresses.map((address) => {
      const account = state.account(address)!;
      const leaf = encodeAccount(address === target ? { ...account, storageRoot } : account);
      return [keccak256(fromHex(address)), leaf] as const;
    });
    const { chainId, header, messagePasserStorageRoot } = this.genesis;
    const changed = { ...header, stateRoot: buildTrie(leaves, this.nodes) };
    this.genesis = putGenesis(chainId, changed, messagePasserStorageRoot, this.nodes);
  }

  get batchCount(): bigint {
    return BigInt(this.records.length);
  }

  get delayedCount(): bigint {
    return BigInt(this.messages.length);
  }

  batchRecord(index: bigint): Uint8Array {
    return fromHex(this.records[Number(index)]);
  }

  messageHash(index: bigint): Uint8Array {
    return fromHex(this.messages[Number(index)]);
  }

  /** The header behind an output root. */
  header(outputRoot: Hex): BlockHeader {
    return decodeHeader(this.nodes.get(this.nodes.get(fromHex(outputRoot))!.slice(96))!);
  }

  /** The nonce of an account after a block. */
  nonce(outputRoot: Hex, address: string): number {
    const account = createStateReader(this.nodes, this.header(outputRoot).stateRoot).account(address as Hex);
    return Number(account?.nonce ?? 0n);
  }

  /** A signed transaction of the one account with money; nonces count up. */
  async sign(fields: TransactionLike): Promise<Uint8Array> {
    const defaults = { type: 2, chainId: CHAIN_ID, gasLimit: 1_000_000n, nonce: this.nextNonce++ };
    const fees = { maxFeePerGas: 10n ** 11n, maxPriorityFeePerGas: 1n };
    const priced = fields.type === 0 || fields.type === 1 ? { gasPrice: 10n ** 11n } : fees;
    return getBytes(await this.wallet.signTransaction({ ...defaults, ...priced, ...fields }));
  }

  /** Appends a batch with these blocks, each a list of transactions; all messages sent so far belong to it. */
  addBatch(blocks: Uint8Array[][], messagesOfFirst = 0n, isInBlob = false): void {
    const bodies = blocks.map((transactions, i) => {
      this.time += 2n;
      return encodeBody({ timestamp: this.time, messageCount: i === 0 ? messagesOfFirst : 0n, transactions });
    });
    const data = bodies.length === 0 ? new Uint8Array(0) : encodeSegment(bodies);
    if (isInBlob) this.addBlob(data);
    else this.addRawBatch(data);
  }

  /** @param time - L1's, in seconds; by default that of the block added last. */
  addRawBatch(data: Uint8Array, time = this.time): void {
    this.time = time;
    this.records.push(putBatch(this.nodes, data, this.nextRecord()));
  }

  private addBlob(data: Uint8Array): void {
    const bytes = encodeBlob(data);
    const chunksHash = putBlob(this.nodes, { versionedHash: versionedHashOf(commitToBlob(bytes)), bytes });
    this.records.push(putRecord(this.nodes, { ...this.nextRecord(), chunksHash }));
  }

  private nextRecord(): Omit<BatchRecord, "chunksHash"> {
    return {
      previous: this.records.at(-1) ?? ZERO_HASH,
      delayedCount: this.delayedCount,
      l1Number: 100n + this.batchCount,
      l1Time: this.time,
    };
  }

  /** Appends a delayed message. */
  addMessage(fields: Partial<DelayedMessage> = {}): void {
    const message: DelayedMessage = {
      previous: this.messages.at(-1) ?? ZERO_HASH,
      inbox: `0x${"22".repeat(20)}`,
      sender: `0x${"66".repeat(20)}`,
      isCreation: false,
      to: `0x${"33".repeat(20)}`,
      mint: 5n,
      value: 3n,
      gasLimit: 100_000n,
      data: new Uint8Array(0),
      l1Number: 90n,
      l1Time: this.time,
      l1BaseFee: 7n,
      l1ParentHash: toHex(new Uint8Array(32).fill(9)),
      ...fields,
    };
    this.messages.push(putMessage(this.nodes, message));
  }
}

const hexOf = (value: bigint | number): Hex => `0x${BigInt(value).toString(16).padStart(64, "0")}`;
