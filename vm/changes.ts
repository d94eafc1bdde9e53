import { OP_INFO, Op, unpackInstruction } from "./isa";
import type { FunctionRange, Program } from "./types";

/**
 * Functions of a program that no function of another equals. Where code stands does not count: jumps are taken from the function's start,
 * and callees by what they need, so that a function that only moved is no change.
 */
export function changedFunctions(before: Program, after: Program): FunctionRange[] {
  const known = new Set(before.functions.map((one) => shapeOf(before, one)));
  return after.functions.filter((one) => !known.has(shapeOf(after, one)));
}

/** Whether the first program's code is the second's, but for constants: every instruction stands where it stood. */
export function hasSameLayout(before: Program, after: Program): boolean {
  if (before.code.length !== after.code.length || before.functions.length !== after.functions.length) return false;
  return before.functions.every(({ startPc }, i) => startPc === after.functions[i].startPc);
}

function shapeOf({ code }: Program, { startPc, endPc }: FunctionRange): string {
  const parts: string[] = [];
  for (let pc = startPc; pc < endPc; pc++) {
    const { op, d, a, b, imm } = unpackInstruction(code, pc);
    const kind = OP_INFO.get(op)?.imm;
    const low = imm & 0xffffffffn;
    const hasPlace = kind === "pc" || kind === "pc+value";
    const target = op === Op.call ? "" : low - BigInt(startPc);
    parts.push([op, d, a, b, hasPlace ? `${imm >> 32n}@${target}` : imm].join(","));
  }
  return parts.join(";");
}
