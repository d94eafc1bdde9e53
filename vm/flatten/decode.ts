import { RefusedModule } from "../errors";
import { valueType, type Body, type Module } from "./module";
import { Reader } from "./reader";

/** WebAssembly opcodes that the flattener names. */
export const W = {
  unreachable: 0x00,
  nop: 0x01,
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  brTable: 0x0e,
  return: 0x0f,
  call: 0x10,
  drop: 0x1a,
  select: 0x1b,
  localGet: 0x20,
  localSet: 0x21,
  localTee: 0x22,
  globalGet: 0x23,
  globalSet: 0x24,
  firstLoad: 0x28,
  firstStore: 0x36,
  memorySize: 0x3f,
  i32Const: 0x41,
  i64Const: 0x42,
} as const;

/** One decoded instruction; `offset` is its first byte in the module. */
export type Decoded = {
  op: number;
  offset: number;
  /** Index of local, global, function or label; arity of a block; memory offset. */
  index: number;
  /** Constants: the 64 bits of a slot. */
  value: bigint;
  /** `br_table`: labels, the default one last. */
  targets?: number[];
};

/** Constructs outside the subset, for messages. */
const REFUSED: Record<number, string> = {
  0x11: "call_indirect",
  0x12: "return_call",
  0x13: "return_call_indirect",
  0x1c: "select with a type",
  0x25: "table.get",
  0x26: "table.set",
  0x2a: "f32.load",
  0x2b: "f64.load",
  0x38: "f32.store",
  0x39: "f64.store",
  0x40: "memory.grow",
  0x43: "f32.const",
  0x44: "f64.const",
  0xd0: "ref.null",
  0xd1: "ref.is_null",
  0xd2: "ref.func",
  0xfd: "vector instruction",
  0xfe: "atomic instruction",
};
const BULK = [
  "memory.init",
  "data.drop",
  "memory.copy",
  "memory.fill",
  "table.init",
  "elem.drop",
  "table.copy",
  "table.grow",
  "table.size",
  "table.fill",
];

/** Numeric operators of the subset: i32 and i64 comparisons, arithmetic, three conversions, sign extension. */
const isIntegerOperator = (op: number): boolean =>
  (op >= 0x45 && op <= 0x5a) ||
  (op >= 0x67 && op <= 0x8a) ||
  op === 0xa7 ||
  op === 0xac ||
  op === 0xad ||
  (op >= 0xc0 && op <= 0xc4);

/** Decodes a body: the types of its locals (without parameters) and its instructions up to the last `end`. */
export function decodeBody(module: Module, body: Body): { locals: number; code: Decoded[] } {
  const reader = new Reader(module.bytes, body.start, body.end);
  let locals = 0;
  for (let groups = reader.u32(); groups > 0; groups--) {
    locals += reader.u32();
    valueType(reader);
  }
  const code: Decoded[] = [];
  while (!reader.atEnd) {
    const decoded = decodeOne(reader);
    const isGlobal = decoded.op === W.globalGet || decoded.op === W.globalSet;
    const refusal = isGlobal ? module.refusedGlobals.get(decoded.index) : undefined;
    if (refusal !== undefined) throw refusal;
    code.push(decoded);
  }
  return { locals, code };
}

function decodeOne(reader: Reader): Decoded {
  const offset = reader.offset;
  const op = reader.byte();
  const decoded: Decoded = { op, offset, index: 0, value: 0n };
  switch (op) {
    case W.block:
    case W.loop:
    case W.if:
      decoded.index = blockArity(reader);
      return decoded;
    case W.br:
    case W.brIf:
    case W.call:
    case W.localGet:
    case W.localSet:
    case W.localTee:
    case W.globalGet:
    case W.globalSet:
      decoded.index = reader.u32();
      return decoded;
    case W.brTable: {
      decoded.targets = [];
      for (let count = reader.u32() + 1; count > 0; count--) decoded.targets.push(reader.u32());
      return decoded;
    }
    case W.memorySize:
      reader.byte();
      return decoded;
    case W.i32Const:
      decoded.value = BigInt.asUintN(32, reader.i32());
      return decoded;
    case W.i64Const:
      decoded.value = BigInt.asUintN(64, reader.i64());
      return decoded;
    default:
      return decodeRegular(reader, decoded);
  }
}

function decodeRegular(reader: Reader, decoded: Decoded): Decoded {
  const { op, offset } = decoded;
  const refused = REFUSED[op];
  if (refused !== undefined) throw new RefusedModule(refused, offset);
  if (op >= W.firstLoad && op < W.memorySize) {
    reader.u32(); // the alignment is a hint
    decoded.index = reader.u32();
    return decoded;
  }
  const isPlain = op <= W.nop || op === W.else || op === W.end || op === W.return || op === W.drop || op === W.select;
  if (isPlain || isIntegerOperator(op)) return decoded;
  if (op === 0xfc) {
    const sub = reader.u32();
    throw new RefusedModule(sub < 8 ? "saturating truncation" : (BULK[sub - 8] ?? "unknown instruction"), offset);
  }
  const isFloat = op > 0x5a && op < 0xc0;
  throw new RefusedModule(isFloat ? `float operator 0x${op.toString(16)}` : `instruction 0x${op.toString(16)}`, offset);
}

/** 0 or 1. */
function blockArity(reader: Reader): number {
  const at = reader.offset;
  const byte = reader.bytes[at];
  if (byte === 0x40) {
    reader.byte();
    return 0;
  }
  if ((byte & 0xc0) === 0x40) {
    valueType(reader);
    return 1;
  }
  throw new RefusedModule("block with a type index (multi-value)", at);
}
