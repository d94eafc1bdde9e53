import { OP_INFO, Op, type Instruction, type OpInfo } from "../../../vm/isa";
import { namedLeaves } from "../../../vm/prove/touchedLeaves";
import { LEAF_BYTES, framesEnd, type Program, type Registers } from "../../../vm/types";
import type { FlatMachine } from "./flatMachine";
import type { Random } from "./random";
import { syntheticProgram } from "./syntheticProgram";

const DEPTH = 23;
/** The border in the middle of the tree: frames lie on both sides of it. The one of its left half: accesses straddle it. */
const MIDDLE = 2 ** (DEPTH + 4);
const QUARTER = MIDDLE / 2;
const FRAME_AREA = 1 << 17;
const GLOBAL_AREA = 4096;
/** Instructions of a program eight times as long as the state transition function. */
const CODE_INSTRUCTIONS = 1 << 18;
const TRIES = 3000;
const NEIGHBOURHOOD = 8192;

/** A program over the deepest memory that there may be, its frames around the middle of the tree, with one instruction of each kind. */
export function deepestProgram(instructions: readonly Instruction[]): Program {
  const fill = Array.from({ length: CODE_INSTRUCTIONS - instructions.length }, () => NOTHING);
  const sizes = { linearSize: MIDDLE - FRAME_AREA / 2, frameArea: FRAME_AREA, globalArea: GLOBAL_AREA };
  return syntheticProgram([...instructions, ...fill], { ...sizes, memoryDepth: DEPTH });
}

const NOTHING: Instruction = { op: Op.end, d: 0xfff, a: 0xfff, b: 0xfff, imm: 0xffffffffffffffffn };

export const DEEPEST_FP = MIDDLE - 8 * 4096;

/**
 * The slots at which an instruction of a row touches leaves with the most siblings: tried at random among places on both sides of
 * every border that a frame may straddle.
 */
export function worstInstruction(info: OpInfo, random: Random): Instruction {
  const program = syntheticProgram([], {
    linearSize: MIDDLE - FRAME_AREA / 2,
    frameArea: FRAME_AREA,
    globalArea: GLOBAL_AREA,
  });
  const registers = { fp: DEEPEST_FP } as Registers;
  let worst: { instruction: Instruction; siblings: number } | undefined;
  for (let i = 0; i < TRIES; ++i) {
    const instruction = candidate(info, random, program);
    const leaves = [...freeLeaves(info), ...namedLeaves(program, registers, instruction)];
    const siblings = countSiblings(leaves);
    if (worst === undefined || siblings > worst.siblings) worst = { instruction, siblings };
  }
  return worst!.instruction;
}

function candidate(info: OpInfo, random: Random, program: Program): Instruction {
  const slot = (): number =>
    random.pick([4095, 4096, 4096 + (1 << random.below(12)), 4095 - (1 << random.below(12)), random.below(8190)]);
  const imm = {
    slot: BigInt(slot()),
    address: BigInt(framesEnd(program) + 8 * random.below(512)),
    count: 5n,
  }[info.imm as "slot" | "address" | "count"];
  const isAccess = info.imm.startsWith("offset");
  const offset = info.name.includes("Absolute") ? BigInt(straddling(info)) : 0n;
  const value = 0x89abcdefn << 32n;
  const instruction = {
    op: info.op,
    d: slot(),
    a: slot(),
    b: slot(),
    imm: imm ?? (isAccess ? value | offset : 0x89abcdef01234567n),
  };
  if (info.op === Op.zero) instruction.b = 4;
  if (info.op === Op.call) instruction.b = 8;
  return instruction;
}

/** An address whose access lies on both sides of the border of a quarter, as far as it has two bytes. */
const straddling = ({ memoryBytes }: OpInfo): number => QUARTER - Math.floor(memoryBytes / 2);

function freeLeaves({ op, memoryBytes }: OpInfo): number[] {
  if (memoryBytes === 0) return [];
  const border = QUARTER / LEAF_BYTES;
  if (op === Op.preimage) return [border - 1, border];
  return memoryBytes > 1 && memoryBytes < LEAF_BYTES ? [border - 1, border] : [border - 1];
}

/** How many siblings prove these leaves of a tree of `DEPTH`. */
function countSiblings(leaves: readonly number[]): number {
  let level = [...new Set(leaves)];
  let siblings = 0;
  for (let height = 0; height < DEPTH; ++height) {
    const here = new Set(level);
    siblings += level.filter((index) => !here.has(index ^ 1)).length;
    level = [...new Set(level.map((index) => index >> 1))];
  }
  return siblings;
}

/** The same for a host call: its arguments lie in consecutive slots on both sides of the middle. */
export function placeHostCall(info: OpInfo, random: Random): Instruction {
  const { d } = worstInstruction(info, random);
  return { op: info.op, d, a: 4094, b: 0, imm: 0n };
}

/** Where the pointers of a host call go: to both sides of the straddled border. */
export const HOST_POINTERS = { left: QUARTER - LEAF_BYTES, right: QUARTER };

/** Puts the machine before the instruction at `pc`, operands such that it does not trap and touches the straddled leaves. */
export function arrangeWorst(machine: FlatMachine, pc: number, instruction: Instruction, random: Random): void {
  const info = OP_INFO.get(instruction.op)!;
  const { op, a, b, d, imm } = instruction;
  machine.state.pc = pc;
  machine.state.fp = DEEPEST_FP;
  machine.state.status = 0;
  for (const address of [
    QUARTER - NEIGHBOURHOOD / 2,
    DEEPEST_FP,
    DEEPEST_FP + 8 * a,
    DEEPEST_FP + 8 * b,
    DEEPEST_FP + 8 * d,
  ])
    machine.poke(address, random.bytes(NEIGHBOURHOOD));
  if (info.imm === "address") machine.poke(framesEnd(machine.program), random.bytes(GLOBAL_AREA));
  if (info.imm === "slot") machine.poke(DEEPEST_FP + 8 * Number(imm), random.bytes(64));
  const set = (slot: number, value: number): void =>
    machine.poke(DEEPEST_FP + 8 * slot, new Uint8Array(new BigUint64Array([BigInt(value)]).buffer));
  if (op === Op.brTable) set(a, 3);
  if (info.memoryBytes === 0 || info.name.includes("Absolute")) return;
  const isIndexed = op >= Op.loadIndexed;
  if (isIndexed && a !== b) {
    set(a, 12_345);
    set(b, straddling(info) - 12_345);
  } else set(a, straddling(info) / (isIndexed ? 2 : 1));
}
