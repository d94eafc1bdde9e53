import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileAssemblyScript } from "../../vm/build/asc";
import { readPins, requirePinned, writePins, type Hashes } from "./pins";
import { writeProgramFile } from "./program";

const ROOT = join(__dirname, "..", "..");

const FLAGS = ["-O3", "--converge", "--noAssert", "--use", "abort=", "--disable", "bulk-memory"];

/** MEMORY_PAGES of stf/memory.ts. */
const MEMORY_PAGES = memoryOf("1536");
const ENGINE_MEMORY_PAGES = memoryOf("5633");

/** Compiles the tracing hooks in; without it they vanish. */
const TRACING = ["--use", "SOLVENT_TRACE=1"];

/** What is built, from which entry; the first two are pinned, the probe is for tests. */
const TARGETS = [
  { name: "stf.wasm", entry: "stf/main.ts", pinned: true, flags: MEMORY_PAGES },
  { name: "engine.wasm", entry: "stf/engine.ts", pinned: true, flags: [...ENGINE_MEMORY_PAGES, ...TRACING] },
  { name: "probe.wasm", entry: "stf/probe.ts", pinned: false, flags: MEMORY_PAGES },
] as const;

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

/**
 * Compiles one target to build/, unless its entry does not exist; no pin is compared.
 * @param root - The folder that holds the `stf` to compile.
 */
export async function buildTarget(name: TargetName, outFile = join(ROOT, "build", name), root = ROOT): Promise<void> {
  const target = TARGETS.find((one) => one.name === name);
  if (target === undefined || !existsSync(join(root, target.entry))) return;
  await compileAssemblyScript(target.entry, outFile, [...FLAGS, ...target.flags], root);
}

function memoryOf(pages: string): string[] {
  return ["--initialMemory", pages, "--maximumMemory", pages];
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

/** Builds everything that is pinned, and pins it as it is. */
async function pin(): Promise<void> {
  for (const { name } of TARGETS) await buildTarget(name);
  writePins({ ...builtHashes(), programHash: writeProgramFile().programHash });
}

if (require.main === module && process.argv.includes("--pin")) {
  pin().catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
