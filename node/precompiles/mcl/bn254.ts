import { requireValid, slice } from "../bytes";
import { SIZE, type Curve, type Place } from "./curve";

/** Of the field, big-endian. */
export const BN254_MODULUS = Uint8Array.from(
  Buffer.from("30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47", "hex"),
);
const WORD = 32;
const POINT_BYTES = 64;
const PAIR_BYTES = 192;

/** 0x06 BN254 ADD: the sum of two points. Source: EIP-196. Twin of test/node/precompiles/noble/bn254.ts. */
export function bn254Add(curve: Curve, input: Uint8Array): Uint8Array {
  curve.begin(2 * SIZE.g1);
  const bytes = slice(input, 0, 2 * POINT_BYTES);
  const [a, b] = [readG1(curve, bytes, 0), readG1(curve, bytes, POINT_BYTES)];
  curve.mcl._mclBnG1_add(a, a, b);
  return encode(curve, a);
}

/** 0x07 BN254 MUL: a point times any 256-bit number. Source: EIP-196. */
export function bn254Mul(curve: Curve, input: Uint8Array): Uint8Array {
  curve.begin(SIZE.g1 + SIZE.fr);
  const bytes = slice(input, 0, POINT_BYTES + WORD);
  const point = readG1(curve, bytes, 0);
  const scalar = curve.take(SIZE.fr);
  curve.readScalar(scalar, bytes.subarray(POINT_BYTES));
  curve.mcl._mclBnG1_mul(point, point, scalar);
  return encode(curve, point);
}

/** 0x08 BN254 PAIRING: 1 if the product of pairings is one, else 0. Source: EIP-197. */
export function bn254Pairing(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length % PAIR_BYTES === 0, "length");
  const most = input.length / PAIR_BYTES;
  curve.begin(most * (SIZE.g1 + SIZE.g2) + SIZE.gt);
  const points = curve.take(most * SIZE.g1);
  const twists = curve.take(most * SIZE.g2);
  let count = 0;
  for (let at = 0; at < input.length; at += PAIR_BYTES) {
    const isZero = readG1At(curve, points + count * SIZE.g1, input, at);
    if (!readG2At(curve, twists + count * SIZE.g2, input, at + POINT_BYTES) && !isZero) count++;
  }
  const output = new Uint8Array(WORD);
  output[WORD - 1] = curve.isPairingOne(points, twists, count) ? 1 : 0;
  return output;
}

function readG1(curve: Curve, input: Uint8Array, at: number): Place {
  const point = curve.take(SIZE.g1);
  readG1At(curve, point, input, at);
  return point;
}

/** @returns whether it is infinity. */
function readG1At(curve: Curve, point: Place, input: Uint8Array, at: number): boolean {
  curve.readField(point, input.subarray(at, at + WORD));
  curve.readField(point + SIZE.fp, input.subarray(at + WORD, at + 2 * WORD));
  if (curve.completeG1(point)) return true;
  requireValid(curve.mcl._mclBnG1_isValid(point) === 1, "not on the curve");
  return false;
}

/** Imaginary parts come first. @returns whether it is infinity. */
function readG2At(curve: Curve, point: Place, input: Uint8Array, at: number): boolean {
  [1, 0, 3, 2].forEach((place, i) =>
    curve.readField(point + place * SIZE.fp, input.subarray(at + i * WORD, at + (i + 1) * WORD)),
  );
  if (curve.completeG2(point)) return true;
  requireValid(curve.mcl._mclBnG2_isValid(point) === 1, "not on the curve");
  requireValid(curve.mcl._mclBnG2_isValidOrder(point) === 1, "not in the subgroup");
  return false;
}

function encode(curve: Curve, point: Place): Uint8Array {
  const output = new Uint8Array(POINT_BYTES);
  if (curve.mcl._mclBnG1_isZero(point) === 1) return output;
  curve.mcl._mclBnG1_normalize(point, point);
  curve.writeField(point, output, 0, WORD);
  curve.writeField(point + SIZE.fp, output, WORD, WORD);
  return output;
}
