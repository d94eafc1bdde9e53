/*
 * Hashes of blocks on a chain whose state has no history contract (L1 before Prague); engine.wasm only.
 *
 *   KNOWN_HASHES   u32: 1 where there are any; + 16: 256 entries of 48 bytes, at number modulo 256: number u64 | 8 bytes | hash, a word
 */
import { KNOWN_HASHES } from "../memory";
import { copyWord } from "./word";

const ENTRIES: usize = 16;
const ENTRY: usize = 48;
const PLACES: u64 = 256;

export function forgetHashes(): void {
  store<u32>(KNOWN_HASHES, 0);
}

/** Writes the hash of that block to `out` where it is known; else leaves it. */
export function knownHash(out: usize, number: u64): void {
  if (load<u32>(KNOWN_HASHES) == 0) return;
  const at = KNOWN_HASHES + ENTRIES + ENTRY * <usize>(number % PLACES);
  if (load<u64>(at) == number) copyWord(out, at + 16);
}
