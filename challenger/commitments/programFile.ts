import { existsSync } from "node:fs";
import { builtFile } from "../../node/modules";
import { SolventError } from "../../protocol/errors";

/** Path of the built program. @throws SolventError `not-built`. */
export function programPath(): string {
  const path = builtFile("stf.wasm");
  if (!existsSync(path)) throw new SolventError("not-built", `${path} is missing: run "npm run build"`);
  return path;
}
