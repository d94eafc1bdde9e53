import { opcodeName, stackNeeded } from "./opcodes";
import type { HaltReason } from "./types";

/** Why a frame stopped. Twin of stf/evm/halt.ts. */
export const HALT = {
  stop: 0x01,
  return: 0x02,
  selfDestruct: 0x03,
  revert: 0x10,
  outOfGas: 0x20,
  stackUnderflow: 0x21,
  stackOverflow: 0x22,
  badJump: 0x23,
  invalidOpcode: 0x24,
  staticViolation: 0x25,
  returnDataBounds: 0x26,
  collision: 0x27,
  codePrefix: 0x28,
  codeSize: 0x29,
  precompile: 0x2a,
  codeDeposit: 0x2b,
  callRefused: 0x30,
} as const;

const STACK_LIMIT = 1024;

const REASONS: Readonly<Record<number, [reason: HaltReason, text: string]>> = {
  [HALT.stop]: ["stop", ""],
  [HALT.return]: ["return", ""],
  [HALT.selfDestruct]: ["self-destruct", ""],
  [HALT.revert]: ["revert", "execution reverted"],
  [HALT.outOfGas]: ["out-of-gas", "out of gas"],
  [HALT.stackUnderflow]: ["stack-underflow", "stack underflow"],
  [HALT.stackOverflow]: ["stack-overflow", "stack limit reached"],
  [HALT.badJump]: ["bad-jump", "invalid jump destination"],
  [HALT.invalidOpcode]: ["invalid-opcode", "invalid opcode"],
  [HALT.staticViolation]: ["static-violation", "write protection"],
  [HALT.returnDataBounds]: ["return-data-bounds", "return data out of bounds"],
  [HALT.collision]: ["collision", "contract address collision"],
  [HALT.codePrefix]: ["code-prefix", "invalid code: must not begin with 0xef"],
  [HALT.codeSize]: ["code-size", "max code size exceeded"],
  [HALT.precompile]: ["precompile", "precompile failed"],
  [HALT.codeDeposit]: ["out-of-gas", "contract creation code storage out of gas"],
  [HALT.callRefused]: ["call-refused", "insufficient balance for transfer"],
};

/** The opcode that a frame stopped at, and the words on its stack before it. */
export interface HaltPlace {
  op: number;
  stackSize: number;
}

export function isSuccess(halt: number): boolean {
  return halt < HALT.revert;
}

export function haltReason(halt: number): HaltReason {
  return REASONS[halt][0];
}

/** The error as geth words it; empty for a success. */
export function haltMessage(halt: number, { op, stackSize }: HaltPlace): string {
  const text = REASONS[halt][1];
  if (halt === HALT.stackUnderflow) return `${text} (${stackSize} <=> ${stackNeeded(op)})`;
  if (halt === HALT.stackOverflow) return `${text} ${STACK_LIMIT} (${STACK_LIMIT - 1})`;
  if (halt === HALT.invalidOpcode) return `${text}: ${opcodeName(op)}`;
  return text;
}
