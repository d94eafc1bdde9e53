import { readFileSync, writeFileSync } from "node:fs";
import { promiseOf } from "../../challenger/promise";
import { benchGames } from "../../simulator/lab/bench";
import { COMPARED, comparison, withComparison } from "../../simulator/lab/compare/compare";
import { ThreadPool } from "../../simulator/lab/pool/threadPool";
import { writeReport } from "../../simulator/lab/report/report";
import { summaryOf } from "../../simulator/lab/report/summary";
import { scenarioJsonSchema } from "../../simulator/lab/scenario/read";
import { STRATEGIES } from "../../simulator/lab/strategies";
import { stressReport } from "../../simulator/lab/stressReport";
import { reporter } from "./reporter";

/** The lab's commands but those that play a sweep for somebody; each prints what it finds. */
export const OTHERS = { report, summary, compare, bench, strategies, schema, stress };

function report(folders: string[]): void {
  console.log(writeReport(folders));
}

function summary(folder: string): void {
  console.log(summaryOf(folder));
}

export interface CompareFlags {
  workers: number;
  out: string;
  docs: string;
}

async function compare({ workers, out, docs }: CompareFlags): Promise<void> {
  const pool = new ThreadPool(workers);
  try {
    const tables = await comparison(pool, out, { onProgress: reporter() });
    writeFileSync(docs, withComparison(readFileSync(docs, "utf8"), tables));
    console.log(`${COMPARED.length} tables in ${docs}; the runs are in ${out}`);
  } finally {
    await pool.close();
  }
}

function bench(games: number): void {
  for (const { game, perSecond } of benchGames(games)) console.log(`${game.padEnd(12)} ${perSecond} games/s/core`);
}

function strategies(): void {
  for (const { name, about } of STRATEGIES.values()) console.log(`${name.padEnd(20)} ${about}`);
}

function schema(file: string): void {
  writeFileSync(file, `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
}

export interface StressFlags {
  liars: number;
  seed?: number;
}

function stress({ liars, seed = Date.now() % 2 ** 31 }: StressFlags): void {
  console.log(`seed ${seed}: ${liars} liars, the default game, money in billionths`);
  const { lines, broken } = stressReport(seed, liars, promiseOf());
  for (const line of [...lines, ...broken.map((text) => `BROKEN: ${text}`)]) console.log(line);
  process.exitCode = broken.length > 0 ? 1 : 0;
}
