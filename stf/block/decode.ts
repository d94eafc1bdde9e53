/*
 * Transactions: from EIP-2718 bytes to fields. Strict and total: malformed bytes give a code, never a trap.
 * Source: EIP-155, EIP-2718, EIP-2930, EIP-1559, EIP-7702.
 */
import { zeroBytes } from "../bytes";
import {
  itemLength,
  itemPtr,
  itemU64,
  itemWord,
  putListHeader,
  putU64,
  rlpBytes,
  rlpInteger,
  rlpList,
} from "../codec/rlp";
import { keccakAdd, keccakBegin, keccakEnd } from "../crypto/keccak";
import { INVALID_EMPTY_AUTHORIZATIONS, INVALID_ENCODING, INVALID_TYPE, VALID } from "./invalid";
import { INVALID_AUTHORIZATION_CREATION, INVALID_SIGNATURE } from "./invalid";

export const TYPE_ACCESS_LIST: u32 = 1;
export const TYPE_DYNAMIC_FEE: u32 = 2;
export const TYPE_SET_CODE: u32 = 4;
export const TYPE_DEPOSIT: u32 = 0x7e;

/** The transaction decoded last. */
@unmanaged
export class Transaction {
  nonce: u64;
  gasLimit: u64;
  type: u32;
  isCreate: u32;
  /** 20 bytes; of a creation meaningless. */
  to: usize;
  data: usize;
  dataLength: u32;
  /** Payload of the access list. */
  accessList: usize;
  accessListEnd: usize;
  accessAddresses: u32;
  accessKeys: u32;
  /** Payload of the list of authorizations. */
  authorizations: usize;
  authorizationsEnd: usize;
  authorizationCount: u32;
  /** 0 or 1. */
  parity: u32;
  /** 0 for a legacy transaction without chain id. */
  hasChainId: u32;
}

export const transaction: Transaction = changetype<Transaction>(memory.data(96, 32));
/** Words. Of types before 1559 both fees are the gas price. */
export const TX_VALUE: usize = memory.data(32, 32);
export const TX_MAX_FEE: usize = memory.data(32, 32);
export const TX_MAX_TIP: usize = memory.data(32, 32);
export const TX_CHAIN_ID: usize = memory.data(32, 32);
/** Signature: 32 big-endian bytes each; what was signed. */
export const TX_R: usize = memory.data(32, 32);
export const TX_S: usize = memory.data(32, 32);
export const TX_SIGNED_HASH: usize = memory.data(32, 32);

const head = memory.data(48, 32);

/** Decodes `length` bytes at `raw` to `transaction`. @returns VALID or why not. */
export function decodeTransaction(raw: usize, length: u32): u32 {
  const end = raw + length;
  if (length == 0) return INVALID_ENCODING;
  const first = <u32>load<u8>(raw);
  zeroBytes(changetype<usize>(transaction), offsetof<Transaction>());
  if (first >= 0xc0) return decodeLegacy(raw, end);
  if (first != TYPE_ACCESS_LIST && first != TYPE_DYNAMIC_FEE && first != TYPE_SET_CODE) return INVALID_TYPE;
  transaction.type = first;
  return decodeTyped(raw + 1, end);
}

function decodeLegacy(raw: usize, end: usize): u32 {
  if (rlpList(raw, end) != end) return INVALID_ENCODING;
  const payload = itemPtr;
  let at = decodeNonce(payload, end);
  if (at != 0) at = decodePrice(at, end);
  if (at != 0) at = decodeGasToValue(at, end);
  if (at != 0) at = decodeData(at, end);
  if (at == 0) return INVALID_ENCODING;
  const signedEnd = at;
  at = rlpInteger(at, end, 32);
  if (at == 0) return INVALID_ENCODING;
  const vLength = itemLength;
  const v = vLength <= 8 ? itemU64() : 0;
  if (decodeSignature(at, end) != end) return INVALID_ENCODING;
  if (v == 27 || v == 28) {
    transaction.parity = <u32>(v - 27);
    hashLegacy(payload, signedEnd, 0);
    return VALID;
  }
  if (v < 35) return INVALID_SIGNATURE;
  transaction.parity = <u32>((v - 35) & 1);
  transaction.hasChainId = 1;
  zeroBytes(TX_CHAIN_ID, 32);
  store<u64>(TX_CHAIN_ID, (v - 35) >> 1);
  hashLegacy(payload, signedEnd, (v - 35) >> 1);
  return VALID;
}

function decodeTyped(list: usize, end: usize): u32 {
  if (rlpList(list, end) != end) return INVALID_ENCODING;
  const payload = itemPtr;
  let at = rlpInteger(payload, end, 32);
  if (at == 0) return INVALID_ENCODING;
  itemWord(TX_CHAIN_ID);
  transaction.hasChainId = 1;
  at = decodeNonce(at, end);
  if (at != 0) at = transaction.type == TYPE_ACCESS_LIST ? decodePrice(at, end) : decodeFees(at, end);
  if (at != 0) at = decodeGasToValue(at, end);
  if (at != 0) at = decodeData(at, end);
  if (at != 0) at = decodeAccessList(at, end);
  if (at != 0 && transaction.type == TYPE_SET_CODE) at = decodeAuthorizations(at, end);
  if (at == 0) return INVALID_ENCODING;
  const signedEnd = at;
  at = rlpInteger(at, end, 32);
  if (at == 0) return INVALID_ENCODING;
  const parity = itemLength <= 8 ? itemU64() : 2;
  if (decodeSignature(at, end) != end) return INVALID_ENCODING;
  if (parity > 1) return INVALID_SIGNATURE;
  transaction.parity = <u32>parity;
  keccakBegin();
  store<u8>(head, <u8>transaction.type);
  keccakAdd(head, <u32>(putListHeader(head + 1, <u32>(signedEnd - payload)) - head));
  keccakAdd(payload, <u32>(signedEnd - payload));
  keccakEnd(TX_SIGNED_HASH);
  if (transaction.type == TYPE_SET_CODE) {
    if (transaction.isCreate) return INVALID_AUTHORIZATION_CREATION;
    if (transaction.authorizationCount == 0) return INVALID_EMPTY_AUTHORIZATIONS;
  }
  return VALID;
}

