/*
 * Transactions: from valid bytes to their effect and their receipt.
 */
import { copyBytes, reverse32 } from "../bytes";
import {
  itemPtr,
  putBytes,
  putListHeader,
  putU64,
  rlpBytes,
  rlpBytesLength,
  rlpList,
  rlpU64Length,
} from "../codec/rlp";
import { keccak256 } from "../crypto/keccak";
import { ENV_COINBASE, ENV_GAS_PRICE, ENV_ORIGIN } from "../evm/environment";
import { isSuccess } from "../evm/halt";
import { executeMessage, message, outcome } from "../evm/message";
import { copyWord } from "../evm/word";
import { Account, accountAt, addressOf, setNonce, slotAt, subBalance, warm, warmSlot } from "../state/state";
import { applyAuthorizations } from "./authorizations";
import { transaction, TX_R, TX_S, TX_SIGNED_HASH, TX_VALUE } from "./decode";
import { multiplyByU64, payFees, refundGas } from "./fees";
import { INVALID_SIGNATURE, VALID } from "./invalid";
import { floorGas, intrinsicGas } from "./intrinsic";
import { recoverSigner } from "./sender";
import { effectivePrice } from "./validate";

/** At most a fifth of the gas used is refunded (EIP-3529). */
const REFUND_QUOTIENT: u64 = 5;

/** The sender of the transaction under way: 20 bytes. */
export const SENDER: usize = memory.data(32, 32);
const created = memory.data(32, 32);
const hashed = memory.data(64, 32);
const price = memory.data(32, 32);
const bought = memory.data(32, 32);
const slotKey = memory.data(32, 32);

/** Recovers `SENDER` of `transaction`. */
export function findSender(): u32 {
  return recoverSigner(TX_SIGNED_HASH, transaction.parity, TX_R, TX_S, SENDER) ? VALID : INVALID_SIGNATURE;
}

/**
 * Runs `transaction` of `SENDER`, which is valid, within a begun transaction of the state.
 * @returns the gas it used; `outcome.halt` says how it ended.
 */
export function runTransaction(sender: Account): u64 {
  effectivePrice(price);
  multiplyByU64(bought, price, transaction.gasLimit);
  subBalance(sender, bought);
  copyWord(ENV_GAS_PRICE, price);
  const nonce = sender.nonce;
  setNonce(sender, nonce + 1);
  warmUp(sender);
  const refund = transaction.authorizationCount != 0 ? applyAuthorizations() : 0;
  runMessage(sender, nonce, transaction.gasLimit - intrinsicGas());
  const gasUsed = settleGas(transaction.gasLimit, refund);
  refundGas(sender, transaction.gasLimit - gasUsed, price);
  payFees(gasUsed, price);
  return gasUsed;
}

/** Runs the message of `transaction` with `gas`; the sender's nonce was `nonce` before. */
export function runMessage(sender: Account, nonce: u64, gas: u64): void {
  copyBytes(ENV_ORIGIN, addressOf(sender), 20);
  message.gas = <i64>gas;
  message.caller = addressOf(sender);
  message.value = TX_VALUE;
  message.input = transaction.data;
  message.inputLength = transaction.dataLength;
  message.isCreate = transaction.isCreate;
  if (transaction.isCreate) {
    createdAddress(addressOf(sender), nonce, created);
    message.to = created;
  } else {
    message.to = transaction.to;
  }
  warm(accountAt(message.to));
  executeMessage();
}

/** Gas used after `outcome`: refunds up to a fifth, then the calldata floor. */
export function settleGas(gasLimit: u64, refund: i64): u64 {
  let gasUsed = gasLimit - <u64>outcome.gasLeft;
  let refunded = <u64>(refund + outcome.refund);
  if (refunded > gasUsed / REFUND_QUOTIENT) refunded = gasUsed / REFUND_QUOTIENT;
  gasUsed -= refunded;
  const floor = floorGas();
  return gasUsed < floor ? floor : gasUsed;
}

/** Sender, coinbase and access list; precompiles always are. */
export function warmUp(sender: Account): void {
  warm(sender);
  warm(accountAt(ENV_COINBASE));
  let entry = transaction.accessList;
  while (entry < transaction.accessListEnd) {
    const next = rlpList(entry, transaction.accessListEnd);
    let key = rlpBytes(itemPtr, next);
    const account = accountAt(itemPtr);
    warm(account);
    rlpList(key, next);
    key = itemPtr;
    while (key < next) {
      key = rlpBytes(key, next);
      reverse32(slotKey, itemPtr);
      warmSlot(slotAt(account, slotKey));
    }
    entry = next;
  }
}

/** keccak(rlp([address, nonce])), its last 20 bytes. */
export function createdAddress(address: usize, nonce: u64, out: usize): void {
  const payload = rlpBytesLength(address, 20) + rlpU64Length(nonce);
  const end = putU64(putBytes(putListHeader(hashed, payload), address, 20), nonce);
  keccak256(hashed, <u32>(end - hashed), hashed);
  copyBytes(out, hashed + 12, 20);
}

/** The transaction under way ended well. */
export function hasSucceeded(): bool {
  return isSuccess(outcome.halt);
}
