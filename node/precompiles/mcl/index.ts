import type { Precompile } from "../types";
import { blsPairing, BLS12381_MODULUS, g1Add, g1Msm, g2Add, g2Msm, mapToG1, mapToG2 } from "./bls12381";
import { bn254Add, BN254_MODULUS, bn254Mul, bn254Pairing } from "./bn254";
import { CURVE, Curve } from "./curve";
import { pointEvaluation } from "./kzg";
import { P256_MODULUS, p256Verify } from "./p256";

/** Host precompiles by address, in WebAssembly, each curve in a module of its own. */
export async function openMcl(): Promise<Readonly<Record<string, Precompile>>> {
  const [bn254, bls, p256] = await Promise.all([
    Curve.open(CURVE.bn254, BN254_MODULUS),
    Curve.open(CURVE.bls12381, BLS12381_MODULUS),
    Curve.open(CURVE.p256, P256_MODULUS),
  ]);
  const over =
    (curve: Curve, precompile: (curve: Curve, input: Uint8Array) => Uint8Array): Precompile =>
    (input) =>
      precompile(curve, input);
  return {
    "6": over(bn254, bn254Add),
    "7": over(bn254, bn254Mul),
    "8": over(bn254, bn254Pairing),
    "10": over(bls, pointEvaluation),
    "11": over(bls, g1Add),
    "12": over(bls, g1Msm),
    "13": over(bls, g2Add),
    "14": over(bls, g2Msm),
    "15": over(bls, blsPairing),
    "16": over(bls, mapToG1),
    "17": over(bls, mapToG2),
    "256": over(p256, p256Verify),
  };
}
