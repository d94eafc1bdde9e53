/*
 * KECCAK256 and the logs.
 */
import { keccak256 } from "../../crypto/keccak";
import { appendLog } from "../../state/logs";
import { accountOf, Frame, rangeLength, rangeStart, setFault } from "../frame";
import { HALT_STATIC_VIOLATION } from "../halt";
import { memoryRange } from "../memory";
import { wordFromBytes } from "../word";
import { GAS_KECCAK256, GAS_KECCAK256_WORD, GAS_LOG, GAS_LOG_DATA, GAS_LOG_TOPIC } from "../gas";

const DIGEST: usize = memory.data(32, 32);

/** 0x20 KECCAK256. STACK [.., size, offset] -> [.., hash]. GAS 30 + 6 a word + expansion. */
export function opKeccak(frame: Frame, sp: usize, gas: i64): i64 {
  gas = memoryRange(frame, gas - GAS_KECCAK256, sp, sp + 32);
  gas -= GAS_KECCAK256_WORD * i64((u64(rangeLength) + 31) >>> 5);
  if (gas < 0) return -1;
  keccak256(rangeStart, rangeLength, DIGEST);
  wordFromBytes(sp + 32, DIGEST);
  return gas;
}

/** 0xa0 LOG0 to 0xa4 LOG4. STACK [.., topic n, .., topic 1, size, offset] -> [..]. GAS 375 + 375 a topic + 8 a byte + expansion. */
export function opLog(frame: Frame, sp: usize, gas: i64, topics: u32): i64 {
  if (frame.isStatic) {
    setFault(HALT_STATIC_VIOLATION);
    return -1;
  }
  gas = memoryRange(frame, gas - GAS_LOG - GAS_LOG_TOPIC * i64(topics), sp, sp + 32);
  gas -= GAS_LOG_DATA * i64(rangeLength);
  if (gas < 0) return -1;
  appendLog(accountOf(frame), topics, sp + 64, rangeStart, rangeLength);
  return gas;
}
