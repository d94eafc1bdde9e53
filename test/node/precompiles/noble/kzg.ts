import { createHash } from "node:crypto";
import { bls12_381 as bls } from "@noble/curves/bls12-381.js";
import { FIELD_ELEMENTS_PER_BLOB, SETUP_G2 } from "../../../../node/precompiles/mcl/kzg";
import { requireValid, slice, toBigInt, toBytes } from "../../../../node/precompiles/bytes";

const { Fp12, Fr } = bls.fields;
const G1 = bls.G1.Point;
const G2 = bls.G2.Point;
let setup: typeof G2.BASE | undefined;

/**
 * 0x0a POINT EVALUATION: that the polynomial behind a commitment takes the value y at z.
 * Input: versioned hash (32) | z (32) | y (32) | commitment (48) | proof (48). Source: EIP-4844.
 */
export function pointEvaluation(input: Uint8Array): Uint8Array {
  requireValid(input.length === 192, "length");
  const commitment = slice(input, 96, 48);
  const versionedHash = createHash("sha256").update(commitment).digest();
  versionedHash[0] = 1;
  requireValid(versionedHash.equals(slice(input, 0, 32)), "versioned hash");
  const z = toBigInt(slice(input, 32, 32));
  const y = toBigInt(slice(input, 64, 32));
  requireValid(z < Fr.ORDER && y < Fr.ORDER, "field element");
  const c = readPoint(commitment);
  const proof = readPoint(slice(input, 144, 48));
  setup ??= G2.fromHex(SETUP_G2);
  // e(C - yG1, -G2) * e(proof, (s - z)G2) = 1
  const left = c.subtract(G1.BASE.multiplyUnsafe(y));
  const right = setup.subtract(G2.BASE.multiplyUnsafe(z));
  const pairs = [
    { g1: left, g2: G2.BASE.negate() },
    { g1: proof, g2: right },
  ].filter(({ g1, g2 }) => !g1.is0() && !g2.is0());
  requireValid(Fp12.eql(bls.pairingBatch(pairs), Fp12.ONE), "proof");
  const output = new Uint8Array(64);
  output.set(toBytes(FIELD_ELEMENTS_PER_BLOB, 32));
  output.set(toBytes(Fr.ORDER, 32), 32);
  return output;
}

function readPoint(bytes: Uint8Array): typeof G1.BASE {
  let point: typeof G1.BASE | undefined;
  try {
    point = G1.fromBytes(bytes);
  } catch {
    point = undefined;
  }
  requireValid(point !== undefined, "point");
  requireValid(point.is0() || point.isTorsionFree(), "not in the subgroup");
  return point;
}
