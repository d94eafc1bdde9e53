import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { VmError } from "./errors";

/** The absolute path of a file of the build folder. @throws VmError `vm.not-built` when it is not there. */
export function buildPath(name: string): string {
  const path = resolve(__dirname, "..", "build", name);
  if (!existsSync(path)) throw new VmError("vm.not-built", `build/${name} is missing; run "npm run build"`);
  return path;
}
