import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { requireValid, slice, toBigInt, toBytes } from "../../../../node/precompiles/bytes";

/*
 * EIP-2537. A field element is 64 bytes (16 of them zero), a point of G1 128 bytes, of G2 256; all zeros is infinity.
 */
const { Fp, Fp2, Fp12, Fr } = bls.fields;
const G1 = bls.G1.Point;
const G2 = bls.G2.Point;
type PointG1 = typeof G1.BASE;
type PointG2 = typeof G2.BASE;

/** 0x0b. No subgroup check, as the EIP has it. */
export function g1Add(input: Uint8Array): Uint8Array {
  requireValid(input.length === 256, "length");
  return encodeG1(readG1(input, 0).add(readG1(input, 128)));
}

/** 0x0c. Points are checked to be in the subgroup. */
export function g1Msm(input: Uint8Array): Uint8Array {
  requireValid(input.length > 0 && input.length % 160 === 0, "length");
  let sum = G1.ZERO;
  for (let at = 0; at < input.length; at += 160) {
    const point = requireSubgroup(readG1(input, at));
    sum = sum.add(point.multiplyUnsafe(Fr.create(toBigInt(slice(input, at + 128, 32)))));
  }
  return encodeG1(sum);
}

/** 0x0d. No subgroup check. */
export function g2Add(input: Uint8Array): Uint8Array {
  requireValid(input.length === 512, "length");
  return encodeG2(readG2(input, 0).add(readG2(input, 256)));
}

/** 0x0e. Points are checked to be in the subgroup. */
export function g2Msm(input: Uint8Array): Uint8Array {
  requireValid(input.length > 0 && input.length % 288 === 0, "length");
  let sum = G2.ZERO;
  for (let at = 0; at < input.length; at += 288) {
    const point = requireSubgroup(readG2(input, at));
    sum = sum.add(point.multiplyUnsafe(Fr.create(toBigInt(slice(input, at + 256, 32)))));
  }
  return encodeG2(sum);
}

/** 0x0f: 1 if the product of pairings is one, else 0. */
export function blsPairing(input: Uint8Array): Uint8Array {
  requireValid(input.length > 0 && input.length % 384 === 0, "length");
  const pairs: { g1: PointG1; g2: PointG2 }[] = [];
  for (let at = 0; at < input.length; at += 384) {
    const g1 = requireSubgroup(readG1(input, at));
    const g2 = requireSubgroup(readG2(input, at + 128));
    if (!g1.is0() && !g2.is0()) pairs.push({ g1, g2 });
  }
  return toBytes(Fp12.eql(bls.pairingBatch(pairs), Fp12.ONE) ? 1n : 0n, 32);
}

/** 0x10 */
export function mapToG1(input: Uint8Array): Uint8Array {
  requireValid(input.length === 64, "length");
  // The library's types ask for an array here, its code for the bare number.
  const map = bls.G1.mapToCurve as unknown as (element: bigint) => PointG1;
  return encodeG1(map(readField(input, 0)));
}

/** 0x11 */
export function mapToG2(input: Uint8Array): Uint8Array {
  requireValid(input.length === 128, "length");
  return encodeG2(bls.G2.mapToCurve([readField(input, 0), readField(input, 64)]) as unknown as PointG2);
}

function readField(input: Uint8Array, at: number): bigint {
  const value = toBigInt(slice(input, at, 64));
  requireValid(value < Fp.ORDER, "field element");
  return value;
}

function readG1(input: Uint8Array, at: number): PointG1 {
  const x = readField(input, at);
  const y = readField(input, at + 64);
  if (x === 0n && y === 0n) return G1.ZERO;
  requireValid(Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), 4n)), "not on the curve");
  return G1.fromAffine({ x, y });
}

function readG2(input: Uint8Array, at: number): PointG2 {
  const x = Fp2.fromBigTuple([readField(input, at), readField(input, at + 64)]);
  const y = Fp2.fromBigTuple([readField(input, at + 128), readField(input, at + 192)]);
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.ZERO;
  requireValid(Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.CURVE().b)), "not on the curve");
  return G2.fromAffine({ x, y });
}

function requireSubgroup<P extends { is0(): boolean; isTorsionFree(): boolean }>(point: P): P {
  requireValid(point.is0() || point.isTorsionFree(), "not in the subgroup");
  return point;
}

function encodeG1(point: PointG1): Uint8Array {
  const output = new Uint8Array(128);
  if (point.is0()) return output;
  const { x, y } = point.toAffine();
  output.set(toBytes(x, 64));
  output.set(toBytes(y, 64), 64);
  return output;
}

function encodeG2(point: PointG2): Uint8Array {
  const output = new Uint8Array(256);
  if (point.is0()) return output;
  const { x, y } = point.toAffine();
  [x.c0, x.c1, y.c0, y.c1].forEach((part, index) => output.set(toBytes(part, 64), index * 64));
  return output;
}
