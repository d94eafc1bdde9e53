import { readFileSync } from "node:fs";
import { SolventError } from "../../protocol/errors";

/**
 * A configuration's file as JSON, not looked at further.
 * @param remedy - what to give instead, for the message where there is no such file.
 * @throws SolventError `config-unreadable` where it cannot be read, `config-invalid` where it is no JSON.
 */
export function readConfig(path: string, remedy = "give a file that is there"): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    throw new SolventError("config-unreadable", `cannot read the configuration ${path}: ${remedy}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SolventError("config-invalid", `${path} is not JSON: ${(cause as Error).message}`, { cause });
  }
}
