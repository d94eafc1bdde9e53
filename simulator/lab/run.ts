import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, writeFileSync, type WriteStream } from "node:fs";
import { join } from "node:path";
import { junit } from "./junit";
import { codeVersion, jobsOf, parametersOf, type Highest, type JobResult } from "./pool/job";
import { InlinePool, type Pool } from "./pool/pool";
import { JobStore } from "./pool/store";
import { Progress } from "./progress";
import { MEASURES, PARTY_COLUMNS } from "./results";
import { pointsOfSweep } from "./scenario/points";
import type { Scenario } from "./scenario/schema";

export interface RunOptions {
  seed: number;
  runs: number;
  out: string;
  /** Who plays; by default this thread. It is not closed. */
  pool?: Pool;
  /** Number of the only point of the sweep that is played; all if absent. */
  point?: number;
  /** False leaves events.ndjson out: their hashes stand in summary.csv, and each run can be played again. */
  hasEvents?: boolean;
  onProgress?(progress: Progress): void;
}

export interface RunResult {
  games: number;
  losses: number;
  /** SHA-256 of the events of all runs in their order: equal for equal scenario, seed, runs and version. */
  eventsHash: string;
  /** Thresholds that were not held, in words. */
  missed: string[];
}

type Threshold = keyof Scenario["thresholds"];
const THRESHOLDS: Readonly<Record<Exclude<Threshold, `losses${string}`>, Highest>> = {
  confirmableSecondsAtMost: "confirmable_seconds",
  honestOsakaGasAtMost: "honest_gas_osaka",
  honestPeakEtherAtMost: "honest_peak_ether",
};

/**
 * Plays all runs of all points of a scenario, and writes events.ndjson (a line a transaction), summary.csv (a line a run, parameters
 * first), parties.csv, junit.xml, scenario.json and run.json. Byte-identical for the same scenario, seed and number of runs, whoever plays.
 * Stopped in any way, it goes on where it was when it is called again with the same arguments.
 */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<RunResult> {
  const { seed, runs, out, pool = new InlinePool(), hasEvents = true, onProgress } = options;
  const at = pointsOfSweep(scenario, options.point);
  mkdirSync(out, { recursive: true });
  const store = new JobStore(out);
  const jobs = jobsOf(at, { seed, runs, hasEvents });
  const known = store.keys();
  const open = jobs.filter(({ key }) => !known.has(key));
  const games = at.length * runs;
  const progress = new Progress(games, games - open.reduce((sum, job) => sum + job.runs, 0), Date.now());
  onProgress?.(progress);
  await pool.play(open, (result) => {
    store.put(result);
    progress.add(result.games);
    onProgress?.(progress);
  });
  const writer = new Writer(out, parametersOf(at), hasEvents);
  for (const job of jobs) await writer.write(store.get(job));
  const { eventsHash, losses, highest } = await writer.end();
  writeFileSync(join(out, "scenario.json"), `${JSON.stringify({ ...scenario, seed, runs }, null, 2)}\n`);
  const missed = missedThresholds(scenario, losses, highest);
  writeFileSync(join(out, "junit.xml"), junit(scenario, missed));
  const run = { version: codeVersion(), seed, runs, games, losses, eventsHash };
  writeFileSync(join(out, "run.json"), `${JSON.stringify(run, null, 2)}\n`);
  store.clear();
  return { games, losses, eventsHash, missed };
}

/** Writes the results of jobs in their order. */
class Writer {
  private readonly hash = createHash("sha256");
  private readonly events: WriteStream | undefined;
  private readonly summary: WriteStream;
  private readonly parties: WriteStream;
  private losses = 0;
  private readonly highest = new Map<Highest, number>();

  constructor(out: string, paths: readonly string[], hasEvents: boolean) {
    this.events = hasEvents ? createWriteStream(join(out, "events.ndjson")) : undefined;
    this.summary = createWriteStream(join(out, "summary.csv"));
    this.parties = createWriteStream(join(out, "parties.csv"));
    this.summary.write(`${[...paths, ...MEASURES].join(",")}\n`);
    this.parties.write(`${[...paths, "seed", ...PARTY_COLUMNS].join(",")}\n`);
  }

  async write({ events, hashes, summary, parties, losses, highest }: JobResult): Promise<void> {
    this.losses += losses;
    for (const [name, value] of Object.entries(highest) as [Highest, string][])
      this.highest.set(name, Math.max(this.highest.get(name) ?? 0, Number(value)));
    this.hash.update(this.events === undefined ? hashes : events);
    if (this.events !== undefined) await drained(this.events, events);
    await drained(this.summary, summary);
    await drained(this.parties, parties);
  }

  async end(): Promise<{ eventsHash: string; losses: number; highest: ReadonlyMap<Highest, number> }> {
    const streams = [this.events, this.summary, this.parties].filter((stream) => stream !== undefined);
    await Promise.all(streams.map((stream) => new Promise<void>((resolve) => stream.end(() => resolve()))));
    return { eventsHash: this.hash.digest("hex"), losses: this.losses, highest: this.highest };
  }
}

async function drained(stream: WriteStream, text: string): Promise<void> {
  if (text !== "" && !stream.write(text)) await new Promise<void>((resolve) => stream.once("drain", () => resolve()));
}

function missedThresholds({ thresholds }: Scenario, losses: number, highest: ReadonlyMap<Highest, number>): string[] {
  const missed: string[] = [];
  for (const name of Object.keys(thresholds) as Threshold[]) {
    const bound = thresholds[name];
    if (bound === undefined) continue;
    if (name === "lossesAtLeast") {
      if (losses < bound) missed.push(`${name}: ${losses} is below ${bound}`);
      continue;
    }
    const measured = name === "lossesAtMost" ? losses : highest.get(THRESHOLDS[name])!;
    if (measured > bound) missed.push(`${name}: ${measured} is above ${bound}`);
  }
  return missed;
}
