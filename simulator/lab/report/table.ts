import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { SolventError } from "../../../protocol/errors";
import { MEASURES, type Measure } from "../results";
import { parsePlayedScenario } from "../scenario/read";
import type { Scenario } from "../scenario/schema";

/** One run: what the sweep gave it, and what was measured. */
export interface Row {
  readonly parameters: Readonly<Record<string, string>>;
  readonly measures: Readonly<Record<Measure, string>>;
}

/** What a folder of results holds. */
export interface Results {
  readonly folder: string;
  readonly name: string;
  readonly scenario: Scenario;
  /** Swept paths, in the order of the columns. */
  readonly paths: readonly string[];
  readonly rows: readonly Row[];
  /** As run.json has it. */
  readonly version: string;
  readonly eventsHash: string;
}

/** @throws SolventError `config-invalid` if the folder holds no finished run. */
export function readResults(folder: string): Results {
  for (const file of ["summary.csv", "scenario.json", "run.json"])
    if (!existsSync(join(folder, file)))
      throw new SolventError("config-invalid", `${folder} has no ${file}; give the --out of a run that has finished`);
  const scenario = parsePlayedScenario(JSON.parse(readFileSync(join(folder, "scenario.json"), "utf8")));
  const [header, ...lines] = parseCsv(readFileSync(join(folder, "summary.csv"), "utf8"));
  const paths = header.slice(0, header.length - MEASURES.length);
  const rows = lines.map((cells): Row => {
    const pick = <K extends string>(names: readonly K[], from: number): Record<K, string> =>
      Object.fromEntries(names.map((name, index) => [name, cells[from + index]])) as Record<K, string>;
    return { parameters: pick(paths, 0), measures: pick(MEASURES, paths.length) };
  });
  const { version, eventsHash } = JSON.parse(readFileSync(join(folder, "run.json"), "utf8")) as Results;
  return { folder, name: nameOf(folder, scenario), scenario, paths, rows, version, eventsHash };
}

function nameOf(folder: string, { name }: Scenario): string {
  return `${name} (${basename(resolve(folder))})`;
}

/** Lines of cells; quoted as results.ts quotes them. */
export function parseCsv(text: string): string[][] {
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [, quoted, plain, end] of text.matchAll(/(?:"((?:[^"]|"")*)"|([^,\n]*))(,|\n|$)/g)) {
    if (end === "" && line.length === 0 && quoted === undefined && plain === "") break;
    line.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    lines.push(line);
    line = [];
  }
  return lines;
}
