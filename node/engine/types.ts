import type { BlockHeader, ExecutedBlock, Hex, InboxView, NodeStore } from "../../protocol/types";

/** A block to build on `parent` from candidates. */
export interface BuildRequest {
  /** Output root after the parent block. */
  parentOutputRoot: Hex;
  /** Seconds; greater than the parent's. */
  timestamp: bigint;
  /** Upper bound of delayed messages to consume; `inbox.delayedCount - parent.delayed` at most. */
  messageCount: number;
  inbox: InboxView;
  /** EIP-2718 bytes in the order to try them. */
  candidates: readonly Uint8Array[];
  /** Where the block will stand in the batch: the cursor of the new header is this place, moved behind the block's bytes. */
  place: { batch: bigint; segment: number; offset: number };
  /** Longest block (RLP) to make; candidates that would make it longer are left out. At most and by default 1,048,576. */
  maxBytes?: number;
}

/** A candidate left out. `retry`: it may be valid in a later block (gas or bytes did not fit, nonce too high). */
export interface Excluded {
  index: number;
  code: number;
  /** As geth words it: `nonce too low: ...`, `insufficient funds for gas * price + value: ...`. */
  message: string;
  retry: boolean;
}

export interface BuiltBlock extends ExecutedBlock {
  /** `rlp([timestamp, messageCount, [tx, ...]])`: what goes into the batch. */
  body: Uint8Array;
  excluded: Excluded[];
}

export interface AccessListItem {
  address: Hex;
  storageKeys: readonly Hex[];
}

export interface AuthorizationItem {
  chainId: bigint;
  address: Hex;
  nonce: bigint;
  yParity: number;
  r: bigint;
  s: bigint;
}

/** Replaced fields of one account, as eth_call takes them; `state` replaces all storage, `stateDiff` some slots. */
export interface AccountOverride {
  balance?: bigint;
  nonce?: bigint;
  code?: Uint8Array;
  state?: Readonly<Record<Hex, Hex>>;
  stateDiff?: Readonly<Record<Hex, Hex>>;
  /** The account is a precompile, which stands there instead. */
  movePrecompileTo?: Hex;
}

export type StateOverrides = Readonly<Record<Hex, AccountOverride>>;

export interface BlockOverrides {
  number?: bigint;
  timestamp?: bigint;
  gasLimit?: bigint;
  coinbase?: Hex;
  baseFee?: bigint;
  prevRandao?: Hex;
  parentBeaconBlockRoot?: Hex;
  /** What BLOBBASEFEE answers. */
  blobBaseFee?: bigint;
}

/** An unsigned message, as eth_call and its kin take it. */
export interface CallRequest {
  /** The block whose numbers the call sees, and on whose state it runs. */
  header: BlockHeader;
  /** The block is still to come: `header` has its parent's state root, and the parent's hash is written before the call runs. */
  isNext?: boolean;
  /** By default the zero address. */
  from?: Hex;
  /** Absent or null: creation. */
  to?: Hex | null;
  data?: Uint8Array;
  value?: bigint;
  /** By default as much as a call may have, or the balance pays for where a price is given. */
  gas?: bigint;
  /** A price of zero or none needs no balance for gas, and the base fee reads as zero. */
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  nonce?: bigint;
  accessList?: readonly AccessListItem[];
  authorizationList?: readonly AuthorizationItem[];
  stateOverrides?: StateOverrides;
  blockOverrides?: BlockOverrides;
}

/** Why a message stopped. `refused` = it is no valid transaction (funds, intrinsic gas ...); then nothing ran. */
export type HaltReason =
  | "stop"
  | "return"
  | "self-destruct"
  | "revert"
  | "out-of-gas"
  | "stack-underflow"
  | "stack-overflow"
  | "bad-jump"
  | "invalid-opcode"
  | "static-violation"
  | "return-data-bounds"
  | "collision"
  | "code-prefix"
  | "code-size"
  | "precompile"
  | "call-refused"
  | "refused";

