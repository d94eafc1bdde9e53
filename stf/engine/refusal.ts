/*
 * What a message about a refused transaction says: its fields, and what they were compared with.
 *
 *   0 sender (20 bytes)   32 balance   64 maximum fee   96 maximum tip   128 value   160 base fee   192, 224 chain id of the transaction, of the chain: words
 *   256 nonce   264 sender's nonce   272 gas limit   280 gas left in the block   288 intrinsic gas   296 floor gas   304 data length
 *   312 length of the sender's code   320 type: u64
 */
import { copyBytes } from "../bytes";
import { blockGasLeft } from "../block/context";
import { transaction, TX_CHAIN_ID, TX_MAX_FEE, TX_MAX_TIP, TX_VALUE } from "../block/decode";
import { SENDER } from "../block/execute";
import { floorGas, intrinsicGas } from "../block/intrinsic";
import { ENV_BASE_FEE, ENV_CHAIN_ID } from "../evm/environment";
import { copyWord } from "../evm/word";
import { accountAt, balanceOf, codeOf } from "../state/state";

const record: usize = memory.data(352, 32);

/** Describes `transaction` of `SENDER` and the block. @returns pointer to the record above. */
export function refusal(): usize {
  const sender = accountAt(SENDER);
  copyBytes(record, SENDER, 20);
  copyWord(record + 32, balanceOf(sender));
  copyWord(record + 64, TX_MAX_FEE);
  copyWord(record + 96, TX_MAX_TIP);
  copyWord(record + 128, TX_VALUE);
  copyWord(record + 160, ENV_BASE_FEE);
  copyWord(record + 192, TX_CHAIN_ID);
  copyWord(record + 224, ENV_CHAIN_ID);
  store<u64>(record, transaction.nonce, 256);
  store<u64>(record, sender.nonce, 264);
  store<u64>(record, transaction.gasLimit, 272);
  store<u64>(record, blockGasLeft(), 280);
  store<u64>(record, intrinsicGas(), 288);
  store<u64>(record, floorGas(), 296);
  store<u64>(record, <u64>transaction.dataLength, 304);
  store<u64>(record, <u64>codeOf(sender).length, 312);
  store<u64>(record, <u64>transaction.type, 320);
  return record;
}
