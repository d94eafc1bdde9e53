import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { keccak256 } from "ethers";
import { commitProgram } from "../../vm/commit/program";
import { flatten } from "../../vm/flatten";
import { readPins, requirePinned } from "./pins";

const BUILD = join(__dirname, "..", "..", "build");

/**
 * Flattens build/stf.wasm and writes what L1 has to know of it to build/program.json.
 * @throws Error when the program's hash is not the pinned one; the message says which side is old.
 */
export async function build(): Promise<void> {
  const { programHash } = writeProgramFile();
  requirePinned(readPins(), { programHash });
}

/** Writes program.json beside a stf.wasm; no pin is compared. @param folder - of both; the build's by default. */
export function writeProgramFile(folder = BUILD): { programHash: string } {
  const wasm = readFileSync(join(folder, "stf.wasm"));
  const commitment = commitProgram(flatten(wasm));
  const file = { wasmHash: keccak256(wasm), ...commitment };
  writeFileSync(join(folder, "program.json"), JSON.stringify(file, null, 2) + "\n");
  return file;
}
