import { existsSync } from "node:fs";
import { join } from "node:path";
import { SolventError } from "../../../protocol/errors";
import { codeVersion } from "../pool/job";
import type { Pool } from "../pool/pool";
import { readResults, type Row } from "../report/table";
import type { Measure } from "../results";
import { runScenario, type RunOptions } from "../run";
import { readScenario } from "../scenario/read";
import { playSetupOf } from "../scenario/setup";
import type { Scenario } from "../scenario/schema";
import { FORMULAS, publishedFor } from "./formulas";

const FOLDER = join(__dirname, "..", "..", "scenarios", "compare");
/** In this order they stand in the comparison; each a file in simulator/scenarios/compare. */
export const COMPARED = ["edges", "edges-bold", "claims-op", "tournament-cartesi"] as const;

/** @param lies - Which numbers of lies to play; all of the file if absent. */
export function comparedScenario(name: (typeof COMPARED)[number], lies?: readonly number[]): Scenario {
  const scenario = readScenario(join(FOLDER, `${name}.yaml`));
  if (lies === undefined) return scenario;
  return { ...scenario, sweep: { ...scenario.sweep!, grid: { "adversaries.0.count": [...lies] } } };
}

/**
 * Plays the comparison and says it as Markdown.
 * @param out - Where the sweeps' results go, a folder each.
 */
export async function comparison(
  pool: Pool,
  out: string,
  { lies, onProgress }: { lies?: readonly number[]; onProgress?: RunOptions["onProgress"] } = {},
): Promise<string> {
  const parts: string[] = [];
  for (const name of COMPARED) {
    const scenario = comparedScenario(name, lies);
    const folder = join(out, name);
    if (!isPlayed(folder, scenario))
      await runScenario(scenario, {
        ...{ seed: scenario.seed, runs: scenario.runs, out: folder },
        ...{ pool, hasEvents: false, onProgress },
      });
    parts.push(partOf(scenario, readResults(folder).rows));
  }
  return parts.join("\n\n");
}

/** The text with these tables between its marks. @throws SolventError `config-invalid` if the marks are missing. */
export function withComparison(text: string, tables: string): string {
  const [begin, end] = ["<!-- comparison: npm run simulate -- compare -->", "<!-- end of comparison -->"];
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new SolventError("config-invalid", `no marks ${begin} and ${end}; put them back`);
  return `${before}${begin}\n\n${tables}\n\n${end}${after}`;
}

/** Whether the folder holds this very scenario, played by this code. */
function isPlayed(folder: string, scenario: Scenario): boolean {
  if (!existsSync(join(folder, "run.json"))) return false;
  const { scenario: played, version } = readResults(folder);
  return version === codeVersion() && JSON.stringify(played) === JSON.stringify(scenario);
}

const HEADER = [
  "N",
  "C",
  "end",
  "confirmable",
  "withdrawable",
  "published",
  "honest gas, Osaka / next",
  "published",
  "adversaries' gas",
  "honest peak / lost",
  "published",
  "adversaries' peak / lost",
  "transactions",
  "commitments",
];

function partOf(scenario: Scenario, rows: readonly Row[]): string {
  const { game } = playSetupOf(scenario, 1);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = `${row.parameters["adversaries.0.count"]} ${row.parameters["censorship.seconds"]}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const worst = [...groups.values()].map((group) => group.sort((a, b) => harm(b) - harm(a))[0]);
  const byLies = (row: Row): number => Number(row.parameters["adversaries.0.count"]);
  const lines = worst
    .sort((a, b) => byLies(a) - byLies(b) || censorshipOf(a) - censorshipOf(b))
    .map((row) => {
      const published = publishedFor(game, byLies(row), censorshipOf(row), answerSeconds(scenario));
      return `| ${cellsOf(row, published).join(" | ")} |`;
    });
  const table = [`| ${HEADER.join(" | ")} |`, `|${HEADER.map(() => "---").join("|")}|`, ...lines].join("\n");
  return `### ${scenario.name}\n\n${scenario.about} Published: ${FORMULAS[game.game]}.\n\n${table}`;
}

function cellsOf(row: Row, published: ReturnType<typeof publishedFor>): string[] {
  const value = (name: Measure): number => Number(row.measures[name]);
  const { measures } = row;
  const isWon = measures.honest_win === "true";
  const end = measures.end === "settled" ? `${isWon ? "truth" : "**lie**"}, ${measures.reason}` : measures.end;
  return [
    row.parameters["adversaries.0.count"],
    days(censorshipOf(row)),
    end,
    days(value("confirmable_seconds")),
    days(value("withdrawable_seconds")),
    published.seconds === null ? "-" : `≤ ${days(published.seconds)}`,
    `${mega(value("honest_gas_osaka"))} / ${mega(value("honest_gas_glamsterdam"))}`,
    published.honestGas === null ? "-" : `≤ ${mega(published.honestGas)}`,
    `${mega(value("adversary_gas_osaka"))} / ${mega(value("adversary_gas_glamsterdam"))}`,
    `${ether(value("honest_peak_ether"))} / ${ether(value("honest_lost_ether"))}`,
    published.honestEther === null ? "-" : ether(published.honestEther),
    `${ether(value("adversary_peak_ether"))} / ${ether(value("adversary_lost_ether"))}`,
    measures.transactions,
    measures.commitments,
  ];
}

/** A lost game before a won one, and the longest of either. */
function harm({ measures }: Row): number {
  return (measures.honest_win === "true" ? 0 : 1e12) + Math.min(1e11, Number(measures.confirmable_seconds));
}

function censorshipOf({ parameters }: Row): number {
  return Number(parameters["censorship.seconds"]);
}

function answerSeconds({ honest: [{ latencySeconds, buildSeconds }], l1 }: Scenario): number {
  const latency = typeof latencySeconds === "number" ? latencySeconds : latencySeconds[1];
  return latency + buildSeconds + l1.blockSeconds;
}

const days = (seconds: number): string => (seconds === Infinity ? "never" : `${+(seconds / 86_400).toFixed(1)} d`);
const mega = (gas: number): string => `${+(gas / 1e6).toPrecision(3)}M`;
const ether = (value: number): string => String(+value.toPrecision(3));
