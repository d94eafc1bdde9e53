import { existsSync } from "node:fs";
import { join } from "node:path";
import { compileAssemblyScript } from "./asc";

const ROOT = join(__dirname, "..", "..");

/** The AssemblyScript modules of the proof VM: entry file, file in build, flags. */
const MODULES = [
  ["vm/commit/tree.as.ts", "vm/tree.wasm", ["-O3", "--enable", "simd", "--use", "abort="]],
  ["vm/interpreter/main.ts", "vm.wasm", ["-O3", "--noAssert", "--initialMemory", "1"]],
] as const;

/** Compiles the AssemblyScript of vm/ into build/. */
export async function build(): Promise<void> {
  for (const [entry, outFile, flags] of MODULES) {
    if (!existsSync(join(ROOT, entry))) throw new Error(`${entry} is missing`);
    await compileAssemblyScript(join(ROOT, entry), join(ROOT, "build", outFile), flags);
  }
}
