import { Binary, Load, Op, Store } from "../isa";

/** How a WebAssembly operator of two operands is done: `swap` exchanges them. */
export type BinaryRule = { fn: number; is64: boolean; swap: boolean };

const COMPARISONS: [fn: number, swap: boolean][] = [
  [Binary.eq, false],
  [Binary.ne, false],
  [Binary.ltS, false],
  [Binary.ltU, false],
  [Binary.ltS, true], // gt
  [Binary.ltU, true],
  [Binary.geS, true], // le
  [Binary.geU, true],
  [Binary.geS, false],
  [Binary.geU, false],
];

const ARITHMETIC = [
  Binary.add,
  Binary.sub,
  Binary.mul,
  Binary.divS,
  Binary.divU,
  Binary.remS,
  Binary.remU,
  Binary.and,
  Binary.or,
  Binary.xor,
  Binary.shl,
  Binary.shrS,
  Binary.shrU,
  Binary.rotl,
  Binary.rotr,
];

function binaryRules(): Map<number, BinaryRule> {
  const rules = new Map<number, BinaryRule>();
  COMPARISONS.forEach(([fn, swap], i) => {
    rules.set(0x46 + i, { fn, is64: false, swap });
    rules.set(0x51 + i, { fn, is64: true, swap });
  });
  ARITHMETIC.forEach((fn, i) => {
    rules.set(0x6a + i, { fn, is64: false, swap: false });
    rules.set(0x7c + i, { fn, is64: true, swap: false });
  });
  return rules;
}

/** WebAssembly opcode -> rule. */
export const BINARY_RULES: ReadonlyMap<number, BinaryRule> = binaryRules();

/** WebAssembly opcode -> unary instruction. `i32.wrap_i64` and `i64.extend_i32_u` need none and are not here, nor is `eqz`. */
export const UNARY_RULES: ReadonlyMap<number, number> = new Map<number, number>([
  [0x67, Op.clz32],
  [0x68, Op.ctz32],
  [0x69, Op.popcnt32],
  [0x79, Op.clz64],
  [0x7a, Op.ctz64],
  [0x7b, Op.popcnt64],
  [0xac, Op.extend32To64],
  [0xc0, Op.extend8To32],
  [0xc1, Op.extend16To32],
  [0xc2, Op.extend8To64],
  [0xc3, Op.extend16To64],
  [0xc4, Op.extend32To64],
]);

export const I32_EQZ = 0x45;
export const I64_EQZ = 0x50;
export const WRAP = 0xa7;
export const EXTEND_U = 0xad;

/** WebAssembly opcode -> kind of load. */
export const LOAD_RULES: ReadonlyMap<number, number> = new Map<number, number>([
  [0x28, Load.u32],
  [0x29, Load.u64],
  [0x2c, Load.s8To32],
  [0x2d, Load.u8],
  [0x2e, Load.s16To32],
  [0x2f, Load.u16],
  [0x30, Load.s8To64],
  [0x31, Load.u8],
  [0x32, Load.s16To64],
  [0x33, Load.u16],
  [0x34, Load.s32To64],
  [0x35, Load.u32],
]);

/** WebAssembly opcode -> kind of store. */
export const STORE_RULES: ReadonlyMap<number, number> = new Map<number, number>([
  [0x36, Store.u32],
  [0x37, Store.u64],
  [0x3a, Store.u8],
  [0x3b, Store.u16],
  [0x3c, Store.u8],
  [0x3d, Store.u16],
  [0x3e, Store.u32],
]);

/** Instructions of the host calls. */
export const HOST_OPS: Record<string, number> = {
  input: Op.input,
  output: Op.output,
  preimage: Op.preimage,
  inbox: Op.inbox,
  hint: Op.hint,
};

const COMMUTATIVE = new Set<number>([Binary.add, Binary.mul, Binary.and, Binary.or, Binary.xor, Binary.eq, Binary.ne]);

/**
 * `c fn x` rewritten as `x fn' c'`, for a constant c.
 * @returns undefined where there is none.
 */
export function constantToTheRight(fn: number, c: bigint, bits: 32 | 64): { fn: number; c: bigint } | undefined {
  if (COMMUTATIVE.has(fn)) return { fn, c };
  const isSigned = fn === Binary.ltS || fn === Binary.geS;
  if (!isSigned && fn !== Binary.ltU && fn !== Binary.geU) return undefined;
  const most = isSigned ? (1n << BigInt(bits - 1)) - 1n : (1n << BigInt(bits)) - 1n;
  if (c === most) return undefined;
  // c < x is x >= c + 1; c >= x is x < c + 1
  const opposite: Record<number, number> = {
    [Binary.ltS]: Binary.geS,
    [Binary.geS]: Binary.ltS,
    [Binary.ltU]: Binary.geU,
    [Binary.geU]: Binary.ltU,
  };
  return { fn: opposite[fn], c: BigInt.asUintN(bits, c + 1n) };
}
