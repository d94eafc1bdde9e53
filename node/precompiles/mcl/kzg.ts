import { createHash } from "node:crypto";
import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { isOpening } from "../../kzg/kzg";
import { requireValid, slice, toBytes } from "../bytes";
import { SIZE, type Curve, type Place } from "./curve";

const { Fp, Fr } = bls.fields;
const G2 = bls.G2.Point;
/** The secret of the ceremony times the generator of G2: the one point of the trusted setup that opening a commitment needs. */
export const SETUP_G2 =
  "b5bfd7dd8cdeb128843bc287230af38926187075cbfbefa81009a2ce615ac53d2914e5870cb452d2afaaab24f3499f72185cbfee53492714734429b7b38608e23926c911cceceac9a36851477ba4c60b087041de621000edc98edada20c1def2";
export const FIELD_ELEMENTS_PER_BLOB = 4096n;
const FIELD_BYTES = 48;
const CURVE_B = 4;
const SCALAR_ORDER = toBytes(Fr.ORDER, 32);
/** The largest y that is not the larger of the two with its x. */
const HALF = toBytes((Fp.ORDER - 1n) / 2n, FIELD_BYTES);
/** The three highest bits of a compressed point: that it is one, that it is infinity, that its y is the larger one. */
const FLAG = { compressed: 0x80, infinity: 0x40, larger: 0x20 } as const;

const { x: GENERATOR_X, y: GENERATOR_Y } = bls.G1.Point.BASE.toAffine();
const GENERATOR = [GENERATOR_X, GENERATOR_Y].map((coordinate) => toBytes(coordinate, FIELD_BYTES));

/** Lines of -G2's generator and of the setup's point, which all evaluations share. */
interface Lines {
  minusGenerator: Place;
  setup: Place;
}
/** What an equation is about; `left` holds the commitment. */
interface Opening {
  left: Place;
  proof: Place;
  z: Uint8Array;
  y: Uint8Array;
}
const linesOf = new WeakMap<Curve, Lines>();

/** So many equations are decided in WebAssembly before the native library, which takes two seconds to open, is worth it. */
export const EQUATIONS_BEFORE_NATIVE = 32;
let equations = 0;

/**
 * 0x0a POINT EVALUATION: that the polynomial behind a commitment takes the value y at z.
 * Input: versioned hash (32) | z (32) | y (32) | commitment (48) | proof (48). Source: EIP-4844. Twin of test/node/precompiles/noble/kzg.ts.
 */
export function pointEvaluation(curve: Curve, input: Uint8Array): Uint8Array {
  requireValid(input.length === 192, "length");
  const commitment = input.subarray(96, 144);
  const versionedHash = createHash("sha256").update(commitment).digest();
  versionedHash[0] = 1;
  requireValid(versionedHash.equals(input.subarray(0, 32)), "versioned hash");
  const [z, y] = [input.subarray(32, 64), input.subarray(64, 96)];
  for (const scalar of [z, y]) requireValid(Buffer.compare(scalar, SCALAR_ORDER) < 0, "field element");
  const lines = linesOf.get(curve) ?? prepareLines(curve);
  curve.begin(5 * SIZE.g1 + 2 * SIZE.fr + SIZE.gt + FIELD_BYTES);
  const left = curve.take(SIZE.g1);
  readCompressed(curve, left, commitment);
  const proof = curve.take(SIZE.g1);
  const proofBytes = input.subarray(144, 192);
  readCompressed(curve, proof, proofBytes);
  const isNative = ++equations > EQUATIONS_BEFORE_NATIVE;
  const known = isNative ? isOpening(commitment, z, y, proofBytes) : null;
  requireValid(known ?? isOpened(curve, { left, proof, z, y }, lines), "proof");
  const output = new Uint8Array(64);
  output.set(toBytes(FIELD_ELEMENTS_PER_BLOB, 32));
  output.set(SCALAR_ORDER, 32);
  return output;
}

