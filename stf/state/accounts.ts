/*
 * Accounts: reading by address, journaled writing, warmth, marks of the running transaction.
 */
import { copy32, zeroBytes } from "../bytes";
import { keccak256 } from "../crypto/keccak";
import { ACCOUNT_BUCKETS, ACCOUNTS, ACCOUNTS_END } from "../memory";
import { trieGet, trieValue } from "../trie/get";
import { decodeAccount } from "./codec";
import { noteBalance, noteMarks, noteNonce, noteWarmAccount } from "./journal";
import { mapFind, mapForget, mapInsert } from "./map";
import {
  Account,
  ACCOUNT_ALWAYS_WARM,
  ACCOUNT_DIRTY,
  ACCOUNT_EXISTS,
  EMPTY_CODE_0,
  EMPTY_CODE_1,
  EMPTY_CODE_2,
  EMPTY_CODE_3,
  EMPTY_ROOT_0,
  EMPTY_ROOT_1,
  EMPTY_ROOT_2,
  EMPTY_ROOT_3,
} from "./records";
import { listTouched, transactionNumber } from "./transaction";

const BUCKET_BITS: u32 = 15;
/** P-256 verification; the others are 0x01 to 0x11. */
const LAST_PRECOMPILE: u64 = 0x11;
const P256_PRECOMPILE: u64 = 0x100;
/** Gas of the first access to an account in a transaction (EIP-2929). */
const COLD_ACCOUNT: i64 = 2600;

/** Root of the account trie before the block; 32 bytes. */
export const stateRoot = memory.data(32, 32);
/** First free byte behind the account records. */
export let accountsEnd: usize = 0;

/**
 * The account at a 20-byte address, read from the trie at its first use in the block.
 * @param addressPtr 20 bytes as they are hashed; any alignment.
 */
export function accountAt(addressPtr: usize): Account {
  const k0 = bswap<u64>(load<u64>(addressPtr, 12));
  const k1 = bswap<u64>(load<u64>(addressPtr, 4));
  const k2 = <u64>bswap<u32>(load<u32>(addressPtr));
  const found = mapFind(ACCOUNT_BUCKETS, BUCKET_BITS, 0, k0, k1, k2, 0);
  return found != 0 ? changetype<Account>(found) : readAccount(k0, k1, k2);
}

/** The account whose address is the low 160 bits of the word (little-endian limbs) at `wordPtr`; the rest is ignored. */
export function accountOfWord(wordPtr: usize): Account {
  const k0 = load<u64>(wordPtr);
  const k1 = load<u64>(wordPtr, 8);
  const k2 = <u64>load<u32>(wordPtr, 16);
  const found = mapFind(ACCOUNT_BUCKETS, BUCKET_BITS, 0, k0, k1, k2, 0);
  return found != 0 ? changetype<Account>(found) : readAccount(k0, k1, k2);
}

/**
 * Whether `gas` pays for an access to the account of the word at `wordPtr`: it is warm, or the gas covers a cold one.
 * INVARIANT: gas bounds the records of a block. Code that asks for an account with less gas halts, so it is asked first, and nothing is read.
 */
export function isWithinReach(wordPtr: usize, gas: i64): bool {
  if (gas >= COLD_ACCOUNT) return true;
  return isKnownWarm(load<u64>(wordPtr), load<u64>(wordPtr, 8), <u64>load<u32>(wordPtr, 16));
}

/** As `isWithinReach`, for a 20-byte address. */
export function isAddressWithinReach(addressPtr: usize, gas: i64): bool {
  if (gas >= COLD_ACCOUNT) return true;
  const k0 = bswap<u64>(load<u64>(addressPtr, 12));
  return isKnownWarm(k0, bswap<u64>(load<u64>(addressPtr, 4)), <u64>bswap<u32>(load<u32>(addressPtr)));
}

function isKnownWarm(k0: u64, k1: u64, k2: u64): bool {
  if (isPrecompileKey(k0, k1, k2)) return true;
  const found = mapFind(ACCOUNT_BUCKETS, BUCKET_BITS, 0, k0, k1, k2, 0);
  return found != 0 && isWarm(changetype<Account>(found));
}

function isPrecompileKey(k0: u64, k1: u64, k2: u64): bool {
  return (k1 | k2) == 0 && ((k0 <= LAST_PRECOMPILE && k0 != 0) || k0 == P256_PRECOMPILE);
}

/** Pointer to the 20 bytes of the address; they are followed by no padding. The word form is `key0` to `key2`. */
export function addressOf(account: Account): usize {
  return changetype<usize>(account) + offsetof<Account>("address0");
}

