import { Interface, concat, keccak256, toBeHex, type LogDescription } from "ethers";
import type { Hex } from "../../protocol/types";

/** The part of the Inbox's and the portal's interface that nodes read; the full one is contracts/interfaces. */
export const INBOX_ABI = new Interface([
  "event BatchAppended(uint256 indexed index, bytes32 indexed record, bytes32 previousRecord, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time, bool forced)",
  "event MessageSent(uint256 indexed index, address indexed sender, bytes32 hash, address to, bool isCreation, uint256 mint, uint256 value, uint64 gasLimit, bytes data, uint64 l1Number, uint64 l1Time, uint256 l1BaseFee, bytes32 l1ParentHash)",
  "event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData)",
  "function postBatch(uint256 index, bytes32 previousRecord, uint256 delayedCount, bytes32 messageHash, bytes data) returns (bytes32)",
  "function forceInclude(uint256 index, uint256 delayedCount) returns (bytes32)",
  "function dataMode() view returns (uint8)",
  "function sequencingMode() view returns (uint8)",
  "function sequencer() view returns (address)",
  "function batchCount() view returns (uint256)",
  "function delayedCount() view returns (uint256)",
  "function batchRecord(uint256) view returns (bytes32)",
  "function messageHash(uint256) view returns (bytes32)",
  "function sendMessage(address to, uint256 value, uint64 gasLimit, bool isCreation, bytes data) returns (uint256)",
]);

export interface RpcLog {
  address: string;
  topics: string[];
  data: string;
  blockHash: string;
  blockNumber: string;
  transactionHash: string;
  logIndex: string;
  removed?: boolean;
}

/** @returns null for logs of other events. */
export function parseInboxLog(log: RpcLog): LogDescription | null {
  return INBOX_ABI.parseLog({ topics: log.topics, data: log.data });
}

/**
 * The source hash that viem's op-stack actions compute for a deposit from L1's block hash and log index. The contracts cannot
 * know it (their own is `keccak(TAG("deposit"), ...)`), so nodes keep it as an alias.
 */
export function predictedSourceHash(l1BlockHash: string, logIndex: number): Hex {
  const place = keccak256(concat([l1BlockHash, toBeHex(logIndex, 32)]));
  return keccak256(concat([toBeHex(0, 32), place])) as Hex;
}
