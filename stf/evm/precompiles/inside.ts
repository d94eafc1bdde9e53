/*
 * Precompiles that the program computes itself. Each gets the gas after its cost, or reckons it, and returns the gas left, negative on failure.
 */
import { copyBytes, zeroBytes } from "../../bytes";
import { blake2f } from "../../crypto/blake2f";
import { modexp } from "../../crypto/modexp";
import { ripemd160 } from "../../crypto/ripemd160";
import { sha256 } from "../../crypto/sha256";
import { EVM_RETURN } from "../../memory";
import { setReturnDataLength } from "../frame";
import { bitLength, saturatedU64, setWord, wordFromBytes } from "../word";

const BLAKE2F_BYTES: u32 = 213;
const MODEXP_MAX: u64 = 1024;
const MODEXP_LEAST: u64 = 500;

/** 0x02 SHA256. GAS 60 + 12 a word. */
export function runSha256(input: usize, length: u32, gas: i64): i64 {
  if (gas < 0) return -1;
  sha256(input, length, EVM_RETURN);
  setReturnDataLength(32);
  return gas;
}

/** 0x03 RIPEMD160, left-padded to a word. GAS 600 + 120 a word. */
export function runRipemd160(input: usize, length: u32, gas: i64): i64 {
  if (gas < 0) return -1;
  zeroBytes(EVM_RETURN, 12);
  ripemd160(input, length, EVM_RETURN + 12);
  setReturnDataLength(32);
  return gas;
}

/** 0x04 IDENTITY. GAS 15 + 3 a word. */
export function runIdentity(input: usize, length: u32, gas: i64): i64 {
  if (gas < 0) return -1;
  copyBytes(EVM_RETURN, input, length);
  setReturnDataLength(length);
  return gas;
}

/** 0x09 BLAKE2F: rounds (4 bytes) | state (64) | block (128) | offsets (16) | final flag (1). GAS 1 a round. */
export function runBlake2f(input: usize, length: u32, gas: i64): i64 {
  if (length != BLAKE2F_BYTES || load<u8>(input, 212) > 1) return -1;
  const rounds = bswap<u32>(load<u32>(input));
  if (gas < i64(rounds)) return -1;
  blake2f(input, EVM_RETURN);
  setReturnDataLength(64);
  return gas - i64(rounds);
}

const HEADER: usize = memory.data(96, 32);
const WORD: usize = memory.data(32, 32);

/**
 * 0x05 MODEXP: lengths of base, exponent and modulus (a word each), then these numbers; zeros beyond the end of the input.
 * GAS max(500, multiplication complexity * iterations); a length over 1,024 fails (EIP-7823, EIP-7883).
 */
export function runModexp(input: usize, length: u32, gas: i64): i64 {
  copyPart(HEADER, input, length, 0, 96);
  const baseLength = lengthAt(HEADER);
  const exponentLength = lengthAt(HEADER + 32);
  const modulusLength = lengthAt(HEADER + 64);
  if (baseLength > MODEXP_MAX || exponentLength > MODEXP_MAX || modulusLength > MODEXP_MAX) return -1;

  const head = exponentLength < 32 ? u32(exponentLength) : 32;
  setWord(HEADER, 0, 0, 0, 0);
  copyPart(HEADER + 32 - head, input, length, 96 + u32(baseLength), head);
  wordFromBytes(WORD, HEADER);
  const bits = bitLength(WORD);
  let iterations = bits > 0 ? u64(bits - 1) : 0;
  if (exponentLength > 32) iterations += 16 * (exponentLength - 32);
  if (iterations == 0) iterations = 1;
  const longest = baseLength > modulusLength ? baseLength : modulusLength;
  const words = (longest + 7) >>> 3;
  const complexity: u64 = longest <= 32 ? 16 : 2 * words * words;
  let cost = complexity * iterations;
  if (cost < MODEXP_LEAST) cost = MODEXP_LEAST;
  if (gas < i64(cost)) return -1;

  setReturnDataLength(u32(modulusLength));
  if (modulusLength != 0) runPadded(input, length, u32(baseLength), u32(exponentLength), u32(modulusLength));
  return gas - i64(cost);
}

/** Base, exponent and modulus, zero-padded where the input ends early. */
const NUMBERS: usize = memory.data(3072, 8);

function runPadded(input: usize, length: u32, baseLength: u32, exponentLength: u32, modulusLength: u32): void {
  copyPart(NUMBERS, input, length, 96, baseLength + exponentLength + modulusLength);
  const exponent = NUMBERS + baseLength;
  modexp(NUMBERS, baseLength, exponent, exponentLength, exponent + exponentLength, modulusLength, EVM_RETURN);
}

/** Copies `size` bytes of the input from `offset` on, zeros beyond its end. */
function copyPart(to: usize, input: usize, length: u32, offset: u32, size: u32): void {
  let present: u32 = 0;
  if (offset < length) {
    present = length - offset < size ? length - offset : size;
    copyBytes(to, input + offset, present);
  }
  zeroBytes(to + present, size - present);
}

function lengthAt(bytes: usize): u64 {
  wordFromBytes(WORD, bytes);
  return saturatedU64(WORD);
}