/** e(C - y G + z proof, -G2) e(proof, s G2) = 1: both points of G2 are fixed. C is overwritten. */
function isOpened(curve: Curve, { left, proof, z, y }: Opening, lines: Lines): boolean {
  const { mcl } = curve;
  const terms = curve.take(2 * SIZE.g1);
  const scalars = curve.take(2 * SIZE.fr);
  GENERATOR.forEach((coordinate, i) => curve.readField(terms + i * SIZE.fp, coordinate));
  curve.completeG1(terms);
  curve.readScalar(scalars, y);
  mcl._mclBnFr_neg(scalars, scalars);
  curve.copy(terms + SIZE.g1, proof, SIZE.g1);
  curve.readScalar(scalars + SIZE.fr, z);
  const sum = curve.take(SIZE.g1);
  mcl._mclBnG1_mulVec(sum, terms, scalars, 2);
  mcl._mclBnG1_add(left, left, sum);
  return isProductOne(curve, left, proof, lines);
}

function isProductOne(curve: Curve, left: Place, proof: Place, { minusGenerator, setup }: Lines): boolean {
  const { mcl } = curve;
  const [isLeftZero, isProofZero] = [left, proof].map((point) => mcl._mclBnG1_isZero(point) === 1);
  // The pairing of a point that is not infinity with either of the fixed ones is not one.
  if (isLeftZero || isProofZero) return isLeftZero && isProofZero;
  for (const point of [left, proof]) mcl._mclBnG1_normalize(point, point);
  const product = curve.take(SIZE.gt);
  mcl._mclBn_precomputedMillerLoop2(product, left, minusGenerator, proof, setup);
  mcl._mclBn_finalExp(product, product);
  return mcl._mclBnGT_isOne(product) === 1;
}

/** Reads a compressed point of G1. @throws InvalidInput where it is none, or not in the subgroup. */
function readCompressed(curve: Curve, point: Place, bytes: Uint8Array): void {
  const { mcl } = curve;
  const flags = bytes[0];
  requireValid((flags & FLAG.compressed) !== 0, "point");
  const x = slice(bytes, 0, FIELD_BYTES);
  x[0] &= 0x1f;
  if ((flags & FLAG.infinity) !== 0) {
    requireValid((flags & FLAG.larger) === 0 && x.every((byte) => byte === 0), "point");
    mcl._mclBnG1_clear(point);
    return;
  }
  curve.readField(point, x);
  const y = point + SIZE.fp;
  const b = point + 2 * SIZE.fp;
  mcl._mclBnFp_sqr(y, point);
  mcl._mclBnFp_mul(y, y, point);
  mcl._mclBnFp_setInt32(b, CURVE_B);
  mcl._mclBnFp_add(y, y, b);
  requireValid(mcl._mclBnFp_squareRoot(y, y) === 0, "point");
  const root = new Uint8Array(FIELD_BYTES);
  curve.writeField(y, root, 0, FIELD_BYTES);
  if (Buffer.compare(root, HALF) > 0 !== ((flags & FLAG.larger) !== 0)) mcl._mclBnFp_neg(y, y);
  mcl._mclBnFp_setInt32(point + 2 * SIZE.fp, 1);
  requireValid(mcl._mclBnG1_isValidOrder(point) === 1, "not in the subgroup");
}

function prepareLines(curve: Curve): Lines {
  const { mcl } = curve;
  const bytes = 8 * mcl._mclBn_getUint64NumToPrecompute();
  const [minusGenerator, setup] = [G2.BASE.negate(), G2.fromHex(SETUP_G2)].map((fixed) => {
    const { x, y } = fixed.toAffine();
    curve.begin(SIZE.g2);
    const point = curve.take(SIZE.g2);
    [x.c0, x.c1, y.c0, y.c1].forEach((part, i) => curve.readField(point + i * SIZE.fp, toBytes(part, FIELD_BYTES)));
    curve.completeG2(point);
    const lines = mcl._malloc(bytes);
    mcl._mclBn_precomputeG2(lines, point);
    return lines;
  });
  const lines = { minusGenerator, setup };
  linesOf.set(curve, lines);
  return lines;
}
