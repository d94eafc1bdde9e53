/*
 * Authorizations of a type 4 transaction: each valid one makes its signer's account delegate to an address; others are passed over.
 * Source: EIP-7702.
 */
import { copyBytes } from "../bytes";
import { itemLength, itemPtr, itemU64, itemWord, putListHeader, rlpBytes, rlpInteger, rlpList } from "../codec/rlp";
import { keccak256 } from "../crypto/keccak";
import { ENV_CHAIN_ID } from "../evm/environment";
import { isEqualWord, isZeroWord } from "../evm/word";
import { Account, accountAt, hasCode, isEmpty, setCode, setNonce, warm } from "../state/state";
import { ACCOUNT_EXISTS } from "../state/records";
import { putRight, transaction } from "./decode";
import { recoverSigner } from "./sender";
import { isDelegated } from "./validate";

/** Refunded for an authority that exists already. */
const GAS_REFUND: i64 = 12500;
const MAGIC: u8 = 5;

const chainId = memory.data(32, 32);
const r = memory.data(32, 32);
const s = memory.data(32, 32);
const hash = memory.data(32, 32);
const authority = memory.data(32, 32);
/** Magic, list header, chain id (33), address (21), nonce (9). */
const signed = memory.data(80, 32);
const delegation = memory.data(32, 32);

/** Applies the authorizations of `transaction` in order. @returns the gas to refund. */
export function applyAuthorizations(): i64 {
  let refund: i64 = 0;
  let at = transaction.authorizations;
  while (at < transaction.authorizationsEnd) {
    const next = rlpList(at, transaction.authorizationsEnd);
    refund += applyAuthorization(itemPtr, next);
    at = next;
  }
  return refund;
}

/** @param payload Fields of the authorization, whose form was checked when the transaction was decoded. */
function applyAuthorization(payload: usize, end: usize): i64 {
  let at = rlpInteger(payload, end, 32);
  itemWord(chainId);
  at = rlpBytes(at, end);
  const address = itemPtr;
  at = rlpInteger(at, end, 8);
  const nonce = itemU64();
  const signedEnd = at;
  at = rlpInteger(at, end, 1);
  const parity = itemLength == 0 ? 0 : <u32>load<u8>(itemPtr);
  at = rlpInteger(at, end, 32);
  putRight(r);
  rlpInteger(at, end, 32);
  putRight(s);
  if (!isZeroWord(chainId) && !isEqualWord(chainId, ENV_CHAIN_ID)) return 0;
  if (nonce == u64.MAX_VALUE || parity > 1) return 0;
  hashAuthorization(payload, <u32>(signedEnd - payload));
  if (!recoverSigner(hash, parity, r, s, authority)) return 0;
  const account = accountAt(authority);
  warm(account);
  if (hasCode(account) && !isDelegated(account)) return 0;
  if (account.nonce != nonce) return 0;
  const refund = (account.flags & ACCOUNT_EXISTS) != 0 || !isEmpty(account) ? GAS_REFUND : 0;
  delegate(account, address);
  setNonce(account, nonce + 1);
  return refund;
}

function hashAuthorization(payload: usize, length: u32): void {
  store<u8>(signed, MAGIC);
  const to = putListHeader(signed + 1, length);
  copyBytes(to, payload, length);
  keccak256(signed, <u32>(to + length - signed), hash);
}

/** The zero address takes the delegation away. */
function delegate(account: Account, address: usize): void {
  if ((load<u64>(address) | load<u64>(address, 8) | (<u64>load<u32>(address, 16))) == 0) {
    if (hasCode(account)) setCode(account, delegation, 0);
    return;
  }
  store<u32>(delegation, 0x0001ef);
  copyBytes(delegation + 3, address, 20);
  setCode(account, delegation, 23);
}
