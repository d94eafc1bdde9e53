import { spawn, type StdioOptions } from "node:child_process";

/**
 * Runs a program to its end, with inherited output unless told otherwise.
 * @throws Error when it cannot be started or ends with a non-zero status; the message names the command.
 */
export function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
  cwd?: string,
  stdio: StdioOptions = "inherit",
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio, env, cwd });
    child.once("error", reject);
    child.once("exit", (code, signal) => {
      if (code === 0) resolve();
      else reject(new Error(`${[command, ...args].join(" ")} ended with ${signal ?? `status ${code}`}`));
    });
  });
}
