import { existsSync } from "node:fs";
import { join } from "node:path";
import { compileAssemblyScript } from "../support/asc";

const ROOT = join(__dirname, "..", "..");

/** The AssemblyScript modules of the proof VM: entry file, file in build/vm, flags. */
const MODULES = [["vm/commit/tree.as.ts", "tree.wasm", ["-O3", "--enable", "simd", "--use", "abort="]]] as const;

/** Compiles the AssemblyScript of vm/ into build/vm/. */
export async function build(): Promise<void> {
  for (const [entry, outFile, flags] of MODULES) {
    if (!existsSync(join(ROOT, entry))) throw new Error(`${entry} is missing`);
    await compileAssemblyScript(join(ROOT, entry), join(ROOT, "build", "vm", outFile), flags);
  }
}