export interface CallResult {
  status: "success" | "revert" | "halt" | "refused";
  halt: HaltReason;
  returnData: Uint8Array;
  /** As a receipt would state it: intrinsic gas, refund and calldata floor included. */
  gasUsed: bigint;
  /** Text as geth words it; empty on success. */
  message: string;
}

/** Blocks of unsigned messages on top of a block, as eth_simulateV1 takes them. */
export interface SimulateRequest {
  base: BlockHeader;
  baseHash: Hex;
  /** Blocks up to the base, the newest last, where the state has no history contract to ask for their hashes. */
  ancestors?: readonly (readonly [number: bigint, hash: Hex])[];
  /** In order; numbers and timestamps grow. */
  blocks: readonly SimulatedBlockRequest[];
  /** Nonces, base fees and funds count as in a real block. */
  isValidated: boolean;
  /** Each transfer of ether is a log, too. */
  withTransfers: boolean;
  /** Of the chain's configuration, in wei. */
  minimumBaseFee: bigint;
}

export interface SimulatedBlockRequest {
  overrides: BlockOverrides & { number: bigint; timestamp: bigint };
  stateOverrides?: StateOverrides;
  calls: readonly Omit<CallRequest, "header">[];
}

export interface SimulatedLog {
  address: Hex;
  topics: Hex[];
  data: Uint8Array;
  /** Among all logs of the block, those of failed calls included. */
  index: number;
}

export interface SimulatedCall extends CallResult {
  /** Before refunds. */
  maxGasUsed: bigint;
  logs: SimulatedLog[];
  from: Hex;
  /** EIP-2718 bytes with a signature of zeros. */
  raw: Uint8Array;
}

export interface SimulatedBlock {
  header: BlockHeader;
  hash: Hex;
  calls: SimulatedCall[];
}

/** Why a simulation ended without a result: reason of refusal.ts, or of what only a simulation refuses. */
export interface SimulationFailure {
  reason:
    | "nonce-low"
    | "nonce-high"
    | "nonce-max"
    | "fee-below-base"
    | "tip-above-fee"
    | "intrinsic-gas"
    | "funds"
    | "block-gas"
    | "initcode-size"
    | "gas-cap"
    | "override"
    | "other";
  message: string;
}

/** One step of the EVM, before it runs. Words as bigint, the top of the stack last. */
export interface TraceStep {
  pc: number;
  op: number;
  gas: bigint;
  gasCost: bigint;
  /** 1 for the outermost frame. */
  depth: number;
  stack?: bigint[];
  memory?: Uint8Array;
  returnData?: Uint8Array;
  /** Slots that this contract has read or written so far in the transaction, where the step is SLOAD or SSTORE. */
  storage?: Readonly<Record<Hex, Hex>>;
  /** Set on the step that ended its frame exceptionally. */
  error?: string;
}

/** A call as the `callTracer` of geth shows it. */
export interface CallFrame {
  type: "CALL" | "CALLCODE" | "DELEGATECALL" | "STATICCALL" | "CREATE" | "CREATE2" | "SELFDESTRUCT";
  from: Hex;
  to?: Hex;
  value?: bigint;
  gas: bigint;
  gasUsed: bigint;
  input: Uint8Array;
  output?: Uint8Array;
  error?: string;
  calls: CallFrame[];
  logs?: { address: Hex; topics: Hex[]; data: Uint8Array; position: number }[];
}

export interface TraceOptions {
  steps?: boolean;
  stack?: boolean;
  memory?: boolean;
  storage?: boolean;
  returnData?: boolean;
  calls?: boolean;
  logs?: boolean;
  /** The accounts that it touches, before and after. */
  accounts?: boolean;
  /** Ends the recording after so many steps; 0 is no limit. */
  limit?: number;
}

export interface Trace {
  gasUsed: bigint;
  failed: boolean;
  returnData: Uint8Array;
  steps: TraceStep[];
  call?: CallFrame;
  accounts?: TouchedAccounts;
}

