import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Artifact } from "./session";

const MODULES = join(__dirname, "..", "..", "..", "..", "node_modules");

/** A compiled contract by the path of its file below node_modules: exactly the bytes that the package's authors compiled. */
export function artifact(path: string): Artifact {
  const { abi, bytecode } = JSON.parse(readFileSync(join(MODULES, path), "utf8"));
  return { abi, bytecode: typeof bytecode === "string" ? bytecode : bytecode.object };
}
