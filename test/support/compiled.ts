import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "./glob";

const ROOT = join(__dirname, "..", "..");
const SOURCES = join(ROOT, "contracts");
/** Of a file with free functions alone nothing is compiled. */
const DECLARES = /^(abstract contract|contract|interface|library) /m;

/**
 * Contracts that `npm run build` leaves out are compiled when the first test comes. Mocha loads this before any test, wherever it is
 * started. A checkout that was not built stays so: tests say what they lack.
 */
function compileTestContracts(): void {
  if (!existsSync(join(ROOT, "artifacts", "contracts"))) return;
  if (globSync(SOURCES, /\.sol$/).every(isCompiled)) return;
  console.error("compiling the contracts that a default rollup does not have (once; a minute or more)");
  const command = [require.resolve("tsx/cli"), "scripts/build.ts", "tests"];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`npm run build -- tests ended with status ${status}`);
}

function isCompiled(source: string): boolean {
  if (!DECLARES.test(readFileSync(source, "utf8"))) return true;
  const folder = source.replace(SOURCES, join(ROOT, "artifacts", "contracts"));
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".json"));
}

compileTestContracts();