/** Pointer to the balance, a word; read only. */
export function balanceOf(account: Account): usize {
  return changetype<usize>(account) + offsetof<Account>("balance0");
}

/** Pointer to the 32 bytes of the code hash; read only, multiple of 32. That of no code for an account without. */
export function codeHashOf(account: Account): usize {
  return changetype<usize>(account) + offsetof<Account>("codeHash0");
}

/** Pointer to the 32 bytes of the storage root as of the start of the block (the end, after `commitState`); multiple of 32. */
export function storageRootOf(account: Account): usize {
  return changetype<usize>(account) + offsetof<Account>("storageRoot0");
}

/** Nonce and balance zero and no code: dead in the sense of EIP-161. */
export function isEmpty(account: Account): bool {
  if ((account.nonce | account.balance0 | account.balance1 | account.balance2 | account.balance3) != 0) return false;
  return !hasCode(account);
}

export function hasCode(account: Account): bool {
  return (
    ((account.codeHash0 ^ EMPTY_CODE_0) |
      (account.codeHash1 ^ EMPTY_CODE_1) |
      (account.codeHash2 ^ EMPTY_CODE_2) |
      (account.codeHash3 ^ EMPTY_CODE_3)) !=
    0
  );
}

/** A creation there fails: nonce, code or storage (EIP-684, EIP-7610). */
export function isOccupied(account: Account): bool {
  if (account.nonce != 0 || hasCode(account)) return true;
  return (
    ((account.storageRoot0 ^ EMPTY_ROOT_0) |
      (account.storageRoot1 ^ EMPTY_ROOT_1) |
      (account.storageRoot2 ^ EMPTY_ROOT_2) |
      (account.storageRoot3 ^ EMPTY_ROOT_3)) !=
    0
  );
}

/** Journaled. */
export function setNonce(account: Account, nonce: u64): void {
  noteNonce(account);
  account.nonce = nonce;
  account.flags |= ACCOUNT_DIRTY;
  touch(account);
}

/** Journaled; touches. `valuePtr`: a word. */
export function setBalance(account: Account, valuePtr: usize): void {
  noteBalance(account);
  copy32(balanceOf(account), valuePtr);
  account.flags |= ACCOUNT_DIRTY;
  touch(account);
}

/** Adds a word to the balance modulo 2^256; journaled; touches, also when the word is zero. */
export function addBalance(account: Account, valuePtr: usize): void {
  noteBalance(account);
  let carry = addLimb(account, offsetof<Account>("balance0"), load<u64>(valuePtr), 0);
  carry = addLimb(account, offsetof<Account>("balance1"), load<u64>(valuePtr, 8), carry);
  carry = addLimb(account, offsetof<Account>("balance2"), load<u64>(valuePtr, 16), carry);
  addLimb(account, offsetof<Account>("balance3"), load<u64>(valuePtr, 24), carry);
  account.flags |= ACCOUNT_DIRTY;
  touch(account);
}

/**
 * Takes a word from the balance; journaled; touches.
 * @returns false, and nothing is changed, when the balance is smaller.
 */
export function subBalance(account: Account, valuePtr: usize): bool {
  if (isPoorer(account, valuePtr)) return false;
  noteBalance(account);
  let borrow = subLimb(account, offsetof<Account>("balance0"), load<u64>(valuePtr), 0);
  borrow = subLimb(account, offsetof<Account>("balance1"), load<u64>(valuePtr, 8), borrow);
  borrow = subLimb(account, offsetof<Account>("balance2"), load<u64>(valuePtr, 16), borrow);
  subLimb(account, offsetof<Account>("balance3"), load<u64>(valuePtr, 24), borrow);
  account.flags |= ACCOUNT_DIRTY;
  touch(account);
  return true;
}

/** The balance is below the word at `valuePtr`. */
export function isPoorer(account: Account, valuePtr: usize): bool {
  const v3 = load<u64>(valuePtr, 24);
  if (account.balance3 != v3) return account.balance3 < v3;
  const v2 = load<u64>(valuePtr, 16);
  if (account.balance2 != v2) return account.balance2 < v2;
  const v1 = load<u64>(valuePtr, 8);
  if (account.balance1 != v1) return account.balance1 < v1;
  return account.balance0 < load<u64>(valuePtr);
}

/** In the set of accessed addresses of this transaction; precompiles always are. */
export function isWarm(account: Account): bool {
  return account.warm == transactionNumber || (account.flags & ACCOUNT_ALWAYS_WARM) != 0;
}

