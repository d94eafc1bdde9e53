import { Op, OP_INFO, type Instruction } from "../isa";
import { LEAF_BYTES, framesEnd, type Program, type Registers } from "../types";

const HOST_ARGUMENTS: ReadonlyMap<number, number> = new Map([
  [Op.input, 1],
  [Op.output, 1],
  [Op.preimage, 4],
  [Op.inbox, 3],
  [Op.hint, 3],
]);

/**
 * The leaves that an instruction names: those of its slots and its global, read or written, whether it traps or not (except that a
 * `call` without room names none). Ascending. Twin of `name` in contracts/vm.
 * @see docs/spec/05-machine-proofs.md#witness
 */
export function namedLeaves(program: Program, registers: Registers, instruction: Instruction): number[] {
  const { op, d, a, b, imm } = instruction;
  const info = OP_INFO.get(op);
  if (info === undefined) return [];
  const slots: number[] = [];
  const addresses: number[] = [];
  const low = Number(imm & 0xffffffffn);
  if (info.d === "read" || info.d === "write") slots.push(d);
  if (info.a === "read") slots.push(a);
  if (info.b === "read") slots.push(b);
  if (info.imm === "slot") slots.push(low);
  if (op === Op.returnSlot || op === Op.returnConst) slots.push(0);
  if (op === Op.zero) for (let slot = d; slot < d + b; ++slot) slots.push(slot);
  if (op === Op.call && registers.fp + 8 * (d + b) <= framesEnd(program)) slots.push(d + a);
  if (op === Op.globalGet || op === Op.globalSet) addresses.push(low);
  for (let i = 1; i < (HOST_ARGUMENTS.get(op) ?? 0); ++i) slots.push(a + i);
  for (const slot of slots) addresses.push(registers.fp + 8 * slot);
  return ascending(addresses.map((address) => Math.floor(address / LEAF_BYTES)));
}

/**
 * The offset argument of a `preimage`; 0 for every other instruction.
 * @param readLeaf - Gives the leaves that the instruction names.
 */
export function preimageOffset(
  registers: Registers,
  { op, a }: Instruction,
  readLeaf: (leaf: number) => Uint8Array,
): number {
  if (op !== Op.preimage) return 0;
  const address = registers.fp + 8 * (a + 2);
  const leaf = readLeaf(Math.floor(address / LEAF_BYTES));
  return new DataView(leaf.buffer, leaf.byteOffset).getUint32(address % LEAF_BYTES, true);
}

function ascending(leaves: number[]): number[] {
  return [...new Set(leaves)].sort((left, right) => left - right);
}
