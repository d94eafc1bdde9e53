/**
 * The instruction set, as a table. Twin of contracts/vm; prose and rules in docs/spec/04-vm.md#isa.
 * An instruction is `op u16, d u16, a u16, b u16, imm u64`, little-endian; d, a, b are slots of the frame.
 */

/** Opcodes outside the regular groups. */
export const Op = {
  unreachable: 0x00,
  end: 0x01,
  jump: 0x02,
  brTable: 0x03,
  call: 0x04,
  return: 0x05,
  returnSlot: 0x06,
  returnConst: 0x07,
  const: 0x08,
  zero: 0x09,
  select: 0x0a,
  globalGet: 0x0b,
  globalSet: 0x0c,
  // unary: slot d = f(slot a)
  copy: 0x10,
  wrap: 0x11,
  clz32: 0x12,
  ctz32: 0x13,
  popcnt32: 0x14,
  extend8To32: 0x15,
  extend16To32: 0x16,
  clz64: 0x17,
  ctz64: 0x18,
  popcnt64: 0x19,
  extend8To64: 0x1a,
  extend16To64: 0x1b,
  extend32To64: 0x1c,
  // groups: see below
  branch: 0x20,
  binary: 0x40,
  load: 0xc0,
  loadAbsolute: 0xd0,
  store: 0xe0,
  storeConst: 0xe4,
  storeAbsolute: 0xe8,
  input: 0xf0,
  output: 0xf1,
  preimage: 0xf2,
  inbox: 0xf3,
  hint: 0xf4,
  loadIndexed: 0x100,
  storeIndexed: 0x10c,
} as const;

/** Conditions; each is followed by its opposite (`condition ^ 1`). `branch` and, from `Binary.eq` on, `binary` share the order. */
export const Condition = { eq: 0, ne: 1, ltS: 2, geS: 3, ltU: 4, geU: 5 } as const;

/** Functions of two operands, in the low five bits of a `binary` opcode. */
export const Binary = {
  add: 0,
  sub: 1,
  mul: 2,
  divS: 3,
  divU: 4,
  remS: 5,
  remU: 6,
  and: 7,
  or: 8,
  xor: 9,
  shl: 10,
  shrS: 11,
  shrU: 12,
  rotl: 13,
  rotr: 14,
  eq: 15,
  ne: 16,
  ltS: 17,
  geS: 18,
  ltU: 19,
  geU: 20,
} as const;

/** `0x40 + function + 0x20 (64 bits) + 0x40 (second operand is imm)`. */
export const binaryOp = (fn: number, is64: boolean, isConst: boolean): number =>
  Op.binary + fn + (is64 ? 0x20 : 0) + (isConst ? 0x40 : 0);

/** `0x20 + condition + 0x08 (64 bits) + 0x10 (second operand is the high half of imm, sign-extended)`. */
export const branchOp = (condition: number, is64: boolean, isConst: boolean): number =>
  Op.branch + condition + (is64 ? 0x08 : 0) + (isConst ? 0x10 : 0);

/** How a load widens what it read; added to `Op.load`, `Op.loadAbsolute`, `Op.loadIndexed`. */
export const Load = {
  u8: 0,
  u16: 1,
  u32: 2,
  u64: 3,
  s8To32: 4,
  s8To64: 5,
  s16To32: 6,
  s16To64: 7,
  s32To64: 8,
} as const;
/** Bytes read, by kind of load. */
export const LOAD_BYTES = [1, 2, 4, 8, 1, 1, 2, 2, 4] as const;
/** Bytes written are `1 << kind`; added to `Op.store`, `Op.storeConst`, `Op.storeAbsolute`, `Op.storeIndexed`. */
export const Store = { u8: 0, u16: 1, u32: 2, u64: 3 } as const;

/** What a field of the instruction holds; "-" is zero and ignored. Slots are read before anything is written. */
export type Field = "-" | "read" | "write" | "count" | "frame" | "link" | "size";

/** What the immediate holds; `pair` is two halves, the second named one in the high 32 bits. */
export type Immediate = "-" | "value" | "pc" | "pc+value" | "offset" | "offset+value" | "address" | "slot" | "count";

/** One row of the instruction table. */
export type OpInfo = {
  op: number;
  name: string;
  d: Field;
  a: Field;
  b: Field;
  imm: Immediate;
  /** Bytes of linear memory read or written beside slots; 0 if none; host calls touch whole leaves. */
  memoryBytes: number;
  /** Upper bound of the leaves of the memory tree that a step touches. */
  maxLeaves: number;
  /** Names of the traps, in the order tested; the first that holds wins, and nothing is written. */
  traps: readonly string[];
};

const BINARY_NAMES = Object.keys(Binary);
const CONDITION_NAMES = Object.keys(Condition);
const LOAD_NAMES = Object.keys(Load);
const STORE_NAMES = Object.keys(Store);
const UNARY = Object.entries(Op).filter(([, op]) => op >= Op.copy && op <= Op.extend32To64);

function row(
  op: number,
  name: string,
  fields: [Field, Field, Field, Immediate],
  maxLeaves: number,
  traps: readonly string[] = [],
  memoryBytes = 0,
): OpInfo {
  const [d, a, b, imm] = fields;
  return { op, name, d, a, b, imm, memoryBytes, maxLeaves, traps };
}

