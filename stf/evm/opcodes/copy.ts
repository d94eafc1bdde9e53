/*
 * Opcodes that move bytes. Each takes the frame, the stack pointer (address of the top word) and the gas, and returns the gas
 * left, negative on a halt. GAS 3 + 3 a word + expansion unless said otherwise.
 */
import { copyBytes, zeroBytes } from "../../bytes";
import { EVM_RETURN } from "../../memory";
import { accountOfWord, isWithinReach, warm } from "../../state/accounts";
import { codeBytes, codeOf } from "../../state/codes";
import { Frame, rangeLength, rangeStart, returnDataLength, setFault } from "../frame";
import { HALT_RETURN_DATA_BOUNDS } from "../halt";
import { memoryRange } from "../memory";
import { saturatedU64, setWord } from "../word";
import { Wide } from "../wide";
import { GAS_COLD_ACCOUNT_ACCESS, GAS_COPY, GAS_VERY_LOW, GAS_WARM_ACCESS } from "../gas";

/** 0x35 CALLDATALOAD: 32 bytes of the call data at the offset, zero beyond its end. STACK [.., offset] -> [.., word]. GAS 3. */
export function opCallDataLoad(frame: Frame, sp: usize): void {
  const offset = saturatedU64(sp);
  const length = u64(frame.inputLength);
  if (offset >= length) return setWord(sp, 0, 0, 0, 0);
  const from = frame.input + usize(offset);
  const left = u32(length - offset);
  if (left >= 32) return loadBytes(sp, from);
  setWord(PADDED, 0, 0, 0, 0);
  copyBytes(PADDED, from, left);
  loadBytes(sp, PADDED);
}

const PADDED: usize = memory.data(32, 32);

function loadBytes(sp: usize, from: usize): void {
  const a3 = Wide.swap(load<u64>(from));
  const a2 = Wide.swap(load<u64>(from, 8));
  const a1 = Wide.swap(load<u64>(from, 16));
  setWord(sp, Wide.swap(load<u64>(from, 24)), a1, a2, a3);
}

/** 0x37 CALLDATACOPY. STACK [.., size, offset, destination] -> [..]. */
export function opCallDataCopy(frame: Frame, sp: usize, gas: i64): i64 {
  return copyPadded(frame, sp, gas - GAS_VERY_LOW, frame.input, frame.inputLength);
}

/** 0x39 CODECOPY. STACK [.., size, offset, destination] -> [..]. */
export function opCodeCopy(frame: Frame, sp: usize, gas: i64): i64 {
  return copyPadded(frame, sp, gas - GAS_VERY_LOW, frame.codeBytes, frame.codeLength);
}

/** 0x3c EXTCODECOPY. STACK [.., size, offset, destination, address] -> [..]. GAS 100, or 2,600 for a cold account, instead of 3. */
export function opExtCodeCopy(frame: Frame, sp: usize, gas: i64): i64 {
  if (!isWithinReach(sp, gas)) return -1;
  const account = accountOfWord(sp);
  gas -= warm(account) ? GAS_WARM_ACCESS : GAS_COLD_ACCOUNT_ACCESS;
  if (gas < 0) return -1;
  const code = codeOf(account);
  // Bytes that are not copied are not fetched.
  const isUsed = saturatedU64(sp + 96) != 0 && saturatedU64(sp + 64) < u64(code.length);
  return copyPadded(frame, sp + 32, gas, isUsed ? codeBytes(code) : 0, isUsed ? code.length : 0);
}

/** 0x3e RETURNDATACOPY: reading past the end is a halt. STACK [.., size, offset, destination] -> [..]. */
export function opReturnDataCopy(frame: Frame, sp: usize, gas: i64): i64 {
  const offset = saturatedU64(sp + 32);
  const size = saturatedU64(sp + 64);
  const length = u64(returnDataLength);
  if (offset > length || size > length - offset) {
    setFault(HALT_RETURN_DATA_BOUNDS);
    return -1;
  }
  return copyPadded(frame, sp, gas - GAS_VERY_LOW, EVM_RETURN, returnDataLength);
}

/** 0x5e MCOPY: copies within memory, the ranges may overlap. STACK [.., size, source, destination] -> [..]. */
export function opMemoryCopy(frame: Frame, sp: usize, gas: i64): i64 {
  gas = memoryRange(frame, gas - GAS_VERY_LOW, sp + 32, sp + 64);
  if (gas < 0) return -1;
  const from = rangeStart;
  gas = memoryRange(frame, gas, sp, sp + 64);
  gas -= GAS_COPY * i64((u64(rangeLength) + 31) >>> 5);
  if (gas < 0) return -1;
  copyBytes(rangeStart, from, rangeLength);
  return gas;
}

/** Takes [.., size, offset, destination] and copies from the `length` bytes at `source`, zeros beyond them. */
function copyPadded(frame: Frame, sp: usize, gas: i64, source: usize, length: u32): i64 {
  gas = memoryRange(frame, gas, sp, sp + 64);
  const size = rangeLength;
  gas -= GAS_COPY * i64((u64(size) + 31) >>> 5);
  if (gas < 0) return -1;
  const offset = saturatedU64(sp + 32);
  let present: u32 = 0;
  if (offset < u64(length)) {
    present = length - u32(offset);
    if (present > size) present = size;
    copyBytes(rangeStart, source + usize(offset), present);
  }
  zeroBytes(rangeStart + present, size - present);
  return gas;
}
