/*
 * Delayed messages: read from the inbox, made into deposits. Source: docs/spec/01-interfaces.md#hashes, #deposits.
 */
import { copy32, copyBytes, zeroBytes } from "../bytes";
import {
  bytesToWord,
  putBytes,
  putListHeader,
  putU64,
  putWord,
  rlpBytesLength,
  rlpListLength,
  rlpU64Length,
  rlpWordLength,
} from "../codec/rlp";
import { keccak256 } from "../crypto/keccak";
import { inbox, INBOX_MESSAGE, readPreimage } from "../host";
import { beginTransaction, endTransaction } from "../state/state";
import { blockGasLeft } from "./context";
import { Transaction, transaction, TX_VALUE, TYPE_DEPOSIT } from "./decode";
import { addDeposit, DEPOSIT_MINT } from "./deposit";
import { hasRoom } from "./block";
import { SENDER } from "./execute";
import { readChunks } from "./chunks";
import { DEPOSITS, DEPOSITS_END, MESSAGE_DATA, MESSAGE_DATA_BYTES, RECORD, RECORD_BYTES } from "./layout";
import { writeL1Info } from "./predeploys";

/** Byte offsets of the fields in a message's preimage; the tag is at 0, the message before at 32. */
const INBOX_ADDRESS: usize = 64;
const SENDER_ADDRESS: usize = 96;
const IS_CREATION: usize = 128;
const TO: usize = 160;
const MINT: usize = 192;
const VALUE: usize = 224;
const GAS_LIMIT: usize = 256;
const DATA: usize = 288;
const L1_NUMBER: usize = 320;
const L1_TIME: usize = 352;
const L1_BASE_FEE: usize = 384;
const L1_PARENT_HASH: usize = 416;
const MESSAGE_BYTES: u32 = 448;

/** Type byte, list header, source hash, sender, destination, mint, value, gas, system flag and headers: more than they take. */
const OVERHEAD: u32 = 256;

const hash = memory.data(32, 32);
const word = memory.data(64, 32);
const source = memory.data(64, 32);
let depositsEnd: usize = 0;

/** For the start of a block. */
export function resetMessages(): void {
  depositsEnd = DEPOSITS;
}

/**
 * Consumes messages `from` to `to - 1` in order while their gas fits in the block.
 * @returns the number of the first message not consumed.
 */
export function consumeMessages(from: u64, to: u64): u64 {
  let index = from;
  while (index < to && hasRoom() && consumeMessage(index)) index += 1;
  return index;
}

function consumeMessage(index: u64): bool {
  if (!inbox(INBOX_MESSAGE, index, hash)) return false;
  if (readPreimage(hash, RECORD, RECORD_BYTES) != MESSAGE_BYTES) unreachable();
  if (!isSmall(RECORD + GAS_LIMIT) || wordU64(GAS_LIMIT) > blockGasLeft()) return false;
  const dataLength = readChunks(RECORD + DATA, MESSAGE_DATA, MESSAGE_DATA_BYTES);
  if (dataLength > MESSAGE_DATA_BYTES) unreachable();
  if (depositsEnd + dataLength + OVERHEAD > DEPOSITS_END) return false;
  zeroBytes(changetype<usize>(transaction), offsetof<Transaction>());
  transaction.type = TYPE_DEPOSIT;
  transaction.gasLimit = wordU64(GAS_LIMIT);
  transaction.isCreate = u32(wordU64(IS_CREATION) != 0);
  transaction.dataLength = dataLength;
  bytesToWord(TX_VALUE, RECORD + VALUE, 32);
  bytesToWord(DEPOSIT_MINT, RECORD + MINT, 32);
  copyBytes(SENDER, RECORD + SENDER_ADDRESS + 12, 20);
  const raw = depositsEnd;
  const end = writeDeposit(raw, index);
  depositsEnd = (end + 31) & ~31;
  noteL1Info();
  addDeposit(raw, <u32>(end - raw));
  return true;
}

/** Writes the deposit's EIP-2718 bytes and points `transaction` into them. */
function writeDeposit(raw: usize, index: u64): usize {
  writeSource(index);
  const toLength: u32 = transaction.isCreate ? 0 : 20;
  const payload =
    33 +
    21 +
    (toLength + 1) +
    rlpWordLength(DEPOSIT_MINT) +
    rlpWordLength(TX_VALUE) +
    rlpU64Length(transaction.gasLimit) +
    1 +
    rlpBytesLength(MESSAGE_DATA, transaction.dataLength);
  store<u8>(raw, <u8>TYPE_DEPOSIT);
  let at = putListHeader(raw + 1, payload);
  at = putBytes(at, source, 32);
  at = putBytes(at, SENDER, 20);
  at = putBytes(at, RECORD + TO + 12, toLength);
  transaction.to = at - 20;
  at = putWord(at, DEPOSIT_MINT);
  at = putWord(at, TX_VALUE);
  at = putU64(at, transaction.gasLimit);
  at = putU64(at, 0);
  at = putBytes(at, MESSAGE_DATA, transaction.dataLength);
  transaction.data = at - transaction.dataLength;
  return at;
}

/** source = keccak(TAG("deposit") || keccak(inbox || index)). */
function writeSource(index: u64): void {
  copy32(word, RECORD + INBOX_ADDRESS);
  zeroBytes(word + 32, 32);
  store<u64>(word + 56, bswap<u64>(index));
  keccak256(word, 64, source + 32);
  store<u64>(source, 0xf47f70865e783279);
  store<u64>(source, 0xcad88482fc0f6b6d, 8);
  store<u64>(source, 0xc342bb676784253a, 16);
  store<u64>(source, 0x9f3c33099280f5d2, 24);
  keccak256(source, 64, source);
}

/** The message sees the L1 block that it was sent in. */
function noteL1Info(): void {
  beginTransaction();
  writeL1Info(wordU64(L1_NUMBER), wordU64(L1_TIME), RECORD + L1_BASE_FEE, RECORD + L1_PARENT_HASH);
  endTransaction();
}

function wordU64(offset: usize): u64 {
  return bswap<u64>(load<u64>(RECORD + offset + 24));
}

function isSmall(wordBytes: usize): bool {
  return (load<u64>(wordBytes) | load<u64>(wordBytes, 8) | load<u64>(wordBytes, 16)) == 0;
}