function binaryRows(): OpInfo[] {
  return BINARY_NAMES.flatMap((name, fn) =>
    [false, true].flatMap((is64) => {
      const divides = fn >= Binary.divS && fn <= Binary.remU;
      const traps = divides ? ["divisionByZero", ...(fn === Binary.divS ? ["integerOverflow"] : [])] : [];
      const bits = is64 ? "64" : "32";
      return [
        row(binaryOp(fn, is64, false), `${name}${bits}`, ["write", "read", "read", "-"], 3, traps),
        row(binaryOp(fn, is64, true), `${name}${bits}Const`, ["write", "read", "-", "value"], 2, traps),
      ];
    }),
  );
}

function branchRows(): OpInfo[] {
  return CONDITION_NAMES.flatMap((name, condition) =>
    [false, true].flatMap((is64) => {
      const bits = is64 ? "64" : "32";
      return [
        row(branchOp(condition, is64, false), `branch.${name}${bits}`, ["-", "read", "read", "pc"], 2),
        row(branchOp(condition, is64, true), `branch.${name}${bits}Const`, ["-", "read", "-", "pc+value"], 1),
      ];
    }),
  );
}

function memoryRows(): OpInfo[] {
  const traps = ["outOfBounds"];
  const loads = LOAD_NAMES.flatMap((name, kind) => [
    row(Op.load + kind, `load.${name}`, ["write", "read", "-", "offset"], 4, traps, LOAD_BYTES[kind]),
    row(Op.loadAbsolute + kind, `loadAbsolute.${name}`, ["write", "-", "-", "offset"], 3, traps, LOAD_BYTES[kind]),
    row(Op.loadIndexed + kind, `loadIndexed.${name}`, ["write", "read", "read", "offset"], 5, traps, LOAD_BYTES[kind]),
  ]);
  const stores = STORE_NAMES.flatMap((name, kind) => [
    row(Op.store + kind, `store.${name}`, ["-", "read", "read", "offset"], 4, traps, 1 << kind),
    row(Op.storeConst + kind, `storeConst.${name}`, ["-", "read", "-", "offset+value"], 3, traps, 1 << kind),
    row(Op.storeAbsolute + kind, `storeAbsolute.${name}`, ["-", "-", "read", "offset"], 3, traps, 1 << kind),
    row(Op.storeIndexed + kind, `storeIndexed.${name}`, ["read", "read", "read", "offset"], 5, traps, 1 << kind),
  ]);
  return [...loads, ...stores];
}

/** Every instruction, ascending by opcode. Any other opcode traps as `invalidInstruction`. */
export const ISA: readonly OpInfo[] = [
  row(Op.unreachable, "unreachable", ["-", "-", "-", "-"], 0, ["unreachable"]),
  row(Op.end, "end", ["-", "-", "-", "-"], 0),
  row(Op.jump, "jump", ["-", "-", "-", "pc"], 0),
  row(Op.brTable, "brTable", ["-", "read", "-", "count"], 1),
  row(Op.call, "call", ["frame", "link", "size", "pc"], 1, ["stackExhausted"]),
  row(Op.return, "return", ["-", "read", "-", "-"], 1),
  row(Op.returnSlot, "returnSlot", ["-", "read", "read", "-"], 3),
  row(Op.returnConst, "returnConst", ["-", "read", "-", "value"], 2),
  row(Op.const, "const", ["write", "-", "-", "value"], 1),
  row(Op.zero, "zero", ["write", "-", "count", "-"], 2),
  row(Op.select, "select", ["write", "read", "read", "slot"], 4),
  row(Op.globalGet, "globalGet", ["write", "-", "-", "address"], 2),
  row(Op.globalSet, "globalSet", ["-", "read", "-", "address"], 2),
  ...UNARY.map(([name, op]) => row(op, name, ["write", "read", "-", "-"], 2)),
  ...binaryRows(),
  ...branchRows(),
  ...memoryRows(),
  row(Op.input, "input", ["-", "read", "-", "-"], 2, ["misaligned", "outOfBounds"], 32),
  row(Op.output, "output", ["-", "read", "-", "-"], 2, ["misaligned", "outOfBounds"], 32),
  row(Op.preimage, "preimage", ["write", "read", "-", "-"], 5, ["unknownKind", "misaligned", "outOfBounds"], 32),
  row(Op.inbox, "inbox", ["write", "read", "-", "-"], 4, ["unknownKind", "misaligned", "outOfBounds"], 32),
  row(Op.hint, "hint", ["-", "read", "-", "-"], 2, ["unknownKind", "misaligned", "outOfBounds"]),
].sort((left, right) => left.op - right.op);

/** The row of an opcode, or undefined where there is none. */
export const OP_INFO: ReadonlyMap<number, OpInfo> = new Map(ISA.map((info) => [info.op, info]));

/** An instruction taken apart. */
export type Instruction = { op: number; d: number; a: number; b: number; imm: bigint };

/** Packs an instruction into 16 bytes at `pc * 16`. */
export function packInstruction(view: DataView, pc: number, { op, d, a, b, imm }: Instruction): void {
  const at = pc * 16;
  view.setUint16(at, op, true);
  view.setUint16(at + 2, d, true);
  view.setUint16(at + 4, a, true);
  view.setUint16(at + 6, b, true);
  view.setBigUint64(at + 8, BigInt.asUintN(64, imm), true);
}

/** The instruction at `pc`; behind the end of the code it is all zeros, that is `unreachable`. */
export function unpackInstruction(code: Uint8Array, pc: number): Instruction {
  const at = pc * 16;
  if (at + 16 > code.length) return { op: 0, d: 0, a: 0, b: 0, imm: 0n };
  const view = new DataView(code.buffer, code.byteOffset + at, 16);
  return {
    op: view.getUint16(0, true),
    d: view.getUint16(2, true),
    a: view.getUint16(4, true),
    b: view.getUint16(6, true),
    imm: view.getBigUint64(8, true),
  };
}
