import { Op, type Instruction, type OpInfo } from "../../../vm/isa";
import { framesBase, framesEnd, type Program } from "../../../vm/types";
import type { FlatMachine } from "./flatMachine";
import type { Random } from "./random";
import type { TestHost } from "./testHost";

/** Slots that the cases use; the frame begins at a random place with room for these. */
const SLOTS = 200;
/** The fast interpreter holds no more code than its memory: 16 bytes an instruction below 4 GiB. */
const MAX_PC = 2 ** 27;

/** A random instruction of a row of the table; slots are near each other, equal ones are likely. */
export function randomInstruction(info: OpInfo, random: Random, program: Program): Instruction {
  const slot = (): number => (random.below(3) === 0 ? random.below(SLOTS - 8) : random.below(6));
  const instruction: Instruction = { op: info.op, d: slot(), a: slot(), b: slot(), imm: random.u64() };
  const high = BigInt(random.below(2 ** 32)) << 32n;
  if (info.imm === "slot") instruction.imm = BigInt(slot());
  if (info.imm === "address") instruction.imm = BigInt(framesEnd(program) + 8 * random.below(512));
  if (info.imm === "count") instruction.imm = BigInt(random.below(6));
  if (info.imm === "pc" || info.imm === "pc+value") instruction.imm = high | BigInt(random.below(MAX_PC));
  if (info.imm.startsWith("offset")) {
    const near = random.pick([0, 1, random.below(64), program.linearSize - random.below(12), random.below(2 ** 32)]);
    instruction.imm = high | BigInt(near);
  }
  if (info.op === Op.zero) instruction.b = 1 + random.below(4);
  if (info.op === Op.call) instruction.b = random.pick([1, 8, SLOTS, 8191]);
  return instruction;
}

type ErrorClass = abstract new (...fields: never[]) => Error;

/**
 * As `arrange`, again and again until the host can answer.
 * @param missing - what a host that cannot answer may throw. @throws anything else.
 */
export function arrangeAnswerable(
  machine: FlatMachine,
  host: TestHost,
  pc: number,
  instruction: Instruction,
  random: Random,
  missing: readonly ErrorClass[],
): void {
  for (;;) {
    arrange(machine, pc, instruction, random);
    const key = host.addKeccak(random.bytes(100));
    machine.poke(64, key);
    machine.poke(96, key);
    try {
      machine.trace();
      return;
    } catch (error) {
      if (!missing.some((one) => error instanceof one)) throw error;
    }
  }
}

/** Puts the machine before the instruction at `pc`, with operands that lead everywhere: over leaf borders, to the end of memory, to traps. */
export function arrange(machine: FlatMachine, pc: number, instruction: Instruction, random: Random): void {
  const { program, state } = machine;
  const frames = framesEnd(program) - framesBase(program);
  state.pc = pc;
  state.status = 0;
  state.fp = framesBase(program) + 8 * random.below(frames / 8 - SLOTS);
  if (instruction.op === Op.call && random.below(2) === 0) state.fp = framesEnd(program) - 8 * SLOTS;
  const set = (slot: number, value: bigint): void => {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setBigUint64(0, BigInt.asUintN(64, value), true);
    machine.poke(state.fp + 8 * slot, bytes);
  };
  // a call's fields are no operands
  if (instruction.op !== Op.call)
    for (const slot of [instruction.d, instruction.a, instruction.b]) set(slot, random.u64());
  if (instruction.op === Op.select) set(Number(instruction.imm), random.pick([0n, 1n, 1n << 32n, random.u64()]));
  const { op } = instruction;
  if (op >= Op.return && op <= Op.returnConst)
    set(
      instruction.a,
      BigInt(random.below(MAX_PC)) | (BigInt(framesBase(program) + 8 * random.below(frames / 8)) << 32n),
    );
  const isAccess = (op >= Op.load && op < Op.input) || op >= Op.loadIndexed;
  if (isAccess) arrangeAccess(machine, instruction, random, set);
  if (op >= Op.input && op <= Op.hint) arrangeHostCall(machine, instruction, random, set);
}

type SetSlot = (slot: number, value: bigint) => void;

function arrangeAccess(machine: FlatMachine, instruction: Instruction, random: Random, set: SetSlot): void {
  const size = machine.program.linearSize;
  const target = random.pick([random.below(64), size - random.below(12), random.below(size), random.below(2 ** 32)]);
  const offset = Number(instruction.imm & 0xffffffffn);
  const base = BigInt(Math.max(0, target - offset)) | (BigInt(random.below(2)) << 40n);
  if (instruction.op < Op.loadIndexed) set(instruction.a, base);
  else if (random.below(4) !== 0) {
    const part = random.u64();
    set(instruction.a, part);
    if (instruction.a !== instruction.b) set(instruction.b, BigInt.asUintN(32, base - part));
  }
}

function arrangeHostCall(machine: FlatMachine, { op, a, d }: Instruction, random: Random, set: SetSlot): void {
  const size = machine.program.linearSize;
  const pointer = (): bigint =>
    BigInt(random.pick([0, 32, 32 * random.below(size / 32), size - 32, size, random.below(size), 2 ** 32 - 32]));
  const kind = BigInt(random.pick([0, 0, 0, 1, 2, 5, 6, 2 ** 32 - 1]));
  set(d, random.u64());
  if (op === Op.input || op === Op.output) set(a, pointer());
  else {
    set(a, op === Op.hint ? kind : kind % (op === Op.preimage ? 4n : 3n));
    if (op === Op.preimage) {
      // the test's host knows the preimage of one key; it stands at 64 and at 96
      set(a + 1, random.pick([64n, 96n, pointer()]));
      set(a + 2, random.pick([0n, 32n, 64n, 96n, 2n ** 32n - 32n, BigInt(random.below(200))]));
      set(a + 3, random.pick([64n, 32n * BigInt(random.below(size / 32)), pointer()]));
    } else if (op === Op.inbox) {
      set(a + 1, random.pick([0n, 1n, 2n, 3n, 4n, 2n ** 32n, 2n ** 64n - 1n]));
      set(a + 2, pointer());
    } else {
      set(a + 1, pointer());
      set(a + 2, random.pick([0n, 1n, BigInt(size), random.u64()]));
    }
  }
}
