/*
 * Memory of the running frame: expansion and its gas.
 */
import { zeroBytes } from "../bytes";
import { EVM_MEMORY_END } from "../memory";
import { Frame, setRange } from "./frame";
import { saturatedU64 } from "./word";

/** Offsets beyond cost more than any gas limit. */
const LIMIT: u64 = 0x3fffffff;

/** Gas of a memory of that many words: 3 a word and words^2 / 512. */
function memoryGas(words: u64): i64 {
  return i64(words * 3 + ((words * words) >>> 9));
}

/**
 * Grows the memory so that it holds `end` bytes, rounded up to words.
 * @returns the gas left, negative when it does not suffice; then nothing is grown.
 */
export function growMemory(frame: Frame, gas: i64, end: u64): i64 {
  const size = frame.memorySize;
  if (end <= u64(size)) return gas;
  if (end > LIMIT) return -1;
  const words = (end + 31) >>> 5;
  gas -= memoryGas(words) - memoryGas(u64(size >>> 5));
  if (gas < 0) return -1;
  const grown = u32(words << 5);
  // SAFETY: never true with 2^24 gas (frame.ts); a larger gas limit can only be set by an engine's `call`.
  if (frame.memory + grown > EVM_MEMORY_END) return -1;
  zeroBytes(frame.memory + size, grown - size);
  frame.memorySize = grown;
  return gas;
}

/**
 * Makes the range of the words `offset` and `size` (pointers) part of the memory and sets `rangeStart` (an address) and `rangeLength`.
 * An empty range costs nothing, wherever it is. @returns the gas left, or negative.
 */
export function memoryRange(frame: Frame, gas: i64, offset: usize, size: usize): i64 {
  const length = saturatedU64(size);
  if (length == 0) {
    setRange(frame.memory, 0);
    return gas;
  }
  const start = saturatedU64(offset);
  if (start > LIMIT || length > LIMIT) return -1;
  setRange(frame.memory + usize(start), u32(length));
  return growMemory(frame, gas, start + length);
}
