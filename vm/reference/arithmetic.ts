import { Binary, Condition, Op } from "../isa";
import { Status } from "../types";

/** A number, or the trap instead of it. */
export type Result = { value: bigint } | { trap: Status };

/**
 * A function of two operands, as in the table of docs/spec/04-vm.md#isa.
 * @param bits - 32 or 64; operands are unsigned and below 2^bits, and so is the result.
 */
export function binary(fn: number, x: bigint, y: bigint, bits: 32 | 64): Result {
  const wrap = (value: bigint): Result => ({ value: BigInt.asUintN(bits, value) });
  const signed = (value: bigint): bigint => BigInt.asIntN(bits, value);
  const count = y % BigInt(bits);
  switch (fn) {
    case Binary.add:
      return wrap(x + y);
    case Binary.sub:
      return wrap(x - y);
    case Binary.mul:
      return wrap(x * y);
    case Binary.divS:
      if (y === 0n) return { trap: Status.divisionByZero };
      if (signed(x) === -(1n << BigInt(bits - 1)) && signed(y) === -1n) return { trap: Status.integerOverflow };
      return wrap(signed(x) / signed(y));
    case Binary.divU:
      return y === 0n ? { trap: Status.divisionByZero } : wrap(x / y);
    case Binary.remS:
      return y === 0n ? { trap: Status.divisionByZero } : wrap(signed(x) % signed(y));
    case Binary.remU:
      return y === 0n ? { trap: Status.divisionByZero } : wrap(x % y);
    case Binary.and:
      return wrap(x & y);
    case Binary.or:
      return wrap(x | y);
    case Binary.xor:
      return wrap(x ^ y);
    case Binary.shl:
      return wrap(x << count);
    case Binary.shrS:
      return wrap(signed(x) >> count);
    case Binary.shrU:
      return wrap(x >> count);
    case Binary.rotl:
      return wrap((x << count) | (x >> (BigInt(bits) - count)));
    case Binary.rotr:
      return wrap((x >> count) | (x << (BigInt(bits) - count)));
    default:
      return { value: holds(fn - Binary.eq, x, y, bits) ? 1n : 0n };
  }
}

/** Whether `x condition y`. */
export function holds(condition: number, x: bigint, y: bigint, bits: 32 | 64): boolean {
  switch (condition) {
    case Condition.eq:
      return x === y;
    case Condition.ne:
      return x !== y;
    case Condition.ltS:
      return BigInt.asIntN(bits, x) < BigInt.asIntN(bits, y);
    case Condition.geS:
      return BigInt.asIntN(bits, x) >= BigInt.asIntN(bits, y);
    case Condition.ltU:
      return x < y;
    default:
      return x >= y;
  }
}

/** A function of one slot; `x` is the whole slot. */
export function unary(op: number, x: bigint): bigint {
  const low = BigInt.asUintN(32, x);
  switch (op) {
    case Op.wrap:
      return low;
    case Op.clz32:
      return leadingZeros(low, 32);
    case Op.ctz32:
      return trailingZeros(low, 32);
    case Op.popcnt32:
      return ones(low);
    case Op.extend8To32:
      return BigInt.asUintN(32, BigInt.asIntN(8, x));
    case Op.extend16To32:
      return BigInt.asUintN(32, BigInt.asIntN(16, x));
    case Op.clz64:
      return leadingZeros(x, 64);
    case Op.ctz64:
      return trailingZeros(x, 64);
    case Op.popcnt64:
      return ones(x);
    case Op.extend8To64:
      return BigInt.asUintN(64, BigInt.asIntN(8, x));
    case Op.extend16To64:
      return BigInt.asUintN(64, BigInt.asIntN(16, x));
    case Op.extend32To64:
      return BigInt.asUintN(64, BigInt.asIntN(32, x));
    default:
      return x;
  }
}

function leadingZeros(x: bigint, bits: number): bigint {
  return BigInt(x === 0n ? bits : bits - x.toString(2).length);
}

function trailingZeros(x: bigint, bits: number): bigint {
  if (x === 0n) return BigInt(bits);
  return BigInt((x & -x).toString(2).length - 1);
}

function ones(x: bigint): bigint {
  return BigInt(x.toString(2).replaceAll("0", "").length);
}
