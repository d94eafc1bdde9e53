import { bn254 } from "@noble/curves/bn254.js";
import { requireValid, slice, toBigInt, toBytes } from "../../../../node/precompiles/bytes";

const { Fp, Fp2, Fp12, Fr } = bn254.fields;
const G1 = bn254.G1.Point;
const G2 = bn254.G2.Point;
type PointG1 = typeof G1.BASE;
type PointG2 = typeof G2.BASE;

/** 0x06 BN254 ADD: the sum of two points. Source: EIP-196. */
export function bn254Add(input: Uint8Array): Uint8Array {
  return encode(readG1(input, 0).add(readG1(input, 64)));
}

/** 0x07 BN254 MUL: a point times any 256-bit number. Source: EIP-196. */
export function bn254Mul(input: Uint8Array): Uint8Array {
  const scalar = Fr.create(toBigInt(slice(input, 64, 32)));
  return encode(readG1(input, 0).multiplyUnsafe(scalar));
}

/** 0x08 BN254 PAIRING: 1 if the product of pairings is one, else 0. Source: EIP-197. */
export function bn254Pairing(input: Uint8Array): Uint8Array {
  requireValid(input.length % 192 === 0, "length");
  const pairs: { g1: PointG1; g2: PointG2 }[] = [];
  for (let at = 0; at < input.length; at += 192) {
    const g1 = readG1(input, at);
    const g2 = readG2(input, at + 64);
    if (!g1.is0() && !g2.is0()) pairs.push({ g1, g2 });
  }
  return toBytes(Fp12.eql(bn254.pairingBatch(pairs), Fp12.ONE) ? 1n : 0n, 32);
}

function coordinate(input: Uint8Array, at: number): bigint {
  const value = toBigInt(slice(input, at, 32));
  requireValid(value < Fp.ORDER, "coordinate");
  return value;
}

function readG1(input: Uint8Array, at: number): PointG1 {
  const x = coordinate(input, at);
  const y = coordinate(input, at + 32);
  if (x === 0n && y === 0n) return G1.ZERO;
  requireValid(Fp.eql(Fp.sqr(y), Fp.add(Fp.mul(Fp.sqr(x), x), 3n)), "not on the curve");
  return G1.fromAffine({ x, y });
}

function readG2(input: Uint8Array, at: number): PointG2 {
  const x = Fp2.fromBigTuple([coordinate(input, at + 32), coordinate(input, at)]);
  const y = Fp2.fromBigTuple([coordinate(input, at + 96), coordinate(input, at + 64)]);
  if (Fp2.is0(x) && Fp2.is0(y)) return G2.ZERO;
  requireValid(Fp2.eql(Fp2.sqr(y), Fp2.add(Fp2.mul(Fp2.sqr(x), x), G2.CURVE().b)), "not on the curve");
  const point = G2.fromAffine({ x, y });
  requireValid(
    point
      .multiplyUnsafe(Fr.ORDER - 1n)
      .add(point)
      .is0(),
    "not in the subgroup",
  );
  return point;
}

function encode(point: PointG1): Uint8Array {
  const output = new Uint8Array(64);
  if (point.is0()) return output;
  const { x, y } = point.toAffine();
  output.set(toBytes(x, 32));
  output.set(toBytes(y, 32), 32);
  return output;
}
