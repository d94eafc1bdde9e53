/*
 * Accounts and slot values as they stand in tries. Decoding traps on what no honest trie holds.
 */
import { copy32 } from "../bytes";
import {
  bytesToWord,
  itemLength,
  itemPtr,
  itemU64,
  itemWord,
  putBytes,
  putListHeader,
  putU64,
  putWord,
  rlpBytes,
  rlpInteger,
  rlpList,
  rlpU64Length,
  rlpWordLength,
} from "../codec/rlp";
import { balanceOf, codeHashOf, storageRootOf } from "./accounts";
import { Account } from "./records";

/** Reads rlp([nonce, balance, storageRoot, codeHash]) into the account. */
export function decodeAccount(from: usize, length: u32, account: Account): void {
  const end = from + length;
  if (rlpList(from, end) != end) unreachable();
  let at = rlpInteger(itemPtr, end, 8);
  if (at == 0) unreachable();
  account.nonce = itemU64();
  at = rlpInteger(at, end, 32);
  if (at == 0) unreachable();
  itemWord(balanceOf(account));
  at = rlpBytes(at, end);
  if (at == 0 || itemLength != 32) unreachable();
  copy32(storageRootOf(account), itemPtr);
  at = rlpBytes(at, end);
  if (at != end || itemLength != 32) unreachable();
  copy32(codeHashOf(account), itemPtr);
}

/** Writes rlp([nonce, balance, storageRoot, codeHash]), at most 110 bytes; returns its length. */
export function encodeAccount(account: Account, to: usize): u32 {
  const payload = rlpU64Length(account.nonce) + rlpWordLength(balanceOf(account)) + 66;
  let at = putListHeader(to, payload);
  at = putU64(at, account.nonce);
  at = putWord(at, balanceOf(account));
  at = putBytes(at, storageRootOf(account), 32);
  at = putBytes(at, codeHashOf(account), 32);
  return <u32>(at - to);
}

/** Reads the RLP integer of a slot into a word; no bytes are zero. */
export function decodeWord(from: usize, length: u32, wordPtr: usize): void {
  if (length == 0) {
    bytesToWord(wordPtr, from, 0);
    return;
  }
  if (rlpInteger(from, from + length, 32) != from + length) unreachable();
  itemWord(wordPtr);
}
