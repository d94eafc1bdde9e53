import { spawn, type ChildProcess } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "./rpc/client";
import { processorSeconds, residentMiB, startAnvil, startHardhat, type Target } from "./rpc/targets";

const ROOT = join(__dirname, "..", "..");
/** Starts of each, of which the quickest counts: a machine that does something else once is not what is measured. */
const STARTS = 3;
/** Without any work before an idle devnet is watched, and how long it is. */
const REST_MS = 30_000;
const WATCH_MS = 60_000;
/** Its processes, by what their command line has. */
const NAMES: readonly [pattern: RegExp, name: string][] = [
  [/scripts\/boot/, "the devnet itself: control, explorer, referee"],
  [/l1[./]main/, "L1 (Hardhat's node)"],
  [/sequencer[./]main/, "sequencer"],
  [/verifier[./]main/, "verifier"],
  [/challenger[./]main/, "challenger"],
];

interface Running {
  child: ChildProcess;
  readyMs: number;
}

/** How soon a devnet is ready beside nodes without a rollup, and what it takes while nobody uses it. Linux only: read from /proc. */
export async function bench(): Promise<string> {
  const starts: number[] = [];
  const used: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const { child, readyMs } = await startDevnet();
    starts.push(readyMs);
    used.push(sum([...treeOf(child.pid!)].map((pid) => processorSeconds(pid) ?? NaN)));
    await end(child);
  }
  const hardhat = await bestOf(startHardhat);
  const anvil = await bestOf(startAnvil);
  const ready = Math.min(...starts);
  const rows = [
    ["the whole devnet: L1 with contracts, sequencer, verifier, challenger, explorer", ready],
    ["Hardhat's node alone", hardhat],
    ["anvil alone", anvil],
  ] as const;
  return [
    `From the start of the process until it is ready, best of ${STARTS}; all in one run. The devnet's processes have used`,
    `${Math.min(...used).toFixed(1)} s of processor by then.`,
    "",
    "| what | s | over Hardhat's node |",
    "|---|---|---|",
    ...rows.map(([name, ms]) => `| ${name} | ${(ms / 1_000).toFixed(1)} | ${(ms / hardhat).toFixed(2)} |`),
    "",
    ...(await measureIdle()),
  ].join("\n");
}

/** Processor and memory of each process of a devnet that nobody asks for anything. */
async function measureIdle(): Promise<string[]> {
  const { child } = await startDevnet();
  try {
    await sleep(REST_MS);
    const before = readAll(child.pid!);
    const started = performance.now();
    await sleep(WATCH_MS);
    const seconds = (performance.now() - started) / 1_000;
    const after = readAll(child.pid!);
    const rows = [...after].map(([name, { used, mib }]) => ({
      name,
      percent: (100 * (used - (before.get(name)?.used ?? 0))) / seconds,
      mib,
    }));
    const whole = { name: "all", percent: sum(rows.map((row) => row.percent)), mib: sum(rows.map((row) => row.mib)) };
    return [
      `Left alone: ${REST_MS / 1_000} s after READY, over ${WATCH_MS / 1_000} s.`,
      "",
      "| process | of one core | resident MiB |",
      "|---|---|---|",
      ...[...rows, whole].map(({ name, percent, mib }) => `| ${name} | ${percent.toFixed(1)} % | ${mib.toFixed(0)} |`),
    ];
  } finally {
    await end(child);
  }
}

async function startDevnet(): Promise<Running> {
  const ports = ["--l1-port", "--port", "--verifier-port", "--explorer-port"].flatMap((flag) => [flag, "0"]);
  const args = [join("scripts", "boot.cjs"), "devnet", ...ports];
  const started = performance.now();
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the devnet ended with status ${code}: ${said}`)));
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      if (/^READY/m.test(said)) resolve({ child, readyMs: performance.now() - started });
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  await gone;
}

async function bestOf(start: () => Promise<Target>): Promise<number> {
  let best = Infinity;
  for (let i = 0; i < STARTS; i++) {
    const started = performance.now();
    const target = await start();
    best = Math.min(best, performance.now() - started);
    await target.stop();
  }
  return best;
}

function readAll(root: number): Map<string, { used: number; mib: number }> {
  const found = new Map<string, { used: number; mib: number }>();
  for (const pid of treeOf(root)) {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const name = NAMES.find(([pattern]) => pattern.test(line))?.[1] ?? "helpers";
    const { used, mib } = found.get(name) ?? { used: 0, mib: 0 };
    found.set(name, { used: used + (processorSeconds(pid) ?? NaN), mib: mib + residentMiB(pid) });
  }
  return found;
}

/** A process and all that come from it. */
function treeOf(root: number): Set<number> {
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

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
