import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure } from "../results";
import { readResults, type Row } from "./table";

const HEADER = ["runs", "lost", "confirmable, median", "at most", "honest gas, median", "at most", "honest peak ether"];

/**
 * A folder of results in Markdown, for the page of a CI job: thresholds that were missed, and a line a point of the sweep.
 * @throws SolventError `config-invalid` if the folder holds no finished run.
 */
export function summaryOf(folder: string): string {
  const { scenario, paths, rows, version, eventsHash } = readResults(folder);
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const key = paths.map((path) => row.parameters[path]).join(" | ");
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const lines = [...groups].map(
    ([key, group]) => `| ${[...(key === "" ? [] : [key]), ...cellsOf(group)].join(" | ")} |`,
  );
  const header = [...paths, ...HEADER];
  const missed = missedIn(folder);
  return [
    `### ${scenario.name}`,
    ...(scenario.about === undefined ? [] : [scenario.about]),
    missed.length === 0 ? "No threshold was missed." : missed.map((line) => `- **${line}**`).join("\n"),
    [`| ${header.join(" | ")} |`, `|${header.map(() => "---").join("|")}|`, ...lines].join("\n"),
    `Seed ${scenario.seed}, code ${version.slice(0, 12)}, events ${eventsHash}.`,
    "",
  ].join("\n\n");
}

function cellsOf(group: readonly Row[]): string[] {
  const sorted = (name: Measure): number[] => group.map(({ measures }) => Number(measures[name])).sort((a, b) => a - b);
  const lost = group.filter(({ measures }) => measures.honest_win !== "true").length;
  const [seconds, gas, ether] = (["confirmable_seconds", "honest_gas_osaka", "honest_peak_ether"] as const).map(sorted);
  return [group.length, lost, median(seconds), seconds.at(-1), median(gas), gas.at(-1), ether.at(-1)].map(String);
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** As junit.xml has them. */
function missedIn(folder: string): string[] {
  const path = join(folder, "junit.xml");
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  return [...text.matchAll(/<failure message="([^"]*)"/g)].map(([, message]) => message);
}
