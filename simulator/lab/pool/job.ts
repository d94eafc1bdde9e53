import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { playGame } from "../play";
import { MEASURES, cell, eventLine, measuresOf, partyCells, type Measure } from "../results";
import type { PointOfSweep } from "../scenario/points";
import { playSetupOf } from "../scenario/setup";
import { withWorstSchedule } from "../search/worst";
import type { Scenario } from "../scenario/schema";

/** Some runs of one point of a sweep. Plain data; whoever plays it gets the same result. */
export interface Job {
  /** SHA-256 of all below: the job's address, in stores and queues alike. */
  readonly key: string;
  /** Of the code that plays it, by `codeVersion`; another version is another job. */
  readonly version: string;
  /** The scenario as it stands at the point, without sweep and thresholds. */
  readonly scenario: Scenario;
  /** Number of the point, for the events' lines. */
  readonly point: number;
  /** Its parameters, with which each line of a table begins. */
  readonly cells: readonly string[];
  readonly firstSeed: number;
  readonly runs: number;
  /** Whether the text of the events is wanted, or their hashes alone. */
  readonly hasEvents: boolean;
}

/** What is reported of the runs whose number is the highest. */
const HIGHEST = ["confirmable_seconds", "honest_gas_osaka", "honest_peak_ether"] as const satisfies readonly Measure[];
export type Highest = (typeof HIGHEST)[number];

/**
 * What one job leads to. All text, so that it is the same on every way that it takes, and as it is written in the end: whoever collects
 * the results of many has little to do.
 */
export interface JobResult {
  readonly key: string;
  readonly games: number;
  /** Lines of events.ndjson; empty where they are not wanted. */
  readonly events: string;
  /** SHA-256 of each run's events, one after the other. */
  readonly hashes: string;
  /** Lines of summary.csv and of parties.csv. */
  readonly summary: string;
  readonly parties: string;
  readonly losses: number;
  readonly highest: Readonly<Record<Highest, string>>;
}

/** Jobs are this big at the most, and so small that a sweep has thousands of them at the most. */
const MOST_RUNS = 1_000;
const LEAST_RUNS = 20;
const JOBS_WANTED = 2_000;

/**
 * The jobs of a sweep, in the order of their results. Which they are does not depend on who plays them.
 */
export function jobsOf(
  at: readonly PointOfSweep[],
  { seed, runs, hasEvents }: { seed: number; runs: number; hasEvents: boolean },
): Job[] {
  const version = codeVersion();
  const paths = parametersOf(at);
  const size = Math.min(MOST_RUNS, Math.max(LEAST_RUNS, Math.ceil((at.length * runs) / JOBS_WANTED)));
  const jobs: Job[] = [];
  for (const { number, point, scenario: whole } of at) {
    const scenario: Scenario = { ...whole, sweep: undefined, thresholds: {} };
    const cells = paths.map((path) => cell(point[path]));
    for (let done = 0; done < runs; done += size) {
      const what = {
        ...{ version, scenario, point: number, cells, hasEvents },
        ...{ firstSeed: seed + done, runs: Math.min(size, runs - done) },
      };
      jobs.push({ key: createHash("sha256").update(JSON.stringify(what)).digest("hex"), ...what });
    }
  }
  return jobs;
}

/** Paths of all parameters that a sweep changes: columns of its tables. */
export function parametersOf(at: readonly PointOfSweep[]): string[] {
  return [...new Set(at.flatMap(({ point }) => Object.keys(point)))];
}

/** Plays a job. Pure. @throws SolventError never; whatever it throws is a bug. */
export function playJob({ key, scenario, point, cells, firstSeed, runs, hasEvents }: Job): JobResult {
  const { search } = scenario;
  const text = { events: "", hashes: "", summary: "", parties: "" };
  const rows: string[][] = [];
  let losses = 0;
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    let events = "";
    const setup = playSetupOf(scenario, seed);
    const played = playGame(
      search === undefined ? setup : withWorstSchedule(setup, search),
      (event) => (events += eventLine(point, seed, event)),
    );
    if (hasEvents) text.events += events;
    const hash = createHash("sha256").update(events).digest("hex");
    text.hashes += hash;
    const measures = measuresOf(played, point, seed, hash);
    rows.push(measures);
    text.summary += `${[...cells, ...measures].join(",")}\n`;
    for (const party of played.parties) text.parties += `${[...cells, seed, ...partyCells(party)].join(",")}\n`;
    if (!played.isHonestWin) losses++;
  }
  return { key, games: runs, ...text, losses, highest: highestOf(rows) };
}

function highestOf(rows: readonly (readonly string[])[]): JobResult["highest"] {
  const highest = (name: Highest): string =>
    String(Math.max(...rows.map((row) => Number(row[MEASURES.indexOf(name)]))));
  return Object.fromEntries(HIGHEST.map((name) => [name, highest(name)])) as Record<Highest, string>;
}

let version: string | undefined;

/** SHA-256 of the code that a result depends on: two versions never share a job. */
export function codeVersion(): string {
  if (version !== undefined) return version;
  const hash = createHash("sha256");
  const lab = join(__dirname, "..");
  const own = extname(__filename);
  const paths = readdirSync(lab, { recursive: true }).map(String).sort();
  for (const path of [...paths, join("..", "random" + own)])
    if (extname(path) === own) hash.update(path).update(readFileSync(join(lab, path)));
  return (version = hash.digest("hex"));
}
