/*
 * The base fee of a block from its parent's. Source: EIP-1559; never below the chain's minimum.
 */
import { divideWords } from "../evm/divide";
import { addWords, copyWord, isLessWord, isZeroWord, subtractWords, wordFromU64 } from "../evm/word";
import { MINIMUM_BASE_FEE } from "./context";
import { multiplyByU64 } from "./fees";
import { parent, PARENT_BASE_FEE } from "./header";

const ELASTICITY: u64 = 2;
const CHANGE_DENOMINATOR: u64 = 8;

const change = memory.data(32, 32);
const divisor = memory.data(32, 32);

/** Writes the base fee of the parent's child, a word, to `out`. */
export function nextBaseFee(out: usize): void {
  const target = parent.gasLimit / ELASTICITY;
  copyWord(out, PARENT_BASE_FEE);
  if (parent.gasUsed > target) {
    feeChange(parent.gasUsed - target, target);
    if (isZeroWord(change)) wordFromU64(change, 1);
    addWords(out, out, change);
  } else if (parent.gasUsed < target) {
    feeChange(target - parent.gasUsed, target);
    subtractWords(out, out, change);
  }
  if (isLessWord(out, MINIMUM_BASE_FEE)) copyWord(out, MINIMUM_BASE_FEE);
}

/** change = base fee * difference / target / 8. A target of zero has no change. */
function feeChange(difference: u64, target: u64): void {
  multiplyByU64(change, PARENT_BASE_FEE, difference);
  wordFromU64(divisor, target);
  divideWords(change, change, divisor);
  wordFromU64(divisor, CHANGE_DENOMINATOR);
  divideWords(change, change, divisor);
}
