/*
 * Precompiles behind the host: the program asks for an answer that L1 can check by calling its own precompile.
 * Source: docs/spec/01-interfaces.md#host.
 *
 *   PRECOMPILE   tag (32) | address (32) | gas (32) | input; hinted, hashed to the key; then the place of the answer: status byte | output
 */
import { copyBytes, copy32 } from "../../bytes";
import { keccak256 } from "../../crypto/keccak";
import { hint, HINT_PRECOMPILE, preimage, PREIMAGE_PRECOMPILE } from "../../host";
import { EVM_RETURN, PRECOMPILE, PRECOMPILE_END } from "../../memory";
import { setReturnDataLength } from "../frame";
import { setWord, wordToBytes } from "../word";

/** keccak256("solvent.precompile"). */
const TAG: usize = memory.data<u8>([
  0x34, 0xc1, 0xda, 0x61, 0x1c, 0x4f, 0xc1, 0xa5, 0x68, 0xf5, 0x17, 0xc8, 0x11, 0xa9, 0x0a, 0xb1, 0x73, 0xc6, 0x5c,
  0x98, 0x35, 0x3e, 0x5f, 0x0a, 0x08, 0x51, 0x20, 0x27, 0x56, 0x63, 0x6e, 0x98,
]);
const KEY: usize = memory.data(32, 32);
const WORD: usize = memory.data(32, 32);
const HEADER: u32 = 96;
/** No hosted precompile returns more. */
const MAX_ANSWER: u32 = 288;

/**
 * Asks the host for the precompile's answer to the input; its output goes to EVM_RETURN.
 * @param gas What the call costs by this chain's schedule; part of the request, for L1 derives from it what it forwards.
 * @returns false when the precompile fails.
 */
export function askHost(number: u32, gas: i64, input: usize, length: u32): bool {
  if (PRECOMPILE + HEADER + length > PRECOMPILE_END) unreachable();
  copy32(PRECOMPILE, TAG);
  setWord(WORD, u64(number), 0, 0, 0);
  wordToBytes(PRECOMPILE + 32, WORD);
  setWord(WORD, u64(gas), 0, 0, 0);
  wordToBytes(PRECOMPILE + 64, WORD);
  copyBytes(PRECOMPILE + HEADER, input, length);
  hint(HINT_PRECOMPILE, PRECOMPILE, HEADER + length);
  keccak256(PRECOMPILE, HEADER + length, KEY);
  const answer = preimage(PREIMAGE_PRECOMPILE, KEY, 0, PRECOMPILE);
  if (answer == 0 || answer > MAX_ANSWER) unreachable();
  for (let offset: u32 = 32; offset < answer; offset += 32)
    preimage(PREIMAGE_PRECOMPILE, KEY, offset, PRECOMPILE + offset);
  if (load<u8>(PRECOMPILE) != 1) return false;
  copyBytes(EVM_RETURN, PRECOMPILE + 1, answer - 1);
  setReturnDataLength(answer - 1);
  return true;
}
