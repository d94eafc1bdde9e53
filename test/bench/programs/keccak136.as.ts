// Benchmark: keccak-256 of 136 bytes (one full block and one of padding), over and over, each of the hash before.

import { permute } from "../../../vm/commit/keccakf.as";

const STATE: usize = 1 << 12;
const DATA: usize = 1 << 13;
const RATE: usize = 136;

/** Hashes `rounds` times. @returns the last hash's first 8 bytes. */
export function work(rounds: u32): u64 {
  for (let round: u32 = 0; round < rounds; ++round) {
    for (let at: usize = 0; at < 200; at += 8) store<u64>(STATE + at, 0);
    for (let at: usize = 0; at < RATE; at += 8) store<u64>(STATE + at, load<u64>(DATA + at));
    permute(STATE);
    store<u64>(STATE, load<u64>(STATE) ^ 1);
    store<u64>(STATE, load<u64>(STATE, 128) ^ 0x8000000000000000, 128);
    permute(STATE);
    for (let at: usize = 0; at < 32; at += 8) store<u64>(DATA + at, load<u64>(STATE + at));
  }
  return load<u64>(STATE);
}
