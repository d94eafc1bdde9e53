import { availableParallelism } from "node:os";
import { createCommand, wholeNumber } from "../../actor/command";
import { ThreadPool } from "../../simulator/lab/pool/threadPool";
import type { CompareFlags, OTHERS, StressFlags } from "./labOthers";
import type { scaling, ScalingFlags } from "./scaling";
import type { playSweep, SweepFlags } from "./sweep";

/** Words that begin the lab's command; anything else is the short form of `npm run simulate`. */
export const LAB_COMMANDS: readonly string[] = [
  "run",
  "worker",
  "report",
  "summary",
  "compare",
  "bench",
  "scaling",
  "strategies",
  "schema",
  "stress",
];

/**
 * The lab's command by its word. Status 1 if a threshold of the scenario is missed, or a promise of the stress run. Each loads only what it needs: a sweep's first game waits for all that is loaded before it.
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
    .action((path: string, flags: SweepFlags) => {
      const { workers, strategy, nats } = flags;
      // Threads load what they play while this one loads what it needs.
      const hasThreads = workers > 0 && strategy === undefined && nats === undefined;
      const threads = hasThreads ? new ThreadPool(workers) : undefined;
      return (require("./sweep") as { playSweep: typeof playSweep }).playSweep(path, flags, threads);
    });
  program
    .command("worker")
    .description("plays jobs of whatever sweeps are at a NATS server with JetStream, until Ctrl-C")
    .requiredOption("--nats <url>", "as in nats://127.0.0.1:4222")
    .option("--workers <n>", "threads", wholeNumber(1, 1_024), availableParallelism())
    .action(({ nats, workers }: { nats: string; workers: number }) => {
      const { serveNats } =
        require("../../simulator/lab/pool/natsWorker") as typeof import("../../simulator/lab/pool/natsWorker.js");
      return serveNats(nats, workers);
    });
  program
    .command("report <dir...>")
    .description("writes report.html, one page with plots, into the first of these folders of results")
    .action((folders: string[]) => others().report(folders));
  program
    .command("summary <dir>")
    .description("prints a folder of results as Markdown, for the page of a CI job")
    .action((folder: string) => others().summary(folder));
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
    .action((flags: CompareFlags) => others().compare(flags));
  program
    .command("bench")
    .description("measures games a second on one core, for each game, at heights 3, 4, 5 against three liars")
    .option("--games <n>", "of each", wholeNumber(1, 1_000_000), 2_000)
    .action(({ games }: { games: number }) => others().bench(games));
  program
    .command("scaling")
    .description("measures how many times as fast a sweep is with two workers as with one; wants a quiet machine")
    .option("--games <n>", "of each sweep", wholeNumber(1, 10_000_000), 10_000)
    .option("--turns <n>", "of one worker and two", wholeNumber(1, 100), 3)
    .option("--nats <url>", "on workers at that NATS server; by default on threads")
    .action((flags: ScalingFlags) => (require("./scaling") as { scaling: typeof scaling }).scaling(flags));
  program
    .command("strategies")
    .description("lists the strategies")
    .action(() => others().strategies());
  program
    .command("schema")
    .argument("[file]", "where to", "simulator/scenario.schema.json")
    .description("writes the schema of scenario files")
    .action((file: string) => others().schema(file));
  program
    .command("stress")
    .description("one honest wallet at exactly the promised reserve, and short of it, against many liars with budgets")
    .option("--liars <n>", "at random leaves", wholeNumber(1, 1_000), 200)
    .option("--seed <n>", "of the liars; else from the clock", wholeNumber(0, 2 ** 31))
    .action((flags: StressFlags) => others().stress(flags));
  await program.parseAsync(argv);
}

/** What no sweep waits for. */
function others(): typeof OTHERS {
  return (require("./labOthers") as { OTHERS: typeof OTHERS }).OTHERS;
}
