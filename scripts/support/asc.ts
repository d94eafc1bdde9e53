import { mkdirSync } from "node:fs";
import { dirname, relative } from "node:path";
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
