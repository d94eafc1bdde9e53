/*
 * Whether a decoded transaction may stand in the block. What needs no state comes first, so that a bad one is refused cheaply.
 */
import { ENV_BASE_FEE, ENV_CHAIN_ID } from "../evm/environment";
import { addWords, copyWord, isEqualWord, isLessWord, isZeroWord, subtractWords } from "../evm/word";
import { Account, codeHead, codeOf, hasCode, isPoorer } from "../state/state";
import { blockGasLeft } from "./context";
import { transaction, TX_CHAIN_ID, TX_MAX_FEE, TX_MAX_TIP, TX_VALUE } from "./decode";
import { floorGas, intrinsicGas } from "./intrinsic";
import {
  INVALID_BLOCK_GAS,
  INVALID_CHAIN_ID,
  INVALID_FEE_BELOW_BASE,
  INVALID_FLOOR_GAS,
  INVALID_FUNDS,
  INVALID_GAS_CAP,
  INVALID_INITCODE_SIZE,
  INVALID_INTRINSIC_GAS,
  INVALID_NONCE_HIGH,
  INVALID_NONCE_LOW,
  INVALID_NONCE_MAX,
  INVALID_SENDER,
  INVALID_TIP_ABOVE_FEE,
  VALID,
} from "./invalid";
import { multiplyByU64 } from "./fees";

/** EIP-7825. */
export const MAX_TRANSACTION_GAS: u64 = 16777216;
/** EIP-3860. */
export const MAX_INITCODE_BYTES: u32 = 49152;
const DELEGATION_BYTES: u32 = 23;

const cost = memory.data(32, 32);

/** Rules that need nothing but the transaction and the block. */
export function checkForm(): u32 {
  if (transaction.gasLimit > MAX_TRANSACTION_GAS) return INVALID_GAS_CAP;
  if (transaction.gasLimit > blockGasLeft()) return INVALID_BLOCK_GAS;
  // A chain id of zero is no chain id: the rule is off.
  if (transaction.hasChainId && !isZeroWord(ENV_CHAIN_ID) && !isEqualWord(TX_CHAIN_ID, ENV_CHAIN_ID))
    return INVALID_CHAIN_ID;
  if (transaction.nonce == u64.MAX_VALUE) return INVALID_NONCE_MAX;
  if (transaction.isCreate && transaction.dataLength > MAX_INITCODE_BYTES) return INVALID_INITCODE_SIZE;
  if (transaction.gasLimit < intrinsicGas()) return INVALID_INTRINSIC_GAS;
  if (transaction.gasLimit < floorGas()) return INVALID_FLOOR_GAS;
  if (isLessWord(TX_MAX_FEE, TX_MAX_TIP)) return INVALID_TIP_ABOVE_FEE;
  if (isLessWord(TX_MAX_FEE, ENV_BASE_FEE)) return INVALID_FEE_BELOW_BASE;
  return VALID;
}

/** Rules on the sender's account. */
export function checkSender(sender: Account): u32 {
  if (transaction.nonce < sender.nonce) return INVALID_NONCE_LOW;
  if (transaction.nonce > sender.nonce) return INVALID_NONCE_HIGH;
  if (!isExternallyOwned(sender)) return INVALID_SENDER;
  return canPay(sender) ? VALID : INVALID_FUNDS;
}

/** No code, or a delegation (EIP-3607, EIP-7702). */
export function isExternallyOwned(account: Account): bool {
  return !hasCode(account) || isDelegated(account);
}

/** The code is a delegation: 0xef0100 and an address. */
export function isDelegated(account: Account): bool {
  const code = codeOf(account);
  return code.length == DELEGATION_BYTES && (load<u32>(codeHead(code)) & 0xffffff) == 0x0001ef;
}

/** The balance covers gas limit * maximum fee + value. */
export function canPay(sender: Account): bool {
  if (multiplyByU64(cost, TX_MAX_FEE, transaction.gasLimit) != 0) return false;
  if (addWords(cost, cost, TX_VALUE) != 0) return false;
  return !isPoorer(sender, cost);
}

/** The price per gas that the transaction pays: min(maximum fee, base fee + tip); at least the base fee. */
export function effectivePrice(out: usize): void {
  subtractWords(out, TX_MAX_FEE, ENV_BASE_FEE);
  if (isLessWord(TX_MAX_TIP, out)) {
    addWords(out, ENV_BASE_FEE, TX_MAX_TIP);
  } else {
    copyWord(out, TX_MAX_FEE);
  }
}
