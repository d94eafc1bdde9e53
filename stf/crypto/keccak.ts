/*
 * keccak-256 as Ethereum uses it (original padding), in one call or in pieces.
 * Source: FIPS 202 with the padding of the Keccak submission.
 */
import { permute, resetSponge } from "./permutation";

const RATE: u32 = 136;
const sponge = memory.data(200, 8);
const buffer = memory.data(136, 8);
let filled: u32 = 0;

/**
 * Hashes `length` bytes at `from` to 32 bytes at `outPtr` (any alignment; may be the input's place).
 * Not while a hash in pieces is under way: they share the sponge.
 */
export function keccak256(from: usize, length: u32, outPtr: usize): void {
  resetSponge(sponge);
  let left = length;
  while (left >= RATE) {
    absorb(from);
    from += RATE;
    left -= RATE;
  }
  finish(from, left, outPtr);
}

/** Starts a hash in pieces. */
export function keccakBegin(): void {
  resetSponge(sponge);
  filled = 0;
}

/** Adds `length` bytes to the hash in pieces. */
export function keccakAdd(from: usize, length: u32): void {
  let left = length;
  while (left > 0) {
    if (filled == 0 && left >= RATE) {
      absorb(from);
      from += RATE;
      left -= RATE;
      continue;
    }
    let take = RATE - filled;
    if (take > left) take = left;
    for (let i: u32 = 0; i < take; i++) store<u8>(buffer + filled + i, load<u8>(from + i));
    from += take;
    left -= take;
    filled += take;
    if (filled == RATE) {
      absorb(buffer);
      filled = 0;
    }
  }
}

/** Ends the hash in pieces: 32 bytes at `outPtr`. */
export function keccakEnd(outPtr: usize): void {
  finish(buffer, filled, outPtr);
}

function absorb(from: usize): void {
  xor64(0, load<u64>(from));
  xor64(8, load<u64>(from, 8));
  xor64(16, load<u64>(from, 16));
  xor64(24, load<u64>(from, 24));
  xor64(32, load<u64>(from, 32));
  xor64(40, load<u64>(from, 40));
  xor64(48, load<u64>(from, 48));
  xor64(56, load<u64>(from, 56));
  xor64(64, load<u64>(from, 64));
  xor64(72, load<u64>(from, 72));
  xor64(80, load<u64>(from, 80));
  xor64(88, load<u64>(from, 88));
  xor64(96, load<u64>(from, 96));
  xor64(104, load<u64>(from, 104));
  xor64(112, load<u64>(from, 112));
  xor64(120, load<u64>(from, 120));
  xor64(128, load<u64>(from, 128));
  permute(sponge);
}

/** Absorbs the last `left` < 136 bytes with the padding and writes the digest. */
function finish(from: usize, left: u32, outPtr: usize): void {
  let at: u32 = 0;
  while (at + 8 <= left) {
    xor64(at, load<u64>(from + at));
    at += 8;
  }
  let last: u64 = (<u64>1) << ((left - at) << 3);
  for (let i = at; i < left; i++) last |= (<u64>load<u8>(from + i)) << ((i - at) << 3);
  xor64(at, last);
  xor64(128, 0x8000000000000000);
  permute(sponge);
  store<u64>(outPtr, load<u64>(sponge));
  store<u64>(outPtr, ~load<u64>(sponge, 8), 8);
  store<u64>(outPtr, ~load<u64>(sponge, 16), 16);
  store<u64>(outPtr, load<u64>(sponge, 24), 24);
}

function xor64(offset: usize, value: u64): void {
  store<u64>(sponge + offset, load<u64>(sponge + offset) ^ value);
}