/** What an account has, and those of its slots that were touched. */
export interface AccountState {
  address: Hex;
  balance: bigint;
  nonce: bigint;
  code: Uint8Array;
  storage: Readonly<Record<Hex, Hex>>;
}

/** Accounts that a message touches, as geth's prestateTracer finds them, before and after it, in the same order. */
export interface TouchedAccounts {
  before: AccountState[];
  after: AccountState[];
  /** Made by it; ran SELFDESTRUCT. */
  created: Hex[];
  destructed: Hex[];
}

/** A block to execute with everything said explicitly (conformance, replay). */
export interface BlockEnvironment {
  parentHash: Hex;
  parentStateRoot: Hex;
  number: bigint;
  timestamp: bigint;
  gasLimit: bigint;
  baseFee: bigint;
  coinbase: Hex;
  prevRandao: Hex;
  extraData: Uint8Array;
  parentBeaconBlockRoot: Hex;
  /** Where the chain configuration in the state has none. */
  chainId: bigint;
  excessBlobGas?: bigint;
  /** RLP of the parent's header: then the base fee is the one that follows from it, whatever `baseFee` says. */
  parentHeader?: Uint8Array;
  /**
   * What the block itself writes before its first transaction: nothing (a bare state, no chain), the parent's hash where the history
   * contract has code (`rollup`, the default), or the beacon root too, where that contract has code (`l1`).
   */
  ownWrites?: "none" | "rollup" | "l1";
}

export interface ExecuteResult {
  stateRoot: Hex;
  receiptsRoot: Hex;
  transactionsRoot: Hex;
  logsBloom: Hex;
  gasUsed: bigint;
  /** keccak of the RLP of all logs, in order. */
  logsHash: Hex;
  receipts: Uint8Array[];
  /** Transactions that are no valid part of this block; nothing of theirs is in the result. */
  excluded: Excluded[];
  headerRlp: Uint8Array;
  blockHash: Hex;
}

/** Runs of `engine.wasm` in V8: the same sources as the program, with operations for nodes. Synchronous; one run at a time. */
export interface Engine {
  buildBlock(request: BuildRequest): BuiltBlock;
  call(request: CallRequest): CallResult;
  /**
   * @param tolerance - how much of the answer may be more than the least; by default nothing.
   * @returns the least gas with which the call succeeds, or the failing result at the cap.
   */
  estimateGas(request: CallRequest, tolerance?: number): { gas: bigint } | { failed: CallResult };
  createAccessList(request: CallRequest): { accessList: AccessListItem[]; result: CallResult };
  /** Runs blocks of messages one on the other, each as if it were built; nothing of them stays. */
  simulate(request: SimulateRequest): SimulatedBlock[] | { failed: SimulationFailure };
  traceCall(request: CallRequest, options: TraceOptions): Trace;
  /** Re-executes `transactions[0..index]` of the block on its parent's state and records the last one. */
  traceTransaction(block: TraceBlock, index: number, options: TraceOptions): Trace;
  /** Records all transactions of the block in one go. */
  traceBlock(block: TraceBlock, options: TraceOptions): Trace[];
  executeBlock(environment: BlockEnvironment, transactions: readonly Uint8Array[]): ExecuteResult;
}

export interface TraceBlock {
  header: BlockHeader;
  parent: BlockHeader;
  transactions: readonly Uint8Array[];
  /** Where its deposits come from; needed for a block that has any. */
  inbox?: InboxView;
}

/** Opens program and engine over one store. */
export interface EngineOptions {
  nodes: NodeStore;
  /** Folder of stf.wasm and engine.wasm; by default the build folder. */
  buildDir?: string;
  /** Engine: the chain id where the state has no chain configuration (L1 chains of the conformance suites); else 0. */
  chainId?: bigint;
  /** Recovered senders and other precompile answers, by the key of the request; shared by program and engine. */
  precompileAnswers?: NodeStore;
}
