import { requireValid } from "../bytes";
import { SIZE, type Curve, type Place } from "./curve";

/*
 * EIP-2537. A field element is 64 bytes (16 of them zero), a point of G1 128 bytes, of G2 256; all zeros is infinity. Twin of
 * test/node/precompiles/noble/bls12381.ts.
 */
/** Of the field, big-endian. */
export const BLS12381_MODULUS = Uint8Array.from(
  Buffer.from(
    "1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaab",
    "hex",
  ),
);
const ELEMENT = 64;
const PADDING = 16;
const G1_BYTES = 128;
const G2_BYTES = 256;
const SCALAR = 32;

/** 0x0b. No subgroup check, as the EIP has it. */
export function g1Add(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length === 2 * G1_BYTES, "length");
  curve.begin(2 * SIZE.g1);
  const [a, b] = [curve.take(SIZE.g1), curve.take(SIZE.g1)];
  readG1(curve, a, input, 0);
  readG1(curve, b, input, G1_BYTES);
  curve.mcl._mclBnG1_add(a, a, b);
  return encodeG1(curve, a);
}

/** 0x0c. Points are checked to be in the subgroup. */
export function g1Msm(curve: Curve, input: Uint8Array): Uint8Array {
  const each = G1_BYTES + SCALAR;
  requireValid(input.length > 0 && input.length % each === 0, "length");
  const most = input.length / each;
  curve.begin(most * (SIZE.g1 + SIZE.fr) + SIZE.g1);
  const points = curve.take(most * SIZE.g1);
  const scalars = curve.take(most * SIZE.fr);
  let count = 0;
  for (let at = 0; at < input.length; at += each) {
    const isZero = readG1(curve, points + count * SIZE.g1, input, at, true);
    if (readScalar(curve, scalars + count * SIZE.fr, input, at + G1_BYTES) && !isZero) count++;
  }
  const sum = curve.take(SIZE.g1);
  if (count === 0) curve.mcl._mclBnG1_clear(sum);
  else curve.mcl._mclBnG1_mulVec(sum, points, scalars, count);
  return encodeG1(curve, sum);
}

/** 0x0d. No subgroup check. */
export function g2Add(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length === 2 * G2_BYTES, "length");
  curve.begin(2 * SIZE.g2);
  const [a, b] = [curve.take(SIZE.g2), curve.take(SIZE.g2)];
  readG2(curve, a, input, 0);
  readG2(curve, b, input, G2_BYTES);
  curve.mcl._mclBnG2_add(a, a, b);
  return encodeG2(curve, a);
}

/** 0x0e. Points are checked to be in the subgroup. */
export function g2Msm(curve: Curve, input: Uint8Array): Uint8Array {
  const each = G2_BYTES + SCALAR;
  requireValid(input.length > 0 && input.length % each === 0, "length");
  const most = input.length / each;
  curve.begin(most * (SIZE.g2 + SIZE.fr) + SIZE.g2);
  const points = curve.take(most * SIZE.g2);
  const scalars = curve.take(most * SIZE.fr);
  let count = 0;
  for (let at = 0; at < input.length; at += each) {
    const isZero = readG2(curve, points + count * SIZE.g2, input, at, true);
    if (readScalar(curve, scalars + count * SIZE.fr, input, at + G2_BYTES) && !isZero) count++;
  }
  const sum = curve.take(SIZE.g2);
  if (count === 0) curve.mcl._mclBnG2_clear(sum);
  else curve.mcl._mclBnG2_mulVec(sum, points, scalars, count);
  return encodeG2(curve, sum);
}

