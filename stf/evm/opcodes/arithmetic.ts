/*
 * Arithmetic opcodes that are more than a line. Each takes the stack pointer (address of the top word) and leaves the result
 * where the last operand was; stack and static gas are the interpreter's.
 */
import { powerWords } from "../multiply";
import { bitLength, saturatedU64, setWord, shiftLeft, shiftRight } from "../word";
import { GAS_EXPONENTIATION, GAS_EXPONENTIATION_PER_BYTE } from "../gas";

/**
 * 0x0a EXP: base to the power of exponent, modulo 2^256.
 * STACK [.., exponent, base] -> [.., power]. GAS 10 + 50 for each byte of the exponent.
 * @returns the gas left, negative when it does not suffice.
 */
export function opExp(sp: usize, gas: i64): i64 {
  gas -= GAS_EXPONENTIATION + GAS_EXPONENTIATION_PER_BYTE * i64((bitLength(sp + 32) + 7) >>> 3);
  if (gas >= 0) powerWords(sp + 32, sp, sp + 32);
  return gas;
}

/** 0x0b SIGNEXTEND: extends the sign of the value, whose highest byte is number k. STACK [.., value, k] -> [.., value]. GAS 5. */
export function opSignExtend(sp: usize): void {
  const k = saturatedU64(sp);
  if (k >= 31) return;
  const bits = 255 - ((u32(k) << 3) + 7);
  const word = sp + 32;
  shiftLeft(word, word, bits);
  shiftRight(word, word, bits, u64(load<i64>(word, 24) >> 63));
}

/** 0x1a BYTE: byte i of the value, 0 being the most significant. STACK [.., value, i] -> [.., byte]. GAS 3. */
export function opByte(sp: usize): void {
  const i = saturatedU64(sp);
  const byte: u64 = i < 32 ? load<u8>(sp + 32 + (31 - usize(i))) : 0;
  setWord(sp + 32, byte, 0, 0, 0);
}

/** 0x1b SHL. STACK [.., value, bits] -> [.., value << bits]. GAS 3. */
export function opShl(sp: usize): void {
  const bits = saturatedU64(sp);
  if (bits < 256) shiftLeft(sp + 32, sp + 32, u32(bits));
  else setWord(sp + 32, 0, 0, 0, 0);
}

/** 0x1c SHR. STACK [.., value, bits] -> [.., value >> bits]. GAS 3. */
export function opShr(sp: usize): void {
  const bits = saturatedU64(sp);
  if (bits < 256) shiftRight(sp + 32, sp + 32, u32(bits), 0);
  else setWord(sp + 32, 0, 0, 0, 0);
}

/** 0x1d SAR: shifts in the sign. STACK [.., value, bits] -> [.., value >> bits]. GAS 3. */
export function opSar(sp: usize): void {
  const bits = saturatedU64(sp);
  const fill = u64(load<i64>(sp + 32, 24) >> 63);
  if (bits < 256) shiftRight(sp + 32, sp + 32, u32(bits), fill);
  else setWord(sp + 32, fill, fill, fill, fill);
}

/** 0x1e CLZ: number of leading zero bits, 256 for zero. STACK [.., value] -> [.., zeros]. GAS 5. */
export function opClz(sp: usize): void {
  setWord(sp, 256 - u64(bitLength(sp)), 0, 0, 0);
}
