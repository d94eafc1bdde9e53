import type { StdioOptions } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../vm/build/run";

const ROOT = join(__dirname, "..", "..");
/** The last thing that each step of the build makes. */
const PRODUCTS: Record<string, string> = {
  vm: "build/vm.wasm",
  stf: "build/engine.wasm",
  program: "build/program.json",
  contracts: "artifacts/contracts/games/edges/StateRootQueue.sol/StateRootQueue.json",
  explorer: "build/explorer/abis.json",
};
/** Contracts of rollups of the toy program: the step `tests` compiles them for who needs them. */
const TOYS = ["ToyInbox", "ToyProver", "ToyQueue", "ToyClaims", "ToyTournament"];

/** Steps of the build whose product is not there. */
export function missingProducts(): string[] {
  return Object.keys(PRODUCTS).filter((step) => !existsSync(join(ROOT, PRODUCTS[step])));
}

/**
 * Builds what is not there at all, in order; what is there is taken as it is.
 * @param say - Told before something is built. @param hasToys - Whether toy rollups are needed.
 */
export async function ensureBuilt(say: (text: string) => void, hasToys = false): Promise<void> {
  const missing = missingProducts();
  const isThere = (toy: string): boolean =>
    existsSync(join(ROOT, "artifacts/contracts/test", `${toy}.sol`, `${toy}.json`));
  if (hasToys && !TOYS.every(isThere)) missing.push("tests");
  // The program's file is made from stf.wasm.
  if (missing.includes("stf") && !missing.includes("program")) missing.push("program");
  if (missing.length === 0) return;
  say(`building ${missing.join(", ")} (once; some minutes on two cores)`);
  // To standard error: standard output is for results.
  const toStderr = ["ignore", 2, 2] satisfies StdioOptions;
  await run(
    process.execPath,
    [require.resolve("tsx/cli"), "scripts/build.ts", ...missing],
    process.env,
    ROOT,
    toStderr,
  );
}