/**
 * Adds it to the accessed addresses; journaled.
 * @returns whether it was warm before.
 */
export function warm(account: Account): bool {
  if (isWarm(account)) return true;
  noteWarmAccount(account);
  account.warm = transactionNumber;
  return false;
}

/** Part of the state clearing at the end of the transaction if then empty (EIP-161); journaled. Setters touch by themselves. */
export function touch(account: Account): void {
  if (account.touched == transactionNumber) return;
  noteMarks(account);
  account.touched = transactionNumber;
  if (account.listed != transactionNumber) {
    account.listed = transactionNumber;
    listTouched(account);
  }
}

/** Marks it as created in this transaction (EIP-6780) and touches it; journaled. Nonce and code are the caller's to set. */
export function markCreated(account: Account): void {
  noteMarks(account);
  account.created = transactionNumber;
  touch(account);
}

export function isCreated(account: Account): bool {
  return account.created == transactionNumber;
}

/** Marks it as selfdestructed in this transaction; journaled. It is deleted at the end if it was created in it, too. */
export function markDestructed(account: Account): void {
  noteMarks(account);
  account.destructed = transactionNumber;
  touch(account);
}

export function isDestructed(account: Account): bool {
  return account.destructed == transactionNumber;
}

/** Forgets all account records; for the start of a block. */
export function resetAccounts(): void {
  for (let at = ACCOUNTS; at < accountsEnd; at += offsetof<Account>()) mapForget(ACCOUNT_BUCKETS, BUCKET_BITS, at);
  accountsEnd = ACCOUNTS;
}

function readAccount(k0: u64, k1: u64, k2: u64): Account {
  const at = accountsEnd;
  if (at == ACCOUNTS_END) unreachable();
  accountsEnd = at + offsetof<Account>();
  zeroBytes(at, offsetof<Account>());
  mapInsert(ACCOUNT_BUCKETS, BUCKET_BITS, at, 0, k0, k1, k2, 0);
  const account = changetype<Account>(at);
  account.address0 = ((<u64>bswap<u32>(<u32>(k1 >> 32))) << 32) | (<u64>bswap<u32>(<u32>k2));
  account.address1 = ((<u64>bswap<u32>(<u32>(k0 >> 32))) << 32) | (<u64>bswap<u32>(<u32>k1));
  account.address2 = bswap<u32>(<u32>k0);
  if (isPrecompileKey(k0, k1, k2)) account.flags = ACCOUNT_ALWAYS_WARM;
  keccak256(addressOf(account), 20, at + offsetof<Account>("hash0"));
  clearAccount(account);
  const length = trieGet(stateRoot, at + offsetof<Account>("hash0"));
  if (length != 0) {
    decodeAccount(trieValue, length, account);
    account.flags |= ACCOUNT_EXISTS;
  }
  return account;
}

/** Sets nonce, balance, code and storage root to those of no account; not journaled. */
export function clearAccount(account: Account): void {
  account.nonce = 0;
  account.balance0 = 0;
  account.balance1 = 0;
  account.balance2 = 0;
  account.balance3 = 0;
  account.code = 0;
  account.codeHash0 = EMPTY_CODE_0;
  account.codeHash1 = EMPTY_CODE_1;
  account.codeHash2 = EMPTY_CODE_2;
  account.codeHash3 = EMPTY_CODE_3;
  account.storageRoot0 = EMPTY_ROOT_0;
  account.storageRoot1 = EMPTY_ROOT_1;
  account.storageRoot2 = EMPTY_ROOT_2;
  account.storageRoot3 = EMPTY_ROOT_3;
}

/** Settles a touched account at the end of the transaction: deleted when empty, else existing. */
export function settleAccount(account: Account): void {
  if (account.touched != transactionNumber) return;
  const exists: u32 = isEmpty(account) ? 0 : ACCOUNT_EXISTS;
  if ((account.flags & ACCOUNT_EXISTS) != exists) account.flags = (account.flags ^ ACCOUNT_EXISTS) | ACCOUNT_DIRTY;
}

function addLimb(account: Account, offset: usize, value: u64, carry: u64): u64 {
  const at = changetype<usize>(account) + offset;
  const old = load<u64>(at);
  const sum = old + value;
  const total = sum + carry;
  store<u64>(at, total);
  return u64(sum < old) | u64(total < sum);
}

function subLimb(account: Account, offset: usize, value: u64, borrow: u64): u64 {
  const at = changetype<usize>(account) + offset;
  const old = load<u64>(at);
  const difference = old - value;
  store<u64>(at, difference - borrow);
  return u64(old < value) | u64(difference < borrow);
}
