import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The hashes that this source is known to build to; `npx tsx stf/build/stf.ts --pin` rewrites it after a change on purpose. */
const PINS_FILE = join(__dirname, "..", "..", "stf", "pins.json");
const PIN_COMMAND = "npx tsx stf/build/stf.ts --pin";

/** By name: sha256 of a file of build/ in hex, or `programHash`. */
export type Hashes = Record<string, string>;

/** The pinned hashes; none where nothing was pinned yet. */
export function readPins(): Hashes {
  return existsSync(PINS_FILE) ? (JSON.parse(readFileSync(PINS_FILE, "utf8")) as Hashes) : {};
}

export function writePins(hashes: Hashes): void {
  writeFileSync(PINS_FILE, `${JSON.stringify(hashes, null, 2)}\n`);
}

/**
 * Compares built hashes with pinned ones.
 * @throws Error naming what was built, both hashes, which side is old and how to mend it.
 */
export function requirePinned(pins: Hashes, built: Hashes): void {
  for (const [name, hash] of Object.entries(built)) {
    const pinned = pins[name];
    if (pinned === undefined || pinned === hash) continue;
    const [what, sources] =
      name === "programHash"
        ? [`build/program.json has programHash ${hash}`, "stf/, vm/ (flattening, commitment)"]
        : [`build/${name} has sha256 ${hash}`, "stf/"];
    throw new Error(
      `${what}, but stf/pins.json says ${pinned}. ` +
        `If ${sources} or the compiler was changed on purpose, the pin is old: run "${PIN_COMMAND}", commit it and redeploy. ` +
        `If not, the sources or node_modules are old: run "git status" and "npm ci", then build again.`,
    );
  }
}
