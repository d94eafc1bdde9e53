/*
 * Delegation designators (EIP-7702): code of 23 bytes, 0xef0100 and an address.
 */
import { codeHead } from "../state/codes";
import { Code } from "../state/records";

const DESIGNATOR_BYTES: u32 = 23;
/** 0xef0100 as the low 24 bits of a little-endian load. */
const DESIGNATOR_MARK: u32 = 0x0001ef;

/** Pointer to the 20 bytes of the address that the code delegates to, or 0. */
export function delegateOf(code: Code): usize {
  if (code.length != DESIGNATOR_BYTES) return 0;
  const head = codeHead(code);
  return (load<u32>(head) & 0xffffff) == DESIGNATOR_MARK ? head + 3 : 0;
}
