/*
 * Valid jump destinations of the running code, in two tables:
 *   starts  one byte per 64 bytes of code: where in that chunk the first instruction begins (0 to 32, since push data may
 *           reach in). Made once per code hash and block by `analyse`, kept for the block.
 *   masks   one u64 per chunk: bit i is set when byte i of the chunk is a JUMPDEST instruction. Made from `starts` when a jump
 *           first needs the chunk; lost with the code's place in the cache. All zero means "none, or not made yet".
 * So a jump costs at most the walk over 64 bytes, and a cache miss never repeats the walk over the whole code.
 */
import { zeroBytes } from "../bytes";

/** The running code. */
export let runningBytes: usize = 0;
export let runningLength: u32 = 0;
let runningStarts: usize = 0;
let runningMasks: usize = 0;

/** Number of chunks of a code. */
export function chunksOf(length: u32): u32 {
  return (length + 63) >> 6;
}

/** Bytes that `enterInitcode` needs beside the code: at most 6,912 for 49,152 bytes. */
export function jumpWorkSize(length: u32): u32 {
  return (chunksOf(length) * 9 + 7) & ~7;
}

/** Makes initcode the running code: `bytes` stay where they are; `work` is a multiple of 8 with `jumpWorkSize(length)` bytes. */
export function enterInitcode(bytes: usize, length: u32, work: usize): void {
  zeroBytes(work, jumpWorkSize(length));
  resumeInitcode(bytes, length, work);
  analyse(bytes, length, runningStarts);
}

/** Makes initcode the running code again, after a call. */
export function resumeInitcode(bytes: usize, length: u32, work: usize): void {
  setRunning(bytes, length, work + ((<usize>chunksOf(length)) << 3), work);
}

export function setRunning(bytes: usize, length: u32, starts: usize, masks: usize): void {
  runningBytes = bytes;
  runningLength = length;
  runningStarts = starts;
  runningMasks = masks;
}

/** `pc` is a JUMPDEST instruction of the running code. */
export function isJumpdest(pc: u32): bool {
  if (pc >= runningLength) return false;
  if ((load<u64>(runningMasks + ((pc >> 6) << 3)) >> (pc & 63)) & 1) return true;
  return load<u8>(runningBytes + pc) == 0x5b && ((makeMask(pc >> 6) >> (pc & 63)) & 1) != 0;
}

/** Writes the `starts` table of a code. */
export function analyse(bytes: usize, length: u32, starts: usize): void {
  let at: u32 = 0;
  for (let chunk: u32 = 0; chunk << 6 < length; chunk++) {
    store<u8>(starts + chunk, <u8>(at - (chunk << 6)));
    let end = (chunk + 1) << 6;
    if (end > length) end = length;
    while (at < end) {
      const push = <u32>load<u8>(bytes + at) - 0x5f;
      at += push <= 32 ? push + 1 : 1;
    }
  }
}

function makeMask(chunk: u32): u64 {
  const begin = chunk << 6;
  let end = begin + 64;
  if (end > runningLength) end = runningLength;
  let at = begin + <u32>load<u8>(runningStarts + chunk);
  let mask: u64 = 0;
  while (at < end) {
    const op = <u32>load<u8>(runningBytes + at);
    if (op == 0x5b) mask |= (<u64>1) << (at & 63);
    const push = op - 0x5f;
    at += push <= 32 ? push + 1 : 1;
  }
  store<u64>(runningMasks + (chunk << 3), mask);
  return mask;
}
