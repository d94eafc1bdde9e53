import { existsSync } from "node:fs";
import { join } from "node:path";
import type { StdioOptions } from "node:child_process";
import { run } from "../vm/build/run";
import { hasArtifact } from "./artifacts";

const ROOT = join(__dirname, "..");
const BUILD = join("scripts", "build.ts");

let compiling: Promise<void> | null = null;

/**
 * Compiles what `npm run build` leaves to who chooses it, where one of these contracts is missing. Only a checkout has sources to
 * compile: elsewhere what is missing stays so.
 * @param sources - as for `readArtifact`. @throws Error where the compiler fails.
 */
export async function ensureCompiled(sources: readonly string[]): Promise<void> {
  if (sources.every(hasArtifact) || !existsSync(join(ROOT, BUILD))) return;
  await (compiling ??= compile().finally(() => (compiling = null)));
}

async function compile(): Promise<void> {
  console.error("compiling the contracts that a default rollup does not have (once; a minute on two cores)");
  // To standard error: standard output is for results.
  const toStderr = ["ignore", 2, 2] satisfies StdioOptions;
  await run(process.execPath, [require.resolve("tsx/cli"), BUILD, "choices"], process.env, ROOT, toStderr);
}
