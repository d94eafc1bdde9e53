import type { Precompile } from "../types";
import { blsPairing, BLS12381_MODULUS, g1Add, g1Msm, g2Add, g2Msm, mapToG1, mapToG2 } from "./bls12381";
import { bn254Add, BN254_MODULUS, bn254Mul, bn254Pairing } from "./bn254";
import { CURVE, Curve } from "./curve";
import { pointEvaluation } from "./kzg";
import { P256_MODULUS, p256Verify } from "./p256";

/** A curve of its own, opened when it is first asked for: most processes ask for none. */
function curve(id: number, modulus: Uint8Array) {
  let opened: Curve | undefined;
  return (precompile: (curve: Curve, input: Uint8Array) => Uint8Array): Precompile =>
    (input) =>
      precompile((opened ??= new Curve(id, modulus)), input);
}

const bn254 = curve(CURVE.bn254, BN254_MODULUS);
const bls = curve(CURVE.bls12381, BLS12381_MODULUS);
const p256 = curve(CURVE.p256, P256_MODULUS);

/** Host precompiles by address, in WebAssembly. */
export const MCL: Readonly<Record<string, Precompile>> = {
  "6": bn254(bn254Add),
  "7": bn254(bn254Mul),
  "8": bn254(bn254Pairing),
  "10": bls(pointEvaluation),
  "11": bls(g1Add),
  "12": bls(g1Msm),
  "13": bls(g2Add),
  "14": bls(g2Msm),
  "15": bls(blsPairing),
  "16": bls(mapToG1),
  "17": bls(mapToG2),
  "256": p256(p256Verify),
};
