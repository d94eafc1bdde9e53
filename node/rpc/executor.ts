import type { ChainBlock, Hex } from "../chain/types";
import type { AccessListEntry, Authorization } from "../transactions";

/** A transaction that nobody signed, as eth_call and its kin take it. Amounts in wei; absent gas is the block's limit. */
export interface CallRequest {
  from: Hex;
  to: Hex | null;
  data: Hex;
  value: bigint;
  gas?: bigint;
  gasPrice?: bigint;
  maxFeePerGas?: bigint;
  maxPriorityFeePerGas?: bigint;
  nonce?: bigint;
  accessList?: AccessListEntry[];
  authorizationList?: Authorization[];
}

/** Per account; `state` replaces the whole storage, `stateDiff` single slots. Words are 32-byte hex. */
export interface StateOverride {
  balance?: bigint;
  nonce?: bigint;
  code?: Hex;
  state?: Record<Hex, Hex>;
  stateDiff?: Record<Hex, Hex>;
}

export interface BlockOverride {
  number?: bigint;
  timestamp?: bigint;
  gasLimit?: bigint;
  coinbase?: Hex;
  prevRandao?: Hex;
  baseFeePerGas?: bigint;
}

export interface ExecutionOptions {
  stateOverrides?: Record<Hex, StateOverride>;
  blockOverrides?: BlockOverride;
}

/** What a call came to. `error` is geth's text of an exceptional halt; null on success and on a revert. */
export interface CallOutcome {
  status: "success" | "revert" | "halt";
  returnData: Hex;
  gasUsed: bigint;
  error: string | null;
}

export type GasEstimate = { gas: bigint } | { failure: CallOutcome };

export interface AccessListOutcome {
  accessList: AccessListEntry[];
  gasUsed: bigint;
  error: string | null;
}

export interface StructLogOptions {
  enableMemory: boolean;
  disableStack: boolean;
  disableStorage: boolean;
  enableReturnData: boolean;
  /** Steps kept; 0 keeps all. */
  limit: number;
}

export type TraceOptions =
  { kind: "structLogs"; options: StructLogOptions } | { kind: "callTracer"; onlyTopCall: boolean; withLog: boolean };

/**
 * Runs what is not (yet) part of the chain on the state after a block.
 * Refusals (funds, fees, intrinsic gas) are thrown as RpcError -32000 with geth's texts.
 */
export interface Executor {
  call(block: ChainBlock, request: CallRequest, options: ExecutionOptions): CallOutcome;
  estimateGas(block: ChainBlock, request: CallRequest, options: ExecutionOptions): GasEstimate;
  createAccessList(block: ChainBlock, request: CallRequest, options: ExecutionOptions): AccessListOutcome;
  /** Re-executes a transaction of the chain. @returns the tracer's JSON value as debug_traceTransaction shows it. */
  trace(block: ChainBlock, transactionIndex: number, options: TraceOptions): unknown;
}
