import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { globSync } from "./glob";

const ROOT = join(__dirname, "..", "..");
/** Folders of contracts that only tests use, but for some that a devnet has, too. */
const FOLDERS = ["test", join("games", "wide")];

/**
 * Contracts that only tests use are compiled when the first test comes: `npm run build` leaves them out. Mocha loads this before any test,
 * wherever it is started. A checkout that was not built stays so: tests say what they lack.
 */
function compileTestContracts(): void {
  if (!existsSync(join(ROOT, "artifacts", "contracts"))) return;
  if (FOLDERS.flatMap((folder) => globSync(join(ROOT, "contracts", folder), /\.sol$/)).every(isCompiled)) return;
  console.error("compiling the contracts that only tests use (once; half a minute or more)");
  const command = [require.resolve("tsx/cli"), "scripts/build.ts", "tests"];
  const { status } = spawnSync(process.execPath, command, { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (status !== 0) throw new Error(`npm run build -- tests ended with status ${status}`);
}

function isCompiled(source: string): boolean {
  const folder = source.replace(join(ROOT, "contracts"), join(ROOT, "artifacts", "contracts"));
  return existsSync(folder) && readdirSync(folder).some((name) => name.endsWith(".json"));
}

compileTestContracts();