/** The hash that a legacy transaction signs: of six fields, or of nine with a chain id (EIP-155). */
function hashLegacy(payload: usize, signedEnd: usize, chainId: u64): void {
  const tail = head + 16;
  let tailEnd = tail;
  if (transaction.hasChainId) {
    tailEnd = putU64(tail, chainId);
    store<u16>(tailEnd, 0x8080);
    tailEnd += 2;
  }
  const tailLength = <u32>(tailEnd - tail);
  const length = <u32>(signedEnd - payload);
  keccakBegin();
  keccakAdd(head, <u32>(putListHeader(head, length + tailLength) - head));
  keccakAdd(payload, length);
  keccakAdd(tail, tailLength);
  keccakEnd(TX_SIGNED_HASH);
}

function decodeNonce(at: usize, end: usize): usize {
  const behind = rlpInteger(at, end, 8);
  if (behind != 0) transaction.nonce = itemU64();
  return behind;
}

function decodePrice(at: usize, end: usize): usize {
  const behind = rlpInteger(at, end, 32);
  if (behind == 0) return 0;
  itemWord(TX_MAX_FEE);
  itemWord(TX_MAX_TIP);
  return behind;
}

function decodeFees(at: usize, end: usize): usize {
  const behind = rlpInteger(at, end, 32);
  if (behind == 0) return 0;
  itemWord(TX_MAX_TIP);
  const last = rlpInteger(behind, end, 32);
  if (last != 0) itemWord(TX_MAX_FEE);
  return last;
}

/** Gas limit, destination, value. */
function decodeGasToValue(at: usize, end: usize): usize {
  let behind = rlpInteger(at, end, 8);
  if (behind == 0) return 0;
  transaction.gasLimit = itemU64();
  behind = rlpBytes(behind, end);
  if (behind == 0 || (itemLength != 0 && itemLength != 20)) return 0;
  transaction.isCreate = u32(itemLength == 0);
  transaction.to = itemPtr;
  behind = rlpInteger(behind, end, 32);
  if (behind != 0) itemWord(TX_VALUE);
  return behind;
}

function decodeData(at: usize, end: usize): usize {
  const behind = rlpBytes(at, end);
  transaction.data = itemPtr;
  transaction.dataLength = itemLength;
  return behind;
}

function decodeSignature(at: usize, end: usize): usize {
  const behind = rlpInteger(at, end, 32);
  if (behind == 0) return 0;
  putRight(TX_R);
  const last = rlpInteger(behind, end, 32);
  if (last != 0) putRight(TX_S);
  return last;
}

function decodeAccessList(at: usize, end: usize): usize {
  const behind = rlpList(at, end);
  if (behind == 0) return 0;
  transaction.accessList = itemPtr;
  transaction.accessListEnd = behind;
  let entry = itemPtr;
  while (entry < behind) {
    const next = rlpList(entry, behind);
    if (next == 0) return 0;
    let key = rlpBytes(itemPtr, next);
    if (key == 0 || itemLength != 20) return 0;
    if (rlpList(key, next) != next) return 0;
    key = itemPtr;
    while (key < next) {
      key = rlpBytes(key, next);
      if (key == 0 || u32(itemLength) != 32) return 0;
      transaction.accessKeys += 1;
    }
    transaction.accessAddresses += 1;
    entry = next;
  }
  return behind;
}

function decodeAuthorizations(at: usize, end: usize): usize {
  const behind = rlpList(at, end);
  if (behind == 0) return 0;
  transaction.authorizations = itemPtr;
  transaction.authorizationsEnd = behind;
  let entry = itemPtr;
  while (entry < behind) {
    const next = rlpList(entry, behind);
    if (next == 0) return 0;
    let field = rlpInteger(itemPtr, next, 32);
    if (field != 0) field = rlpBytes(field, next);
    if (field == 0 || itemLength != 20) return 0;
    field = rlpInteger(field, next, 8);
    if (field != 0) field = rlpInteger(field, next, 1);
    if (field != 0) field = rlpInteger(field, next, 32);
    if (field != 0) field = rlpInteger(field, next, 32);
    if (field != next) return 0;
    transaction.authorizationCount += 1;
    entry = next;
  }
  return behind;
}

/** The last item as 32 big-endian bytes. */
export function putRight(to: usize): void {
  zeroBytes(to, 32);
  for (let i: u32 = 0; i < itemLength; i++) store<u8>(to + (32 - itemLength + i), load<u8>(itemPtr + i));
}
