import type { Hex } from "../../../protocol/types";
import {
  decodeRlp,
  EMPTY_OMMERS_HASH,
  encodeRlp,
  rlpBytes,
  rlpList,
  rlpUint,
  toHex,
  type RlpItem,
} from "../../../protocol";

/** A block of L1's form, decoded as far as an executor needs it. */
export interface L1Block {
  headerRlp: Uint8Array;
  parentHash: Hex;
  ommersHash: Hex;
  coinbase: Hex;
  number: bigint;
  gasLimit: bigint;
  timestamp: bigint;
  extraData: Uint8Array;
  prevRandao: Hex;
  baseFee: bigint;
  excessBlobGas: bigint;
  parentBeaconBlockRoot: Hex;
  requestsHash: Hex;
  /** EIP-2718 bytes. */
  transactions: Uint8Array[];
  ommers: number;
  withdrawals: number;
}

/** Field names of a header, in its order, for messages. */
export const HEADER_FIELDS =
  "parentHash ommersHash coinbase stateRoot transactionsRoot receiptsRoot bloom difficulty number gasLimit gasUsed timestamp extraData prevRandao nonce baseFee withdrawalsRoot blobGasUsed excessBlobGas parentBeaconBlockRoot requestsHash".split(
    " ",
  );
const LEAST_GAS_LIMIT = 5000n;
const GAS_LIMIT_DIVISOR = 1024n;
const MAX_EXTRA_BYTES = 32;

/** Decodes `rlp([header, transactions, ommers, withdrawals])`. @throws RlpError where it has not that form. */
export function decodeL1Block(rlp: Uint8Array): L1Block {
  const [header, transactions, ommers, withdrawals] = rlpList(decodeRlp(rlp), 4);
  return {
    ...decodeL1Header(header),
    transactions: rlpList(transactions).map((one) => (one instanceof Uint8Array ? one : encodeRlp(one))),
    ommers: rlpList(ommers).length,
    withdrawals: rlpList(withdrawals).length,
  };
}

function decodeL1Header(item: RlpItem): Omit<L1Block, "transactions" | "ommers" | "withdrawals"> {
  const fields = rlpList(item, HEADER_FIELDS.length);
  const hash = (index: number, length = 32) => toHex(rlpBytes(fields[index], length));
  return {
    headerRlp: encodeRlp(item),
    parentHash: hash(0),
    ommersHash: hash(1),
    coinbase: hash(2, 20),
    number: rlpUint(fields[8], 8),
    gasLimit: rlpUint(fields[9], 8),
    timestamp: rlpUint(fields[11], 8),
    extraData: rlpBytes(fields[12]),
    prevRandao: hash(13),
    baseFee: rlpUint(fields[15]),
    excessBlobGas: rlpUint(fields[18], 8),
    parentBeaconBlockRoot: hash(19),
    requestsHash: hash(20),
  };
}

/**
 * The rules between a header and its parent that no execution shows. @returns null, or the rule that is broken.
 * Source: Yellow Paper 4.3.4 with EIP-3675.
 */
export function brokenHeaderRule(block: L1Block, parent: Pick<L1Block, "number" | "timestamp" | "gasLimit">) {
  if (block.number !== parent.number + 1n) return "number";
  if (block.timestamp <= parent.timestamp) return "timestamp";
  if (block.extraData.length > MAX_EXTRA_BYTES) return "extraData";
  const change = block.gasLimit > parent.gasLimit ? block.gasLimit - parent.gasLimit : parent.gasLimit - block.gasLimit;
  if (change >= parent.gasLimit / GAS_LIMIT_DIVISOR || block.gasLimit < LEAST_GAS_LIMIT) return "gasLimit";
  return block.ommersHash !== EMPTY_OMMERS_HASH || block.ommers !== 0 ? "ommers" : null;
}

/** Names of the fields in which two headers differ. */
export function headerDifferences(a: Uint8Array, b: Uint8Array): string[] {
  const [left, right] = [rlpList(decodeRlp(a)), rlpList(decodeRlp(b))];
  return HEADER_FIELDS.filter((_, index) => toHex(encodeRlp(left[index])) !== toHex(encodeRlp(right[index])));
}
