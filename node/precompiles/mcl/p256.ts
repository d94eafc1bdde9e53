import { InvalidInput, requireValid } from "../bytes";
import { SIZE, type Curve } from "./curve";

/** Of the field, and the group's order; big-endian. */
export const P256_MODULUS = Uint8Array.from(
  Buffer.from("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff", "hex"),
);
const ORDER_HEX = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
const ORDER = Uint8Array.from(Buffer.from(ORDER_HEX, "hex"));
const ORDER_NUMBER = BigInt(`0x${ORDER_HEX}`);
const WORD = 32;

/** 0x100 P256VERIFY: 1 in 32 bytes, or nothing where the signature is not valid; never fails. Source: EIP-7951. Twin of test/node/precompiles/noble/p256.ts. */
export function p256Verify(curve: Curve, input: Uint8Array): Uint8Array {
  const none = new Uint8Array(0);
  if (input.length !== 5 * WORD) return none;
  const [hash, r, s, x, y] = Array.from({ length: 5 }, (_, i) => input.subarray(i * WORD, (i + 1) * WORD));
  if (!isScalar(r) || !isScalar(s)) return none;
  const { mcl } = curve;
  curve.begin(3 * SIZE.g1 + 4 * SIZE.fr);
  const points = curve.take(2 * SIZE.g1);
  const key = points + SIZE.g1;
  try {
    curve.readField(key, x);
    curve.readField(key + SIZE.fp, y);
    requireValid(!curve.completeG1(key) && mcl._mclBnG1_isValid(key) === 1, "not on the curve");
  } catch (error) {
    if (error instanceof InvalidInput) return none;
    throw error;
  }
  mcl._mclBnG1_getBasePoint(points);
  // R = (hash / s) G + (r / s) key
  const scalars = curve.take(2 * SIZE.fr);
  const [inverse, ofR] = [curve.take(SIZE.fr), scalars + SIZE.fr];
  curve.readScalar(inverse, s);
  mcl._mclBnFr_inv(inverse, inverse);
  curve.readScalar(scalars, hash);
  curve.readScalar(ofR, r);
  for (const scalar of [scalars, ofR]) mcl._mclBnFr_mul(scalar, scalar, inverse);
  const sum = curve.take(SIZE.g1);
  mcl._mclBnG1_mulVec(sum, points, scalars, 2);
  if (mcl._mclBnG1_isZero(sum) === 1) return none;
  mcl._mclBnG1_normalize(sum, sum);
  const found = new Uint8Array(WORD);
  curve.writeField(sum, found, 0, WORD);
  if (toNumber(found) % ORDER_NUMBER !== toNumber(r)) return none;
  const output = new Uint8Array(WORD);
  output[WORD - 1] = 1;
  return output;
}

/** From 1 to the order - 1. */
function isScalar(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, ORDER) < 0 && bytes.some((byte) => byte !== 0);
}

function toNumber(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
}
