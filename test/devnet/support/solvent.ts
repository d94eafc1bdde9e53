import { execFile } from "node:child_process";
import { join } from "node:path";

const ROOT = join(__dirname, "..", "..", "..");
const SOLVENT = join(ROOT, "scripts", "solvent.ts");

export interface Ended {
  status: number;
  stdout: string;
  stderr: string;
}

/** Runs `solvent ...` as a process of its own. */
export function runSolvent(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) =>
    execFile(
      process.execPath,
      ["--require", require.resolve("tsx/cjs"), SOLVENT, ...args],
      { cwd: ROOT, env: { ...process.env, ...env } },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    ),
  );
}
