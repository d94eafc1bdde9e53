import { blsPairing, g1Add, g1Msm, g2Add, g2Msm, mapToG1, mapToG2 } from "./bls12381";
import { bn254Add, bn254Mul, bn254Pairing } from "./bn254";
import { pointEvaluation } from "./kzg";
import { p256Verify } from "./p256";
import type { Precompile } from "../../../../node/precompiles/types";

/** Host precompiles by address, in plain JavaScript: slow, and what the fast ones are compared with. */
export const NOBLE: Readonly<Record<string, Precompile>> = {
  "6": bn254Add,
  "7": bn254Mul,
  "8": bn254Pairing,
  "10": pointEvaluation,
  "11": g1Add,
  "12": g1Msm,
  "13": g2Add,
  "14": g2Msm,
  "15": blsPairing,
  "16": mapToG1,
  "17": mapToG2,
  "256": p256Verify,
};
