import { createHash } from "node:crypto";
import { createWriteStream, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { playGame, type PartyResult, type Played } from "./play";
import { playSetupOf, pointsOf, scenarioAt } from "./scenario/setup";
import type { Scenario } from "./scenario/schema";

export interface RunOptions {
  seed: number;
  runs: number;
  out: string;
}

export interface RunResult {
  games: number;
  losses: number;
  /** SHA-256 of events.ndjson: equal for equal scenario, seed, runs and version. */
  eventsHash: string;
  /** Thresholds that were not held, in words. */
  missed: string[];
}

/** Columns of summary.csv after the parameters of the sweep. */
const MEASURES = [
  "seed",
  "outcome",
  "reason",
  "end",
  "honest_win",
  "confirmable_seconds",
  "withdrawable_seconds",
  "censored_seconds",
  "transactions",
  "commitments",
  "honest_gas_osaka",
  "honest_gas_glamsterdam",
  "adversary_gas_osaka",
  "adversary_gas_glamsterdam",
  "honest_peak_ether",
  "honest_lost_ether",
  "adversary_peak_ether",
  "adversary_lost_ether",
  "burnt_ether",
] as const;

/**
 * Plays all runs of all points of a scenario, and writes events.ndjson (a line a transaction), summary.csv (a line a run, parameters
 * first), parties.csv and junit.xml. Byte-identical for the same scenario, seed and number of runs.
 */
export async function runScenario(scenario: Scenario, { seed, runs, out }: RunOptions): Promise<RunResult> {
  mkdirSync(out, { recursive: true });
  const points = pointsOf(scenario);
  const paths = [...new Set(points.flatMap((point) => Object.keys(point)))];
  const hash = createHash("sha256");
  const events = createWriteStream(join(out, "events.ndjson"));
  const summary = [[...paths, ...MEASURES].join(",")];
  const partyKeys = [
    "name",
    "side",
    "strategy",
    "transactions",
    "refused",
    "osakaGas",
    "glamsterdamGas",
    "gasEther",
  ] as const;
  const moneyKeys = ["peakLockedEther", "lostEther", "wonEther", "refundedEther", "ruinedAt"] as const;
  const parties = [[...paths, "seed", ...partyKeys, ...moneyKeys].join(",")];
  const all: Played[] = [];
  for (const [number, point] of points.entries()) {
    const at = scenarioAt(scenario, point);
    for (let run = 0; run < runs; run++) {
      const lines: string[] = [];
      const played = playGame(playSetupOf(at, seed + run), (event) =>
        lines.push(JSON.stringify({ point: number, seed: seed + run, ...event })),
      );
      const text = lines.map((line) => `${line}\n`).join("");
      hash.update(text);
      if (!events.write(text)) await new Promise<void>((resolve) => events.once("drain", () => resolve()));
      const parameters = paths.map((path) => cell(point[path]));
      summary.push([...parameters, ...measuresOf(played, seed + run).map(cell)].join(","));
      for (const party of played.parties)
        parties.push(
          [...parameters, cell(seed + run), ...[...partyKeys, ...moneyKeys].map((key) => cell(party[key]))].join(","),
        );
      all.push(played);
    }
  }
  await new Promise<void>((resolve) => events.end(() => resolve()));
  writeFileSync(join(out, "summary.csv"), `${summary.join("\n")}\n`);
  writeFileSync(join(out, "parties.csv"), `${parties.join("\n")}\n`);
  writeFileSync(join(out, "scenario.json"), `${JSON.stringify({ ...scenario, seed, runs }, null, 2)}\n`);
  const missed = missedThresholds(scenario, all);
  writeFileSync(join(out, "junit.xml"), junit(scenario, missed));
  const losses = all.filter(({ isHonestWin }) => !isHonestWin).length;
  return { games: all.length, losses, eventsHash: hash.digest("hex"), missed };
}

function measuresOf(played: Played, seed: number): unknown[] {
  const sum = (
    side: PartyResult["side"],
    key: "osakaGas" | "glamsterdamGas" | "peakLockedEther" | "lostEther",
  ): number => played.parties.reduce((all, party) => (party.side === side ? all + party[key] : all), 0);
  return [
    seed,
    played.outcome,
    played.reason,
    played.end,
    played.isHonestWin,
    played.confirmableSeconds,
    played.withdrawableSeconds,
    played.censoredSeconds,
    played.parties.reduce((all, { transactions }) => all + transactions, 0),
    played.commitments,
    sum("honest", "osakaGas"),
    sum("honest", "glamsterdamGas"),
    sum("adversary", "osakaGas"),
    sum("adversary", "glamsterdamGas"),
    sum("honest", "peakLockedEther"),
    sum("honest", "lostEther"),
    sum("adversary", "peakLockedEther"),
    sum("adversary", "lostEther"),
    played.burntEther,
  ];
}

function missedThresholds({ thresholds }: Scenario, all: readonly Played[]): string[] {
  const missed: string[] = [];
  const check = (name: keyof Scenario["thresholds"], measured: number): void => {
    const most = thresholds[name];
    if (most !== undefined && measured > most) missed.push(`${name}: ${measured} is above ${most}`);
  };
  const most = (of: (played: Played) => number): number => all.reduce((best, played) => Math.max(best, of(played)), 0);
  const honest = (key: "osakaGas" | "peakLockedEther") => (played: Played) =>
    played.parties.reduce((sum, party) => (party.side === "honest" ? sum + party[key] : sum), 0);
  check("lossesAtMost", all.filter(({ isHonestWin }) => !isHonestWin).length);
  check(
    "confirmableSecondsAtMost",
    most(({ confirmableSeconds }) => confirmableSeconds),
  );
  check("honestOsakaGasAtMost", most(honest("osakaGas")));
  check("honestPeakEtherAtMost", most(honest("peakLockedEther")));
  return missed;
}

function junit({ name, thresholds }: Scenario, missed: readonly string[]): string {
  const names = Object.keys(thresholds);
  const cases = names.map((threshold) => {
    const failure = missed.find((line) => line.startsWith(`${threshold}:`));
    const inner = failure === undefined ? "" : `<failure message="${escaped(failure)}"/>`;
    return `  <testcase classname="${escaped(name)}" name="${threshold}">${inner}</testcase>`;
  });
  const head = `<testsuite name="${escaped(name)}" tests="${names.length}" failures="${missed.length}">`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n${[head, ...cases, "</testsuite>"].join("\n")}\n`;
}

function escaped(text: string): string {
  return text.replace(/[<>&"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** Numbers to nine digits behind the point at most: sums of ether are exact no further. */
function cell(value: unknown): string {
  if (typeof value === "number")
    return Number.isInteger(value) || !Number.isFinite(value) ? String(value) : String(+value.toFixed(9));
  const text = String(value ?? "");
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
