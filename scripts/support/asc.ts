import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { run } from "./run";

/**
 * Compiles one AssemblyScript entry file to `outFile` (and `outFile.map`), deterministically.
 * @throws Error when the compiler reports an error.
 */
export async function compileAssemblyScript(entry: string, outFile: string, flags: readonly string[]): Promise<void> {
  mkdirSync(dirname(outFile), { recursive: true });
  const asc = require.resolve("assemblyscript/bin/asc.js");
  await run(process.execPath, [asc, entry, "--outFile", outFile, "--sourceMap", "--runtime", "stub", ...flags]);
}
