/*
 * Headers: the parent's is read, the new one written. Source: docs/spec/01-interfaces.md#header.
 */
import { copy32, copyBytes, zeroBytes } from "../bytes";
import {
  itemLength,
  itemPtr,
  itemU64,
  itemWord,
  putBytes,
  putListHeader,
  putU64,
  putWord,
  rlpItem,
  rlpList,
} from "../codec/rlp";
import { ENV_BASE_FEE, ENV_COINBASE, ENV_PREV_RANDAO, environment } from "../evm/environment";
import { wordToBytes } from "../evm/word";
import { blockGasUsed, PARENT_BEACON_ROOT, PARENT_HASH } from "./context";
import { BLOCK_BLOOM, NEW_HEADER } from "./layout";

const CURSOR_VERSION: u32 = 1;
export const CURSOR_BYTES: u32 = 25;
/** Space in front of the new header for its list header. */
const LIST_HEADER: u32 = 3;

/** What the executor needs of a parent. */
@unmanaged
export class Header {
  number: u64;
  gasLimit: u64;
  gasUsed: u64;
  timestamp: u64;
  /** The cursor. */
  batch: u64;
  delayed: u64;
  segment: u32;
  offset: u32;
}

export const parent: Header = changetype<Header>(memory.data(64, 32));
export const PARENT_STATE_ROOT: usize = memory.data(32, 32);
/** A word. */
export const PARENT_BASE_FEE: usize = memory.data(32, 32);

/** Roots of the new block. */
export const STATE_ROOT: usize = memory.data(32, 32);
export const TRANSACTIONS_ROOT: usize = memory.data(32, 32);
export const RECEIPTS_ROOT: usize = memory.data(32, 32);
export const WITHDRAWALS_ROOT: usize = memory.data(32, 32);
export const REQUESTS_HASH: usize = memory.data(32, 32);
/** extraData of the new block: at most 256 bytes. */
export const EXTRA_DATA: usize = memory.data(256, 32);

/** Reads a header that this chain has made, or its genesis. @returns false where it is no header with a cursor. */
export function readParent(from: usize, length: u32): bool {
  const end = from + length;
  if (rlpList(from, end) != end) return false;
  let at = itemPtr;
  for (let field: u32 = 0; field < 16; field++) {
    at = rlpItem(at, end);
    if (at == 0) return false;
    if (field == 3) copy32(PARENT_STATE_ROOT, itemPtr);
    else if (field == 8) parent.number = itemU64();
    else if (field == 9) parent.gasLimit = itemU64();
    else if (field == 10) parent.gasUsed = itemU64();
    else if (field == 11) parent.timestamp = itemU64();
    else if (field == 12) readCursor();
    else if (field == 15) itemWord(PARENT_BASE_FEE);
  }
  return true;
}

/** Writes `extraData` of the new block. */
export function writeCursor(batch: u64, segment: u32, offset: u32, delayed: u64): u32 {
  store<u8>(EXTRA_DATA, <u8>CURSOR_VERSION);
  store<u64>(EXTRA_DATA + 1, bswap<u64>(batch));
  store<u32>(EXTRA_DATA + 9, bswap<u32>(segment));
  store<u32>(EXTRA_DATA + 13, bswap<u32>(offset));
  store<u64>(EXTRA_DATA + 17, bswap<u64>(delayed));
  return CURSOR_BYTES;
}

/** Writes the new header to NEW_HEADER. @returns its length. */
export function writeHeader(extraLength: u32, excessBlobGas: u64): u32 {
  const payload = NEW_HEADER + 32;
  let at = payload;
  at = putHash(at, PARENT_HASH);
  at = putOmmersHash(at);
  at = putBytes(at, ENV_COINBASE, 20);
  at = putHash(at, STATE_ROOT);
  at = putHash(at, TRANSACTIONS_ROOT);
  at = putHash(at, RECEIPTS_ROOT);
  at = putBytes(at, BLOCK_BLOOM, 256);
  at = putU64(at, 0);
  at = putU64(at, environment.number);
  at = putU64(at, environment.gasLimit);
  at = putU64(at, blockGasUsed());
  at = putU64(at, environment.timestamp);
  at = putBytes(at, EXTRA_DATA, extraLength);
  store<u8>(at, 0xa0);
  wordToBytes(at + 1, ENV_PREV_RANDAO);
  at += 33;
  store<u8>(at, 0x88);
  zeroBytes(at + 1, 8);
  at += 9;
  at = putWord(at, ENV_BASE_FEE);
  at = putHash(at, WITHDRAWALS_ROOT);
  at = putU64(at, 0);
  at = putU64(at, excessBlobGas);
  at = putHash(at, PARENT_BEACON_ROOT);
  at = putHash(at, REQUESTS_HASH);
  const length = <u32>(at - payload);
  putListHeader(NEW_HEADER, length);
  copyBytes(NEW_HEADER + LIST_HEADER, payload, length);
  return length + LIST_HEADER;
}

/** sha256 of nothing: the hash of no requests. */
export function setNoRequests(): void {
  store<u64>(REQUESTS_HASH, 0x141cfc9842c4b0e3);
  store<u64>(REQUESTS_HASH, 0x24b96f99c8f4fb9a, 8);
  store<u64>(REQUESTS_HASH, 0x4c939b64e441ae27, 16);
  store<u64>(REQUESTS_HASH, 0x55b852781b9995a4, 24);
}

function readCursor(): void {
  if (itemLength != CURSOR_BYTES || <u32>load<u8>(itemPtr) != CURSOR_VERSION) return;
  parent.batch = bswap<u64>(load<u64>(itemPtr + 1));
  parent.segment = bswap<u32>(load<u32>(itemPtr + 9));
  parent.offset = bswap<u32>(load<u32>(itemPtr + 13));
  parent.delayed = bswap<u64>(load<u64>(itemPtr + 17));
}

function putHash(at: usize, hash: usize): usize {
  store<u8>(at, 0xa0);
  copyBytes(at + 1, hash, 32);
  return at + 33;
}

/** keccak(rlp([])). */
function putOmmersHash(at: usize): usize {
  store<u8>(at, 0xa0);
  store<u64>(at + 1, 0x7a5dc7dee84dcc1d);
  store<u64>(at + 9, 0x1ad4ccb667b585ab);
  store<u64>(at + 17, 0x13748a941b4512d3);
  store<u64>(at + 25, 0x4793d440fd42a1f0);
  return at + 33;
}
