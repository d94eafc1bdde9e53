/** A block's reference in `rollup_syncStatus`. */
export interface BlockRef {
  number: number;
  hash: string;
}

/** Answer of `rollup_syncStatus`. */
export interface SyncStatus {
  l1Head: BlockRef | null;
  l1Finalized: BlockRef | null;
  batchCount: number;
  delayedCount: number;
  unsafe: BlockRef;
  safe: BlockRef;
  finalized: BlockRef;
  unhealthy: string | null;
}

/** A block as JSON-RPC gives it; quantities are hex. */
export interface RpcBlock {
  number: string;
  hash: string;
  parentHash: string;
  timestamp: string;
  gasUsed: string;
  gasLimit: string;
  baseFeePerGas: string;
  extraData: string;
  stateRoot: string;
  miner: string;
  size: string;
  transactions: RpcTransaction[];
}

export interface RpcTransaction {
  hash: string;
  blockNumber: string;
  from: string;
  to: string | null;
  value: string;
  input: string;
  nonce: string;
  type: string;
  gas: string;
  mint?: string;
}

export interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  logIndex: string;
  blockNumber: string;
  blockHash: string;
  transactionHash: string;
}

export interface RpcReceipt {
  status: string;
  gasUsed: string;
  effectiveGasPrice: string;
  contractAddress: string | null;
  logs: RpcLog[];
  blockNumber: string;
}

/** Answer of `rollup_getBatch`. */
export interface BatchInfo {
  index: number;
  record: string;
  delayedCount: number;
  l1Number: number;
  l1Time: number;
  l1TransactionHash: string;
  sizeBytes: number;
  forced: boolean;
  firstBlock: number | null;
  lastBlock: number | null;
}

/** One of `rollup_getAssertions`. */
export interface Assertion {
  id: string;
  parent: string;
  index: number;
  outputRoot: string;
  l2BlockNumber: number;
  mutualId: string;
  staker: string;
  status: string;
  created: number;
  timer: number;
  challengePeriod: number;
  isRivalled: boolean;
  onChain: boolean;
}

/** One asset's books; amounts in hex, in the asset's smallest unit. */
export interface AssetBooks {
  asset: string;
  escrow: string;
  supply: string;
  withdrawalsUnderWay: string;
  depositsUnderWay: string;
  surplus: string;
}

/** One of `rollup_getAuditHistory`. */
export interface AuditPoint {
  l1Block: number;
  l2Block: number;
  time: number;
  assets: AssetBooks[];
}

/** Answer of `rollup_getAudit`. */
export interface Audit {
  l1Block: BlockRef;
  l2Block: BlockRef;
  assets: AssetBooks[];
  alerts: { text: string }[];
}

/** Answer of `rollup_config`. */
export interface SystemConfig {
  chainId: string;
  l1ChainId: string;
  inbox: string;
  portal: string;
  tokenBridge: string;
  queue: string;
  /** Where there are claims about sums. */
  sumRoots?: string;
  startBlock: number;
  maxDelay: number;
  maxAhead: number;
}
