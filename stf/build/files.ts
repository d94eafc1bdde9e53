import { readFileSync } from "node:fs";
import { join } from "node:path";

const BUILD = join(__dirname, "..", "..", "build");

/** Where the built program is. Maps name the AssemblyScript line of each instruction. */
export const PROGRAM_FILES = {
  program: join(BUILD, "stf.wasm"),
  programMap: join(BUILD, "stf.wasm.map"),
  engine: join(BUILD, "engine.wasm"),
} as const;

/** The commitment that L1 judges: twin of the prover's constructor argument, with the hash over it (32 bytes of 0x hex). */
export function readCommitment(): { wasmHash: string; programHash: string; [field: string]: string | number } {
  return JSON.parse(readFileSync(join(BUILD, "program.json"), "utf8"));
}
