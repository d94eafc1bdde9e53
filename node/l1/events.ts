import { Interface, concat, getBytes, keccak256, toBeHex, type LogDescription } from "ethers";
import type { Hex } from "../../protocol/types";
import { SolventError } from "../../protocol/errors";

/** The part of the Inbox's and the portal's interface that nodes read; the full one is contracts/interfaces. */
export const INBOX_ABI = new Interface([
  "event BatchAppended(uint256 indexed index, bytes32 indexed record, bytes32 previousRecord, bytes32 chunksHash, uint64 delayedCount, uint64 l1Number, uint64 l1Time, bool forced)",
  "event MessageSent(uint256 indexed index, address indexed sender, bytes32 hash, address to, bool isCreation, uint256 mint, uint256 value, uint64 gasLimit, bytes data, uint64 l1Number, uint64 l1Time, uint256 l1BaseFee, bytes32 l1ParentHash)",
  "event TransactionDeposited(address indexed from, address indexed to, uint256 indexed version, bytes opaqueData)",
  "function postBatch(uint256 index, bytes32 previousRecord, uint256 delayedCount, bytes32 messageHash, bytes data) returns (bytes32)",
  "function forceInclude(uint256 index, uint256 delayedCount) returns (bytes32)",
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

const POST_BATCH_SELECTOR = INBOX_ABI.getFunction("postBatch")!.selector;

/**
 * The `data` argument in the calldata of a `postBatch` transaction, found as the contract finds it: any offset that lies in
 * the calldata is legal, and what stands behind the data is ignored.
 * @throws SolventError `l1-inconsistent` when it is not such a call.
 */
export function batchDataOf(input: Hex): Uint8Array {
  const bytes = getBytes(input);
  const refuse = (): never => {
    throw new SolventError("l1-inconsistent", "a BatchAppended event whose transaction is no call of postBatch");
  };
  if (!input.startsWith(POST_BATCH_SELECTOR) || bytes.length < 4 + 5 * 32) refuse();
  const args = bytes.subarray(4);
  const wordAt = (offset: number): number => {
    if (offset + 32 > args.length) refuse();
    const word = BigInt(toHex(args.subarray(offset, offset + 32)));
    if (word > BigInt(args.length)) refuse();
    return Number(word);
  };
  const offset = wordAt(4 * 32);
  const length = wordAt(offset);
  const start = offset + 32;
  if (start + length > args.length) refuse();
  return args.slice(start, start + length);
}

/**
 * The source hash that viem's op-stack actions compute for a deposit from L1's block hash and log index. The contracts cannot
 * know it (their own is `keccak(TAG("deposit"), ...)`), so nodes keep it as an alias.
 */
export function predictedSourceHash(l1BlockHash: string, logIndex: number): Hex {
  const place = keccak256(concat([l1BlockHash, toBeHex(logIndex, 32)]));
  return keccak256(concat([toBeHex(0, 32), place])) as Hex;
}

function toHex(bytes: Uint8Array): string {
  return "0x" + Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
}
