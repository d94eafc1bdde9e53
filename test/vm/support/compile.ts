import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compileAssemblyScript } from "../../../scripts/support/asc";

/** Compiles a file of test/vm/programs to wasm bytes, with a fixed memory of `memoryPages` 64 KiB pages. */
export async function compileProgram(name: string, memoryPages = 1024): Promise<Uint8Array> {
  const folder = mkdtempSync(join(tmpdir(), "solvent-program-"));
  try {
    const outFile = join(folder, "program.wasm");
    const pages = String(memoryPages);
    const flags = ["-O3", "--initialMemory", pages, "--maximumMemory", pages, "--use", "abort="];
    await compileAssemblyScript(join(__dirname, "..", "programs", `${name}.as.ts`), outFile, flags);
    return readFileSync(outFile);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
