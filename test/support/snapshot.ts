import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";

const FOLDER = join(__dirname, "..", "snapshots");
/** Addresses differ from build to build, and with them the zero bytes of calldata: half a percent is no change. */
const TOLERANCE = 0.005;

/**
 * Pins a number (gas, bytes) under a human name in test/snapshots/FILE.json and holds it under its bound.
 * SOLVENT_UPDATE_SNAPSHOTS=1 writes the new value; a bound cannot be written away. Instrumented code (npm run coverage) is not measured.
 */
export function expectPinned(file: string, name: string, actual: number, bound: number): void {
  if (process.env.SOLVENT_COVERAGE === "1") return;
  expect(actual, `${name} must be at most ${bound}`).to.be.at.most(bound);
  const path = join(FOLDER, `${file}.json`);
  const pins = existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as Record<string, number>) : {};
  if (process.env.SOLVENT_UPDATE_SNAPSHOTS === "1") {
    const all = Object.entries({ ...pins, [name]: actual }).sort(([a], [b]) => (a < b ? -1 : 1));
    writeFileSync(path, JSON.stringify(Object.fromEntries(all), null, 2) + "\n");
    return;
  }
  const pinned = pins[name];
  const hint = "changed on purpose? run the test with SOLVENT_UPDATE_SNAPSHOTS=1 and commit test/snapshots";
  expect(pinned, `${name} is not pinned in test/snapshots/${file}.json; ${hint}`).to.be.a("number");
  expect(actual, `${name}: pinned ${pinned}; ${hint}`).to.be.closeTo(pinned, pinned * TOLERANCE);
}
