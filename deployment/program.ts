import { existsSync, readFileSync } from "node:fs";
import { keccak256 } from "ethers";
import { builtFile } from "../node/modules";
import type { Hex } from "../protocol/types";
import { SolventError } from "../protocol/errors";

/** What L1 has to know of stf.wasm: the argument of the prover's constructor, and the hash over it. */
export interface ProgramFile {
  wasmHash: Hex;
  codeRoot: Hex;
  codeDepth: number;
  entryPc: number;
  memoryRoot: Hex;
  memoryDepth: number;
  linearSize: number;
  frameArea: number;
  programHash: Hex;
}

/**
 * The commitment to the program that was built.
 * @throws SolventError `program-missing`, or `program-mismatch` when stf.wasm is newer than its commitment.
 */
export function readProgramFile(): ProgramFile {
  const [path, wasm] = [builtFile("program.json"), builtFile("stf.wasm")];
  if (!existsSync(path) || !existsSync(wasm))
    throw new SolventError("program-missing", `${path} is not there: build the program first (npm run build)`);
  const file = JSON.parse(readFileSync(path, "utf8")) as ProgramFile;
  const actual = keccak256(readFileSync(wasm));
  if (actual !== file.wasmHash)
    throw new SolventError(
      "program-mismatch",
      `${path} is for stf.wasm ${file.wasmHash}, ${wasm} is ${actual}: program.json is old, build again`,
    );
  return file;
}
