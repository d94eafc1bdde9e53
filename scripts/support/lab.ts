import { writeFileSync } from "node:fs";
import { createCommand, wholeNumber } from "../../actor/command";
import { runScenario } from "../../simulator/lab/run";
import { readScenario, scenarioJsonSchema } from "../../simulator/lab/scenario/read";
import { STRATEGIES } from "../../simulator/lab/strategies";

interface RunFlags {
  seed?: number;
  runs?: number;
  out: string;
}

/** Words that begin the lab's command; anything else is the short form of `npm run simulate`. */
export const LAB_COMMANDS: readonly string[] = ["run", "strategies", "schema"];

/** `simulate run SCENARIO`, `simulate strategies`, `simulate schema`. Status 1 if a threshold of the scenario is missed. */
export async function labCommand(argv: string[]): Promise<void> {
  const program = createCommand("npm run simulate --", "Plays scenarios of dispute games on the paper board.");
  program
    .command("run <scenario>")
    .description("plays a scenario (YAML or JSON) and writes events.ndjson, summary.csv, parties.csv and junit.xml")
    .option("--seed <n>", "of the first run of each point; the next ones count on", wholeNumber(0, 2 ** 31))
    .option("--runs <n>", "of each point", wholeNumber(1, 10_000_000))
    .option("--out <dir>", "where results go", "simulation")
    .action(play);
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
  await program.parseAsync(argv);
}

async function play(path: string, { seed, runs, out }: RunFlags): Promise<void> {
  const scenario = readScenario(path);
  const started = process.cpuUsage();
  const options = { seed: seed ?? scenario.seed, runs: runs ?? scenario.runs, out };
  const { games, losses, eventsHash, missed } = await runScenario(scenario, options);
  const { user, system } = process.cpuUsage(started);
  const rate = Math.round(games / ((user + system) / 1e6));
  console.log(`${games} games, ${losses} lost by the honest side, ${rate} a second of processor time; ${out}`);
  console.log(`events ${eventsHash}`);
  for (const line of missed) console.log(`threshold missed: ${line}`);
  process.exitCode = missed.length > 0 ? 1 : 0;
}
