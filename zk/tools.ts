import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { SolventError } from "../protocol/errors";

const MODULES = join(__dirname, "node_modules");
const run = promisify(execFile);
/** Names of the folders in which the prover's package keeps its programs. */
const MACHINE: Readonly<Record<string, string>> = { x64: "amd64", arm64: "arm64" };
const SYSTEM: Readonly<Record<string, string>> = { linux: "linux", darwin: "macos" };

/** How to get the prover; said wherever it lacks. */
export const INSTALL = "npm --prefix zk ci --ignore-scripts";

/** What a compiled circuit is to the tools. */
export interface Program {
  bytecode: string;
}

/** As much of the compiler as is used. */
export interface Compiler {
  createFileManager(folder: string): unknown;
  compile_program(
    files: unknown,
    folder: undefined,
    log: () => void,
    debug: () => void,
  ): Promise<{ program: Program; warnings: unknown[] }>;
}

/** As much of the solver as is used. */
export interface Solver {
  Noir: new (program: Program) => { execute(inputs: object): Promise<{ witness: Uint8Array }> };
}

/** Whether the prover's tools are here and run on this machine. */
export function isInstalled(): boolean {
  return existsSync(join(MODULES, "@noir-lang", "noir_wasm")) && existsSync(proverPath());
}

/** @throws SolventError `zk-missing`. */
export function loadTool<T>(name: "noir_js" | "noir_wasm"): T {
  requireInstalled();
  return createRequire(join(MODULES, "here.js"))(`@noir-lang/${name}`) as T;
}

/**
 * Runs the prover's program.
 * @param srs - Folder with the setup's points.
 * @returns what it answered, and what it told of its work: times, and the memory that it had.
 * @throws SolventError `zk-missing`, `zk-failed`.
 */
export async function runProver(args: readonly string[], srs: string): Promise<{ stdout: string; stderr: string }> {
  requireInstalled();
  try {
    return await run(proverPath(), args, { env: { ...process.env, CRS_PATH: srs } });
  } catch (cause) {
    throw new SolventError("zk-failed", `the prover refused "${args[0]}"`, { cause });
  }
}

function proverPath(): string {
  const folder = `${MACHINE[process.arch]}-${SYSTEM[process.platform]}`;
  return join(MODULES, "@aztec", "bb.js", "build", folder, "bb");
}

function requireInstalled(): void {
  if (!isInstalled()) throw new SolventError("zk-missing", `the prover is not installed: ${INSTALL}`);
}
