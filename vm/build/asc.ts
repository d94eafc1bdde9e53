import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { run } from "./run";

/**
 * Compiles one AssemblyScript entry file to `outFile` (and `outFile.map`), deterministically.
 * @param cwd - The folder that source paths are relative to; they are part of the source map.
 * @throws Error when the compiler reports an error.
 */
export async function compileAssemblyScript(
  entry: string,
  outFile: string,
  flags: readonly string[],
  cwd = process.cwd(),
): Promise<void> {
  mkdirSync(dirname(outFile), { recursive: true });
  const asc = require.resolve("assemblyscript/bin/asc.js");
  const args = [asc, entry, "--outFile", relative(cwd, outFile), "--sourceMap", "--runtime", "stub", ...flags];
  await run(process.execPath, args, process.env, cwd);
}

/** Compiles an entry file to wasm bytes, optimised, with a fixed memory of `memoryPages` 64 KiB pages: for tests and benchmarks. */
export async function compileToBytes(entry: string, memoryPages: number): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "solvent-program-"));
  try {
    const outFile = join(folder, "program.wasm");
    const pages = String(memoryPages);
    const flags = ["-O3", "--noAssert", "--initialMemory", pages, "--maximumMemory", pages, "--use", "abort="];
    await compileAssemblyScript(entry, outFile, flags);
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
