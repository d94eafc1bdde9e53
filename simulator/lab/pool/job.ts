import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { extname, join } from "node:path";
import { playGame } from "../play";
import { eventLine, measuresOf, partyCells } from "../results";
import { playSetupOf, type PointOfSweep } from "../scenario/setup";
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
  readonly firstSeed: number;
  readonly runs: number;
  /** Whether the text of the events is wanted, or their hashes alone. */
  readonly hasEvents: boolean;
}

/** What one job leads to; all text, so that it is the same on every way that it takes. */
export interface JobResult {
  readonly key: string;
  /** Lines of events.ndjson; empty where they are not wanted. */
  readonly events: string;
  /** Of each run: cells by MEASURES, and of each party by PARTY_COLUMNS. */
  readonly runs: readonly { readonly measures: readonly string[]; readonly parties: readonly (readonly string[])[] }[];
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
  const size = Math.min(MOST_RUNS, Math.max(LEAST_RUNS, Math.ceil((at.length * runs) / JOBS_WANTED)));
  const jobs: Job[] = [];
  for (const { number: point, scenario: whole } of at) {
    const scenario: Scenario = { ...whole, sweep: undefined, thresholds: {} };
    for (let done = 0; done < runs; done += size) {
      const what = {
        ...{ version, scenario, point, hasEvents },
        ...{ firstSeed: seed + done, runs: Math.min(size, runs - done) },
      };
      jobs.push({ key: createHash("sha256").update(JSON.stringify(what)).digest("hex"), ...what });
    }
  }
  return jobs;
}

/** Plays a job. Pure. @throws SolventError never; whatever it throws is a bug. */
export function playJob({ key, scenario, point, firstSeed, runs, hasEvents }: Job): JobResult {
  let events = "";
  const results: JobResult["runs"][number][] = [];
  for (let seed = firstSeed; seed < firstSeed + runs; seed++) {
    let text = "";
    const { search } = scenario;
    const setup = playSetupOf(scenario, seed);
    const played = playGame(
      search === undefined ? setup : withWorstSchedule(setup, search),
      (event) => (text += eventLine(point, seed, event)),
    );
    if (hasEvents) events += text;
    const hash = createHash("sha256").update(text).digest("hex");
    results.push({ measures: measuresOf(played, point, seed, hash), parties: played.parties.map(partyCells) });
  }
  return { key, events, runs: results };
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