/** 0x0f: 1 if the product of pairings is one, else 0. */
export function blsPairing(curve: Curve, input: Uint8Array): Uint8Array {
  const each = G1_BYTES + G2_BYTES;
  requireValid(input.length > 0 && input.length % each === 0, "length");
  const most = input.length / each;
  curve.begin(most * (SIZE.g1 + SIZE.g2) + SIZE.gt);
  const points = curve.take(most * SIZE.g1);
  const twists = curve.take(most * SIZE.g2);
  let count = 0;
  for (let at = 0; at < input.length; at += each) {
    const isZero = readG1(curve, points + count * SIZE.g1, input, at, true);
    if (!readG2(curve, twists + count * SIZE.g2, input, at + G1_BYTES, true) && !isZero) count++;
  }
  const output = new Uint8Array(32);
  output[31] = curve.isPairingOne(points, twists, count) ? 1 : 0;
  return output;
}

/** 0x10 */
export function mapToG1(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length === ELEMENT, "length");
  curve.begin(SIZE.fp + SIZE.g1);
  const element = curve.take(SIZE.fp);
  readElement(curve, element, input, 0);
  const point = curve.take(SIZE.g1);
  requireValid(curve.mcl._mclBnFp_mapToG1(point, element) === 0, "map");
  return encodeG1(curve, point);
}

/** 0x11 */
export function mapToG2(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length === 2 * ELEMENT, "length");
  curve.begin(SIZE.fp2 + SIZE.g2);
  const element = curve.take(SIZE.fp2);
  readElement(curve, element, input, 0);
  readElement(curve, element + SIZE.fp, input, ELEMENT);
  const point = curve.take(SIZE.g2);
  requireValid(curve.mcl._mclBnFp2_mapToG2(point, element) === 0, "map");
  return encodeG2(curve, point);
}

function readElement(curve: Curve, x: Place, input: Uint8Array, at: number): void {
  for (let i = 0; i < PADDING; i++) requireValid(input[at + i] === 0, "field element");
  curve.readField(x, input.subarray(at + PADDING, at + ELEMENT));
}

/** @returns whether it is not zero modulo the order. */
function readScalar(curve: Curve, scalar: Place, input: Uint8Array, at: number): boolean {
  curve.readScalar(scalar, input.subarray(at, at + SCALAR));
  return curve.mcl._mclBnFr_isZero(scalar) === 0;
}

/** @returns whether it is infinity. */
function readG1(curve: Curve, point: Place, input: Uint8Array, at: number, inSubgroup = false): boolean {
  for (let i = 0; i < 2; i++) readElement(curve, point + i * SIZE.fp, input, at + i * ELEMENT);
  if (curve.completeG1(point)) return true;
  requireValid(curve.mcl._mclBnG1_isValid(point) === 1, "not on the curve");
  if (inSubgroup) requireValid(curve.mcl._mclBnG1_isValidOrder(point) === 1, "not in the subgroup");
  return false;
}

function readG2(curve: Curve, point: Place, input: Uint8Array, at: number, inSubgroup = false): boolean {
  for (let i = 0; i < 4; i++) readElement(curve, point + i * SIZE.fp, input, at + i * ELEMENT);
  if (curve.completeG2(point)) return true;
  requireValid(curve.mcl._mclBnG2_isValid(point) === 1, "not on the curve");
  if (inSubgroup) requireValid(curve.mcl._mclBnG2_isValidOrder(point) === 1, "not in the subgroup");
  return false;
}

function encodeG1(curve: Curve, point: Place): Uint8Array {
  const output = new Uint8Array(G1_BYTES);
  if (curve.mcl._mclBnG1_isZero(point) === 1) return output;
  curve.mcl._mclBnG1_normalize(point, point);
  for (let i = 0; i < 2; i++) curve.writeField(point + i * SIZE.fp, output, i * ELEMENT, ELEMENT);
  return output;
}

function encodeG2(curve: Curve, point: Place): Uint8Array {
  const output = new Uint8Array(G2_BYTES);
  if (curve.mcl._mclBnG2_isZero(point) === 1) return output;
  curve.mcl._mclBnG2_normalize(point, point);
  for (let i = 0; i < 4; i++) curve.writeField(point + i * SIZE.fp, output, i * ELEMENT, ELEMENT);
  return output;
}
