import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssemblyScript } from "../support/asc";

const ROOT = join(__dirname, "..", "..");
/** The hashes that this source is known to build to; `npx tsx scripts/build/stf.ts --pin` rewrites it after a change on purpose. */
const PINS_FILE = join(ROOT, "stf", "pins.json");

/** MEMORY_PAGES of stf/memory.ts. */
const MEMORY_PAGES = "1536";
const FLAGS = [
  "-O3",
  "--converge",
  "--noAssert",
  "--use",
  "abort=",
  "--disable",
  "bulk-memory",
  "--initialMemory",
  MEMORY_PAGES,
  "--maximumMemory",
  MEMORY_PAGES,
];

/** Compiles the tracing hooks in; without it they vanish. */
const TRACING = ["--use", "SOLVENT_TRACE=1"];

/** What is built, from which entry; the first two are pinned, the probe is for tests. */
const TARGETS = [
  { name: "stf.wasm", entry: "stf/main.ts", pinned: true, flags: [] },
  { name: "engine.wasm", entry: "stf/engine.ts", pinned: true, flags: TRACING },
  { name: "probe.wasm", entry: "stf/probe.ts", pinned: false, flags: [] },
] as const;

/** sha256 in hex by file name. */
export type Hashes = Record<string, string>;
export type TargetName = (typeof TARGETS)[number]["name"];

/**
 * Compiles stf/ to build/stf.wasm, build/engine.wasm and build/probe.wasm with source maps, and compares the first two with the
 * pins. The same source gives the same bytes on every machine.
 * @throws Error when a hash is not the pinned one; the message says which side is old.
 */
export async function build(): Promise<void> {
  for (const { name } of TARGETS) await buildTarget(name);
  requirePinned(readPins(), builtHashes());
}

/** Compiles one target to build/, unless its entry does not exist; no pin is compared. */
export async function buildTarget(name: TargetName, outFile = join(ROOT, "build", name)): Promise<void> {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined || !existsSync(join(ROOT, target.entry))) return;
  await compileAssemblyScript(target.entry, outFile, [...FLAGS, ...target.flags], ROOT);
}

/** Hash of each pinned file that stands in build/. */
export function builtHashes(): Hashes {
  const hashes: Hashes = {};
  for (const { name, pinned } of TARGETS) {
    const path = join(ROOT, "build", name);
    if (pinned && existsSync(path)) hashes[name] = createHash("sha256").update(readFileSync(path)).digest("hex");
  }
  return hashes;
}

/**
 * Compares built hashes with pinned ones.
 * @throws Error naming the file, both hashes, which side is old and how to mend it.
 */
export function requirePinned(pins: Hashes, built: Hashes): void {
  for (const [name, hash] of Object.entries(built)) {
    const pinned = pins[name];
    if (pinned === undefined || pinned === hash) continue;
    throw new Error(
      `build/${name} has sha256 ${hash}, but stf/pins.json says ${pinned}. ` +
        `If stf/ or the compiler was changed on purpose, the pin is old: run "npx tsx scripts/build/stf.ts --pin", commit it and redeploy. ` +
        `If not, the sources or node_modules are old: run "git status" and "npm ci", then build again.`,
    );
  }
}

/** The pinned hashes; none where nothing was pinned yet. */
export function readPins(): Hashes {
  return existsSync(PINS_FILE) ? (JSON.parse(readFileSync(PINS_FILE, "utf8")) as Hashes) : {};
}

async function pin(): Promise<void> {
  for (const { name } of TARGETS) await buildTarget(name);
  writeFileSync(PINS_FILE, `${JSON.stringify(builtHashes(), null, 2)}\n`);
}

if (require.main === module && process.argv.includes("--pin")) {
  pin().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
