/*
 * Test build: the arithmetic of stf/evm over operands at fixed addresses (A, B, C at 0, 32, 64 of the buffer, result at 96).
 */
import {
  addModulo,
  divideSigned,
  divideWords,
  multiplyModulo,
  remainderSigned,
  remainderWords,
} from "../../../stf/evm/divide";
import { multiplyWords, powerWords } from "../../../stf/evm/multiply";
import {
  addWords,
  bitLength,
  isLessSigned,
  isLessWord,
  negateWord,
  subtractWords,
  wordFromBytes,
  wordToBytes,
  wordToAddress,
  wordFromAddress,
} from "../../../stf/evm/word";

const BYTES: usize = memory.data(128, 8);
const A: usize = memory.data(32, 8);
const B: usize = memory.data(32, 8);
const C: usize = memory.data(32, 8);
const R: usize = memory.data(32, 8);

/** Where the three operands (big-endian) and behind them the result stand. */
export function buffer(): usize {
  return BYTES;
}

/** Runs function number `what` over the operands. */
export function apply(what: u32): void {
  wordFromBytes(A, BYTES);
  wordFromBytes(B, BYTES + 32);
  wordFromBytes(C, BYTES + 64);
  switch (what) {
    case 0:
      addWords(R, A, B);
      break;
    case 1:
      subtractWords(R, A, B);
      break;
    case 2:
      multiplyWords(R, A, B);
      break;
    case 3:
      divideWords(R, A, B);
      break;
    case 4:
      divideSigned(R, A, B);
      break;
    case 5:
      remainderWords(R, A, B);
      break;
    case 6:
      remainderSigned(R, A, B);
      break;
    case 7:
      addModulo(R, A, B, C);
      break;
    case 8:
      multiplyModulo(R, A, B, C);
      break;
    case 9:
      powerWords(R, A, B);
      break;
    case 10:
      negateWord(R, A);
      break;
    case 11:
      set(u64(isLessWord(A, B)));
      break;
    case 12:
      set(u64(isLessSigned(A, B)));
      break;
    case 13:
      set(bitLength(A));
      break;
    case 14:
      set(addWords(R, A, B));
      break;
    case 15:
      set(subtractWords(R, A, B));
      break;
    case 16:
      wordToAddress(C, A);
      wordFromAddress(R, C);
      break;
    default:
      unreachable();
  }
  wordToBytes(BYTES + 96, R);
}

function set(value: u64): void {
  store<u64>(R, value);
  store<u64>(R, 0, 8);
  store<u64>(R, 0, 16);
  store<u64>(R, 0, 24);
}
