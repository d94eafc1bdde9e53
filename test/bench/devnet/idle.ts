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
  used: number;
  mib: number;
}

/** Processor, memory and disk of a devnet that nobody asks for anything. */
export async function measureIdle(): Promise<string> {
  const devnet = await startCommand();
  try {
    await sleep(REST_MS);
    const before = readAll(devnet.pid);
    const bytesBefore = bytesOf(devnet.folder);
    const started = performance.now();
    await sleep(WATCH_MS);
    const seconds = (performance.now() - started) / 1_000;
    const after = readAll(devnet.pid);
    const kibAMinute = ((bytesOf(devnet.folder) - bytesBefore) / 1_024 / seconds) * 60;
    const rows = [...after].map(([name, { used, mib }]) => ({
      name,
      percent: (100 * (used - (before.get(name)?.used ?? 0))) / seconds,
      mib,
    }));
    const sum = (values: number[]): number => values.reduce((total, value) => total + value, 0);
    const whole = { name: "all", percent: sum(rows.map((row) => row.percent)), mib: sum(rows.map((row) => row.mib)) };
    return [
      `Left alone: ${REST_MS / 1_000} s after READY, over ${WATCH_MS / 1_000} s (bars: ${BAR_PERCENT} % of a core and ${BAR_MIB} MiB in all).`,
      "",
      "| process | of one core | resident MiB |",
      "|---|---|---|",
      ...[...rows, whole].map(({ name, percent, mib }) => `| ${name} | ${percent.toFixed(1)} % | ${mib.toFixed(0)} |`),
      "",
      `Its folder grows by ${kibAMinute.toFixed(0)} KiB a minute meanwhile, logs included; ${((kibAMinute * 1_440) / 1_024).toFixed(0)} MiB a day at that rate.`,
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
    const { used, mib } = found.get(name) ?? { used: 0, mib: 0 };
    found.set(name, { used: used + (processorSeconds(pid) ?? NaN), mib: mib + residentMiB(pid) });
  }
  return found;
}

/** Of all files under a folder. */
function bytesOf(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += bytesOf(path);
    else bytes += lstatSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
