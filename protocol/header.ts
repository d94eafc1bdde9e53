import type { BlockHeader, Hex } from "./types";
import { fromHex, toHex } from "./bytes";
import { keccak256 } from "./keccak";
import { decodeRlp, encodeRlp, RlpError, rlpBytes, rlpInteger, rlpList, rlpUint, type RlpItem } from "./rlp";

/** keccak of the RLP of the empty list: the ommers hash of every block. */
export const EMPTY_OMMERS_HASH: Hex = "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347";
/** Root of the empty trie. */
export const EMPTY_TRIE_ROOT: Hex = "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421";
/** keccak of no bytes: the code hash of an account without code. */
export const EMPTY_CODE_HASH: Hex = "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470";
/** sha256 of no bytes: the requests hash of every block. */
export const EMPTY_REQUESTS_HASH: Hex = "0xe3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
export const ZERO_HASH: Hex = `0x${"00".repeat(32)}`;
export const ZERO_ADDRESS: Hex = `0x${"00".repeat(20)}`;

/** RLP of a header: the fields up to the last that is present. */
export function encodeHeader(header: BlockHeader): Uint8Array {
  const items: RlpItem[] = [
    fromHex(header.parentHash),
    fromHex(header.sha3Uncles),
    fromHex(header.miner),
    fromHex(header.stateRoot),
    fromHex(header.transactionsRoot),
    fromHex(header.receiptsRoot),
    fromHex(header.logsBloom),
    rlpInteger(header.difficulty),
    rlpInteger(header.number),
    rlpInteger(header.gasLimit),
    rlpInteger(header.gasUsed),
    rlpInteger(header.timestamp),
    fromHex(header.extraData),
    fromHex(header.mixHash),
    fromHex(header.nonce),
  ];
  const later: (RlpItem | undefined)[] = [
    header.baseFeePerGas === undefined ? undefined : rlpInteger(header.baseFeePerGas),
    header.withdrawalsRoot && fromHex(header.withdrawalsRoot),
    header.blobGasUsed === undefined ? undefined : rlpInteger(header.blobGasUsed),
    header.excessBlobGas === undefined ? undefined : rlpInteger(header.excessBlobGas),
    header.parentBeaconBlockRoot && fromHex(header.parentBeaconBlockRoot),
    header.requestsHash && fromHex(header.requestsHash),
  ];
  for (const item of later) {
    if (item === undefined) break;
    items.push(item);
  }
  return encodeRlp(items);
}

/** What executing a block gives of its header. */
export type ExecutionFields = Pick<
  BlockHeader,
  "stateRoot" | "transactionsRoot" | "receiptsRoot" | "logsBloom" | "gasUsed"
>;

/**
 * Decodes of a header what executing its block gives, whatever its number and timestamp are: other chains' go up to 2^64 - 1.
 * @throws RlpError where a field has the wrong form.
 */
export function decodeExecution(rlp: Uint8Array): ExecutionFields {
  return executionOf(rlpList(decodeRlp(rlp)));
}

function executionOf(items: readonly RlpItem[]): ExecutionFields {
  const fixed = (index: number, length: number): Hex => toHex(rlpBytes(items[index], length));
  return {
    stateRoot: fixed(3, 32),
    transactionsRoot: fixed(4, 32),
    receiptsRoot: fixed(5, 32),
    logsBloom: fixed(6, 256),
    gasUsed: rlpUint(items[10], 8),
  };
}

/**
 * Decodes a header of 15 to 21 fields. Number and timestamp are exact: the chain makes no block with a larger one than 2^53 - 1.
 * @throws RlpError where a field has the wrong form.
 * @see docs/spec/03-derivation.md#time
 */
export function decodeHeader(rlp: Uint8Array): BlockHeader {
  const items = rlpList(decodeRlp(rlp));
  if (items.length < 15 || items.length > 21) throw new RlpError(`a header of ${items.length} fields`);
  const fixed = (index: number, length: number): Hex => toHex(rlpBytes(items[index], length));
  const header: BlockHeader = {
    parentHash: fixed(0, 32),
    sha3Uncles: fixed(1, 32),
    miner: fixed(2, 20),
    ...executionOf(items),
    difficulty: rlpUint(items[7]),
    number: exactNumber(items[8]),
    gasLimit: rlpUint(items[9], 8),
    timestamp: exactNumber(items[11]),
    extraData: toHex(rlpBytes(items[12])),
    mixHash: fixed(13, 32),
    nonce: fixed(14, 8),
  };
  if (items.length > 15) header.baseFeePerGas = rlpUint(items[15]);
  if (items.length > 16) header.withdrawalsRoot = fixed(16, 32);
  if (items.length > 17) header.blobGasUsed = rlpUint(items[17], 8);
  if (items.length > 18) header.excessBlobGas = rlpUint(items[18], 8);
  if (items.length > 19) header.parentBeaconBlockRoot = fixed(19, 32);
  if (items.length > 20) header.requestsHash = fixed(20, 32);
  return header;
}

function exactNumber(item: RlpItem): number {
  const value = rlpUint(item, 8);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new RlpError(`an integer of ${value}, at most 2^53 - 1`);
  return Number(value);
}

/** keccak of the header's RLP. */
export function blockHash(header: BlockHeader): Hex {
  return toHex(keccak256(encodeHeader(header)));
}
