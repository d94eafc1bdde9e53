import { readFileSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { createCommand, wholeNumber } from "../../actor/command";
import { SolventError } from "../../protocol/errors";
import { promiseOf } from "../../challenger/promise";
import { benchGames } from "../../simulator/lab/bench";
import { COMPARED, comparison, withComparison } from "../../simulator/lab/compare/compare";
import { InlinePool, type Pool } from "../../simulator/lab/pool/pool";
import { NatsPool } from "../../simulator/lab/pool/natsPool";
import { serveNats } from "../../simulator/lab/pool/natsWorker";
import { ThreadPool } from "../../simulator/lab/pool/threadPool";
import type { Progress } from "../../simulator/lab/progress";
import { writeParquet } from "../../simulator/lab/parquet";
import { runScenario } from "../../simulator/lab/run";
import { summaryOf } from "../../simulator/lab/report/summary";
import { writeReport } from "../../simulator/lab/report/report";
import { readScenario, scenarioJsonSchema } from "../../simulator/lab/scenario/read";
import { addStrategy, STRATEGIES } from "../../simulator/lab/strategies";
import type { Strategy } from "../../simulator/lab/strategies/strategy";
import { stressReport } from "../../simulator/lab/stressReport";

interface RunFlags {
  seed?: number;
  runs?: number;
  point?: number;
  workers: number;
  nats?: string;
  out: string;
  events: boolean;
  parquet?: boolean;
  strategy?: string;
}

/** Words that begin the lab's command; anything else is the short form of `npm run simulate`. */
export const LAB_COMMANDS: readonly string[] = [
  "run",
  "worker",
  "report",
  "summary",
  "compare",
  "bench",
  "strategies",
  "schema",
  "stress",
];
/** Seconds between two lines of progress. */
const PROGRESS_SECONDS = 5;
/** What a process ends with after Ctrl-C. */
const INTERRUPTED = 130;

/**
 * `simulate run SCENARIO`, `report`, `summary`, `compare`, `bench`, `strategies`, `schema`, `stress`. Status 1 if a threshold of the scenario is missed, or a promise of
 * the stress run.
 */
export async function labCommand(argv: string[]): Promise<void> {
  const program = createCommand("npm run simulate --", "Plays scenarios of dispute games on the paper board.");
  program
    .command("run <scenario>")
    .description("plays a scenario (YAML or JSON) and writes events.ndjson, summary.csv, parties.csv and junit.xml")
    .option("--seed <n>", "of the first run of each point; the next ones count on", wholeNumber(0, 2 ** 31))
    .option("--runs <n>", "of each point", wholeNumber(1, 10_000_000))
    .option("--point <n>", "plays that point of the sweep alone", wholeNumber())
    .option("--workers <n>", "threads; 0 plays in the command's own", wholeNumber(0, 1_024), availableParallelism())
    .option("--nats <url>", "plays on the workers at that NATS server instead, as in nats://127.0.0.1:4222")
    .option("--out <dir>", "where results go; what a stopped run had played is taken up there", "simulation")
    .option("--parquet", "also writes summary.parquet and parties.parquet")
    .option(
      "--strategy <file>",
      "adds one of your own: a module whose default export it is; played in the command's own thread",
    )
    .option("--no-events", "leaves events.ndjson out; their hashes are in summary.csv")
    .action(play);
  program
    .command("worker")
    .description("plays jobs of whatever sweeps are at a NATS server with JetStream, until Ctrl-C")
    .requiredOption("--nats <url>", "as in nats://127.0.0.1:4222")
    .option("--workers <n>", "threads", wholeNumber(1, 1_024), availableParallelism())
    .action(({ nats, workers }: { nats: string; workers: number }) => serveNats(nats, workers));
  program
    .command("report <dir...>")
    .description("writes report.html, one page with plots, into the first of these folders of results")
    .action((folders: string[]) => console.log(writeReport(folders)));
  program
    .command("summary <dir>")
    .description("prints a folder of results as Markdown, for the page of a CI job")
    .action((folder: string) => console.log(summaryOf(folder)));
  program
    .command("compare")
    .description("plays the three games side by side and writes the comparison into docs/games.md")
    .option("--workers <n>", "threads", wholeNumber(1, 1_024), availableParallelism())
    .option(
      "--out <dir>",
      "where the sweeps' results go; what is there of the same code is not played again",
      "simulation/compare",
    )
    .option("--docs <file>", "what it is written into, between its marks", "docs/games.md")
    .action(compare);
  program
    .command("bench")
    .description("measures games a second on one core, for each game, at heights 3, 4, 5 against three liars")
    .option("--games <n>", "of each", wholeNumber(1, 1_000_000), 2_000)
    .action(({ games }: { games: number }) => {
      for (const { game, perSecond } of benchGames(games)) console.log(`${game.padEnd(12)} ${perSecond} games/s/core`);
    });
  program
    .command("strategies")
    .description("lists the strategies")
    .action(() => {
      for (const { name, about } of STRATEGIES.values()) console.log(`${name.padEnd(20)} ${about}`);
    });
  program
    .command("schema [file]")
    .description("writes the schema of scenario files")
    .action((file = "simulator/scenario.schema.json") =>
      writeFileSync(String(file), `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`),
    );
  program
    .command("stress")
    .description("one honest wallet at exactly the promised reserve, and short of it, against many liars with budgets")
    .option("--liars <n>", "at random leaves", wholeNumber(1, 1_000), 200)
    .option("--seed <n>", "of the liars; else from the clock", wholeNumber(0, 2 ** 31))
    .action(stress);
  await program.parseAsync(argv);
}

function stress({ liars, seed = Date.now() % 2 ** 31 }: { liars: number; seed?: number }): void {
  console.log(`seed ${seed}: ${liars} liars, the default game, money in billionths`);
  const { lines, broken } = stressReport(seed, liars, promiseOf());
  for (const line of [...lines, ...broken.map((text) => `BROKEN: ${text}`)]) console.log(line);
  process.exitCode = broken.length > 0 ? 1 : 0;
}

async function play(path: string, flags: RunFlags): Promise<void> {
  const { seed, runs, point, nats, out, events, parquet = false, strategy } = flags;
  if (strategy !== undefined) addStrategy(strategyIn(strategy, nats));
  const workers = strategy === undefined ? flags.workers : 0;
  const scenario = readScenario(path);
  const started = Date.now();
  const pool = await poolOf(workers, nats);
  const options = { seed: seed ?? scenario.seed, runs: runs ?? scenario.runs, point, out, pool, hasEvents: events };
  const stopped = (): void => {
    console.error(`stopped; the same command goes on where it was, from ${out}`);
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", stopped).once("SIGTERM", stopped);
  try {
    const { games, losses, eventsHash, missed } = await runScenario(scenario, { ...options, onProgress: reporter() });
    const seconds = (Date.now() - started) / 1_000;
    const rate = Math.round(games / seconds);
    console.log(
      `${games} games in ${seconds.toFixed(1)} s (${rate} a second), ${losses} lost by the honest side; ${out}`,
    );
    console.log(`events ${eventsHash}`);
    if (parquet) console.log((await writeParquet(out)).join("\n"));
    for (const line of missed) console.log(`threshold missed: ${line}`);
    process.exitCode = missed.length > 0 ? 1 : 0;
  } finally {
    await pool.close();
    process.off("SIGINT", stopped).off("SIGTERM", stopped);
  }
}

async function compare({ workers, out, docs }: { workers: number; out: string; docs: string }): Promise<void> {
  const pool = new ThreadPool(workers);
  try {
    const tables = await comparison(pool, out, { onProgress: reporter() });
    writeFileSync(docs, withComparison(readFileSync(docs, "utf8"), tables));
    console.log(`${COMPARED.length} tables in ${docs}; the runs are in ${out}`);
  } finally {
    await pool.close();
  }
}

/** @throws SolventError `config-invalid` for a file that is none, or where others would have to know it. */
function strategyIn(file: string, nats: string | undefined): Strategy {
  if (nats !== undefined)
    throw new SolventError("config-invalid", "--strategy and --nats: other machines do not know a strategy of yours");
  try {
    return (require(resolve(file)) as { default: Strategy }).default;
  } catch (cause) {
    throw new SolventError("config-invalid", `${file} is no strategy: ${(cause as Error).message}`, { cause });
  }
}

async function poolOf(workers: number, nats: string | undefined): Promise<Pool> {
  if (nats !== undefined) return NatsPool.connect(nats);
  return workers === 0 ? new InlinePool() : new ThreadPool(workers);
}

/** A line on standard error every few seconds. */
function reporter(): (progress: Progress) => void {
  let last = Date.now();
  return (progress) => {
    const now = Date.now();
    if (now - last < PROGRESS_SECONDS * 1_000) return;
    last = now;
    console.error(progress.line(now));
  };
}
