import { getCreateAddress } from "ethers";
import { decodeRlp, rlpBytes, rlpList, rlpUint, toHex, type RlpItem } from "../../protocol";
import { decodeTransaction } from "../transactions";
import type { ChainLog, ChainReceipt, ChainTransaction } from "./types";
import type { Hex } from "../../protocol/types";

type RawLog = [address: Hex, topics: Hex[], data: Hex];

/** There is no fee for bytes on L1 beside the gas. @see docs/spec/11-rpc.md#differences */
const NO_FEE = 0n;

/** The consensus fields of a receipt. */
export interface RawReceipt {
  type: number;
  status: 0 | 1;
  cumulativeGasUsed: bigint;
  logsBloom: Hex;
  logs: RawLog[];
  depositNonce?: bigint;
  depositReceiptVersion?: bigint;
}

/** Decodes the EIP-2718 bytes of a receipt that the program made. */
export function decodeReceipt(raw: Uint8Array): RawReceipt {
  const isLegacy = raw[0] >= 0xc0;
  const fields = rlpList(decodeRlp(isLegacy ? raw : raw.subarray(1)));
  const receipt: RawReceipt = {
    type: isLegacy ? 0 : raw[0],
    status: rlpUint(fields[0]) === 1n ? 1 : 0,
    cumulativeGasUsed: rlpUint(fields[1]),
    logsBloom: toHex(rlpBytes(fields[2])),
    logs: rlpList(fields[3]).map(decodeLog),
  };
  if (fields[4] !== undefined) receipt.depositNonce = rlpUint(fields[4]);
  if (fields[5] !== undefined) receipt.depositReceiptVersion = rlpUint(fields[5]);
  return receipt;
}

/**
 * Fills in what follows from the place.
 * @param gasBefore - cumulative gas of the receipt before it, 0 for the first.
 * @param logIndex - number of logs before it in the block.
 */
export function placeReceipt(
  transaction: ChainTransaction,
  raw: RawReceipt,
  gasBefore: bigint,
  logIndex: number,
): ChainReceipt {
  const decoded = decodeTransaction(transaction.raw, { sender: transaction.from });
  const nonce = raw.depositNonce ?? decoded.nonce;
  const isCreation = decoded.to === null;
  return {
    transaction,
    type: raw.type,
    status: raw.status,
    cumulativeGasUsed: raw.cumulativeGasUsed,
    gasUsed: raw.cumulativeGasUsed - gasBefore,
    logsBloom: raw.logsBloom,
    logs: raw.logs.map((log, i) => placeLog(transaction, log, logIndex + i)),
    contractAddress: isCreation ? (getCreateAddress({ from: decoded.from, nonce }).toLowerCase() as Hex) : null,
    to: decoded.to as Hex | null,
    effectiveGasPrice: effectiveGasPrice(decoded, transaction.baseFeePerGas ?? 0n),
    ...(decoded.type === 0x7e ? {} : { l1Fee: NO_FEE }),
    ...(raw.depositNonce === undefined ? {} : { depositNonce: raw.depositNonce }),
    ...(raw.depositReceiptVersion === undefined ? {} : { depositReceiptVersion: raw.depositReceiptVersion }),
  };
}

export function placeLog(transaction: ChainTransaction, [address, topics, data]: RawLog, logIndex: number): ChainLog {
  return {
    address,
    topics,
    data,
    blockNumber: transaction.blockNumber,
    blockHash: transaction.blockHash,
    blockTimestamp: transaction.blockTimestamp,
    transactionHash: transaction.hash,
    transactionIndex: transaction.index,
    logIndex,
    removed: false,
  };
}

function effectiveGasPrice(
  decoded: { type: number; gasPrice?: bigint; maxFeePerGas?: bigint; maxPriorityFeePerGas?: bigint },
  baseFee: bigint,
): bigint {
  if (decoded.type === 0x7e) return 0n;
  if (decoded.gasPrice !== undefined) return decoded.gasPrice;
  const withTip = baseFee + (decoded.maxPriorityFeePerGas ?? 0n);
  const max = decoded.maxFeePerGas ?? 0n;
  return withTip < max ? withTip : max;
}

function decodeLog(item: RlpItem): RawLog {
  const [address, topics, data] = rlpList(item, 3);
  return [
    toHex(rlpBytes(address, 20)),
    rlpList(topics).map((topic) => toHex(rlpBytes(topic, 32))),
    toHex(rlpBytes(data)),
  ];
}
