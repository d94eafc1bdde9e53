import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { SolventError } from "../../protocol/errors";

/** Path of the built program. @throws SolventError `not-built`. */
export function programPath(): string {
  const path = resolve(__dirname, "..", "..", "build", "stf.wasm");
  if (!existsSync(path)) throw new SolventError("not-built", `${path} is missing: run "npm run build"`);
  return path;
}
