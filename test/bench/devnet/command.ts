import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readDevnetInfo, type DevnetInfo } from "../../../devnet/devnet";

const ROOT = join(__dirname, "..", "..", "..");
const PORTS = ["--l1-port", "--port", "--verifier-port", "--explorer-port"].flatMap((flag) => [flag, "0"]);

/** `npm start` as a process of its own, in a folder of its own. */
export interface RunningCommand {
  pid: number;
  folder: string;
  info: DevnetInfo;
  /** From the start of the command until it has printed READY. */
  readyMs: number;
  stop(): Promise<void>;
}

/** @throws Error with what the command printed, where it ends before it is ready. */
export async function startCommand(flags: readonly string[] = []): Promise<RunningCommand> {
  const folder = mkdtempSync(join(tmpdir(), "solvent-bench-"));
  const started = performance.now();
  const child = spawn("npm", ["start", "--silent", "--", ...PORTS, "--datadir", folder, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await untilReady(child);
  const readyMs = performance.now() - started;
  const stop = async (): Promise<void> => {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  return { pid: child.pid!, folder, info: readDevnetInfo(folder), readyMs, stop };
}

function untilReady(child: ChildProcess): Promise<void> {
  let said = "";
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the devnet ended with status ${code}: ${said}`)));
    child.stdout!.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/^READY/m.test(said)) resolve();
    });
  });
}

/** A process and all that come from it. Linux only: read from /proc. */
export function treeOf(root: number): Set<number> {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      parents.set(Number(entry), Number(readFileSync(`/proc/${entry}/stat`, "utf8").split(") ")[1].split(" ")[1]));
    } catch {
      // It has ended meanwhile.
    }
  const tree = new Set([root]);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return tree;
}
