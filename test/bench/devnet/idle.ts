import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { sleep } from "../rpc/client";
import { processorSeconds, residentMiB } from "../rpc/targets";
import { startCommand, treeOf } from "./command";

/** Without any work before an idle devnet is watched, and how long it is. */
const REST_MS = 30_000;
const WATCH_MS = 60_000;
const BAR_PERCENT = 5;
const BAR_MIB = 600;
/** Its processes, by what their command line has. */
const NAMES: readonly [pattern: RegExp, name: string][] = [
  [/scripts\/boot/, "the devnet itself: control, explorer"],
  [/l1[./]main/, "L1 (Hardhat's node)"],
  [/sequencer[./]main/, "sequencer"],
  [/verifier[./]main/, "verifier"],
  [/challenger[./]main/, "challenger"],
  [/^npm|^sh/, "npm and its shell"],
];

interface Reading {
  /** Seconds of processor. */
  used: number;
  residentMiB: number;
  /** The same with pages that several processes have counted once in all. */
  sharedOutMiB: number;
}

/** Processor, memory and disk of a devnet that nobody asks for anything. */
export async function measureIdle(): Promise<string> {
  const devnet = await startCommand();
  try {
    await sleep(REST_MS);
    const before = readAll(devnet.pid);
    const diskBefore = diskOf(devnet.folder);
    const started = performance.now();
    await sleep(WATCH_MS);
    const seconds = (performance.now() - started) / 1_000;
    const rows = [...readAll(devnet.pid)].map(([name, { used, ...memory }]) => {
      return { name, percent: (100 * (used - (before.get(name)?.used ?? 0))) / seconds, ...memory };
    });
    const whole = {
      name: "all",
      percent: sum(rows.map((row) => row.percent)),
      residentMiB: sum(rows.map((row) => row.residentMiB)),
      sharedOutMiB: sum(rows.map((row) => row.sharedOutMiB)),
    };
    const disk = diskOf(devnet.folder);
    const aMinute = (bytes: number): string => ((bytes / 1_024 / seconds) * 60).toFixed(0);
    return [
      `Left alone: ${REST_MS / 1_000} s after READY, over ${WATCH_MS / 1_000} s (bars: ${BAR_PERCENT} % of a core and ${BAR_MIB} MiB in all). The last column counts what`,
      "processes share once (`Pss`).",
      "",
      "| process | of one core | resident MiB | shared parts once, MiB |",
      "|---|---|---|---|",
      ...[...rows, whole].map(
        (row) =>
          `| ${row.name} | ${row.percent.toFixed(1)} % | ${row.residentMiB.toFixed(0)} | ${row.sharedOutMiB.toFixed(0)} |`,
      ),
      "",
      `Its folder grows by ${aMinute(disk.kept - diskBefore.kept)} KiB a minute meanwhile, logs included, and by ${aMinute(disk.ahead - diskBefore.ahead)} KiB of what databases write ahead of their`,
      "tables. That these files begin anew at 4 MiB is LevelDB's default; it was not waited for.",
    ].join("\n");
  } finally {
    await devnet.stop();
  }
}

function readAll(root: number): Map<string, Reading> {
  const found = new Map<string, Reading>();
  for (const pid of treeOf(root)) {
    const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
    const name = NAMES.find(([pattern]) => pattern.test(line))?.[1] ?? "helpers";
    const last = found.get(name) ?? { used: 0, residentMiB: 0, sharedOutMiB: 0 };
    found.set(name, {
      used: last.used + (processorSeconds(pid) ?? NaN),
      residentMiB: last.residentMiB + residentMiB(pid),
      sharedOutMiB: last.sharedOutMiB + sharedOutMiB(pid),
    });
  }
  return found;
}

function sharedOutMiB(pid: number): number {
  const kib = /^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1];
  return Number(kib) / 1_024;
}

/** Bytes of all files under a folder; `ahead`: those of databases' logs. */
function diskOf(folder: string): { kept: number; ahead: number } {
  const all = { kept: 0, ahead: 0 };
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      const { kept, ahead } = diskOf(path);
      all.kept += kept;
      all.ahead += ahead;
    } else
      all[/^\d+\.log$/.test(entry.name) ? "ahead" : "kept"] += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return all;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
