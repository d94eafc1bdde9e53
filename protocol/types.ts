/** 0x-prefixed lower-case hex: hashes (32 bytes), addresses (20 bytes, lower case), data. */
export type Hex = `0x${string}`;

/**
 * Content-addressed bytes: trie nodes, codes, headers, 4 KiB chunks and their lists, batch records, message preimages.
 * Keys are 32-byte keccak hashes. Reads are synchronous, because the program asks in the middle of a run.
 */
export interface NodeStore {
  /** The bytes behind the hash, or undefined where they are not held. The caller must not write to them. */
  get(hash: Uint8Array): Uint8Array | undefined;
  /** Files bytes under their hash; visible at once, on disk with the next block's atomic write. The bytes are not copied. */
  put(hash: Uint8Array, data: Uint8Array): void;
}

/**
 * The tables of the Inbox as one run may see them: indices at or past the counts do not exist for the program.
 * Implementations may hold more than they show. Hashes and records are 32 bytes.
 */
export interface InboxView {
  readonly batchCount: bigint;
  readonly delayedCount: bigint;
  /** `index < batchCount`. */
  batchRecord(index: bigint): Uint8Array;
  /** `index < delayedCount`. */
  messageHash(index: bigint): Uint8Array;
}

/** A header, decoded. Fields that a fork introduced are absent before it (Solvent's own headers carry all 21). */
export interface BlockHeader {
  parentHash: Hex;
  sha3Uncles: Hex;
  miner: Hex;
  stateRoot: Hex;
  transactionsRoot: Hex;
  receiptsRoot: Hex;
  logsBloom: Hex;
  difficulty: bigint;
  number: number;
  gasLimit: bigint;
  gasUsed: bigint;
  timestamp: number;
  extraData: Hex;
  mixHash: Hex;
  nonce: Hex;
  baseFeePerGas?: bigint;
  withdrawalsRoot?: Hex;
  blobGasUsed?: bigint;
  excessBlobGas?: bigint;
  parentBeaconBlockRoot?: Hex;
  requestsHash?: Hex;
}

/** Where the next block is looked for. @see docs/spec/01-interfaces.md#header */
export interface Cursor {
  batch: bigint;
  /** Byte offset of the segment in the batch; 0xffffffff after a message block. */
  segment: number;
  /** Byte offset in the inflated segment. */
  offset: number;
  /** Delayed messages consumed so far. */
  delayed: bigint;
}

/** A block as the program made it. */
export interface ExecutedBlock {
  outputRoot: Hex;
  blockHash: Hex;
  header: BlockHeader;
  headerRlp: Uint8Array;
  stateRoot: Hex;
  messagePasserStorageRoot: Hex;
  cursor: Cursor;
  /** EIP-2718 bytes in block order, deposits (0x7e) first. */
  transactions: Uint8Array[];
  /** Consensus receipts (EIP-2718 bytes), one per transaction. */
  receipts: Uint8Array[];
}

/**
 * Runs of `stf.wasm` in V8: the chain's rules, and nothing else.
 * All that a block made (nodes, codes, header, the 128 bytes behind the output root) is put into the store before it returns.
 */
export interface StateTransition {
  /**
   * Derives and executes the block after `outputRoot`.
   * @returns null when the inbox holds no further block (an idle run: output = input).
   * @throws SolventError `preimage-missing` (the message names the hash) where the store lacks data, `program-trapped`.
   */
  advance(outputRoot: Hex, inbox: InboxView): ExecutedBlock | null;
}

/** An L1 block as the follower keeps it. */
export interface L1Block {
  number: number;
  hash: Hex;
  parentHash: Hex;
  time: number;
}
