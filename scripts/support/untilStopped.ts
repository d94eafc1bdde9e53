import { execFileSync } from "node:child_process";

const WATCH_MS = 1_000;

/**
 * Resolves at the first SIGINT, SIGTERM or SIGHUP, or when a process that this one was started by (up to npm) is gone: a runner that
 * is killed cannot pass a signal on. @returns why.
 */
export function untilStopped(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => resolve(signal));
    const { ppid } = process;
    const above = runnersAbove(ppid);
    const timer = setInterval(() => {
      if (process.ppid === ppid && above.every(isAlive)) return;
      clearInterval(timer);
      resolve("what started this is gone");
    }, WATCH_MS);
    timer.unref();
  });
}

/** Processes between npm, where it started all this, and `pid`, which is left out. */
function runnersAbove(pid: number): number[] {
  if (process.env.npm_lifecycle_event === undefined || process.platform === "win32") return [];
  const found: number[] = [];
  try {
    for (let at = pid; found.length < 6; found.push(at)) {
      const line = execFileSync("ps", ["-o", "ppid=,args=", "-p", String(at)], { encoding: "utf8" }).trim();
      if (/\bnpm\b/.test(line)) return found;
      at = Number(line.split(/\s/)[0]);
      if (at <= 1) return [];
    }
  } catch {
    // Without ps the parent alone is watched.
  }
  return [];
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
