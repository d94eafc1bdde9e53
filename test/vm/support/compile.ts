import { join } from "node:path";
import { compileToBytes } from "../../../vm/build/asc";

/** Compiles a file of test/vm/programs to wasm bytes, with a fixed memory of `memoryPages` 64 KiB pages. */
export function compileProgram(name: string, memoryPages = 1024): Promise<Uint8Array> {
  return compileToBytes(join(__dirname, "..", "programs", `${name}.as.ts`), memoryPages);
}
