import { OP_INFO, Op, unpackInstruction, type Instruction, type OpInfo } from "./isa";
import type { Program } from "./types";

/**
 * The instruction at `pc` as text: mnemonic, slots (`s3`; a written one stands before `=`), the parts of the immediate by name.
 * For people only, e.g. `add64 s4 = s2, s3`, `branch.ltU32Const s1, 7 -> 120`, `load.u32 s5 = [s2 + 16]`.
 */
export function describeInstruction({ code }: Program, pc: number): string {
  const instruction = unpackInstruction(code, pc);
  const info = OP_INFO.get(instruction.op);
  if (info === undefined) return `invalid 0x${instruction.op.toString(16)}`;
  const result = info.d === "write" && info.op !== Op.zero ? `s${instruction.d} =` : "";
  return [info.name, result, operands(info, instruction)].filter((part) => part !== "").join(" ");
}

function operands(info: OpInfo, { op, d, a, b, imm }: Instruction): string {
  const low = Number(imm & 0xffffffffn);
  const high = BigInt.asIntN(32, imm >> 32n);
  if (op === Op.call) return `frame s${d}, size ${b}, link s${a} -> ${low}`;
  if (op === Op.zero) return `s${d} .. s${d + b - 1}`;
  const reads: string[] = [];
  if (info.a === "read") reads.push(`s${a}`);
  if (info.b === "read") reads.push(`s${b}`);
  if (info.imm === "offset" || info.imm === "offset+value") return access(info, reads, low, high, d);
  if (info.imm === "value") reads.push(`${BigInt.asIntN(64, imm)}`);
  if (info.imm === "pc+value") reads.push(`${high}`);
  if (info.imm === "slot") reads.push(`s${low}`);
  if (info.imm === "address") reads.push(`[${low}]`);
  if (info.imm === "count") reads.push(`${low}`);
  const jumps = info.imm === "pc" || info.imm === "pc+value" ? `-> ${low}` : "";
  return [reads.join(", "), jumps].filter((part) => part !== "").join(" ");
}

/** Loads and stores: the address in brackets, then what is stored. */
function access(info: OpInfo, reads: string[], offset: number, value: bigint, d: number): string {
  const isStore = info.d !== "write";
  const isIndexed = info.a === "read" && info.b === "read" && (!isStore || info.d === "read");
  const stored = !isStore
    ? undefined
    : info.imm === "offset+value"
      ? `${value}`
      : isIndexed
        ? `s${d}`
        : reads[reads.length - 1];
  const base = isStore && !isIndexed && info.imm === "offset" ? reads.slice(0, -1) : reads;
  const address = [...base, ...(offset === 0 && base.length > 0 ? [] : [`${offset}`])].join(" + ");
  return stored === undefined ? `[${address}]` : `[${address}] = ${stored}`;
}
