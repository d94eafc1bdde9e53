import { InvalidArgumentError } from "commander";
import { createCommand, wholeNumber } from "../../actor/command";
import type { Outcome } from "../../simulator/arena";
import { STRATEGIES, type Strategy } from "../../simulator/strategies/strategies";
import { ensureBuilt } from "./ensureBuilt";

interface Options {
  adversaries: number;
  strategies?: Strategy[];
  heights: [number, number, number];
  seed: number;
  runs: number;
  json?: boolean;
}

/**
 * Plays fraud games on the real contracts, in this process, over the toy prover: one honest party against many. Ends with a report
 * of who won, why, in which time and at which cost; status 0 only if the honest side won every game.
 */
export async function arenaCommand(argv: string[]): Promise<void> {
  const options = parse(argv);
  await ensureBuilt((text) => console.error(text), true);
  // Loading it compiles what has changed, with words on standard output, which is for results.
  const { playArena } = await withStdoutOnStderr(async () => {
    await (await import("hardhat")).default.run("compile", { quiet: true });
    return (await import("../../simulator/arena.js")) as typeof import("../../simulator/arena");
  });
  const outcomes: Outcome[] = [];
  for (let run = 0; run < options.runs; run++) {
    const { heights, adversaries, strategies } = options;
    const outcome = await playArena({ heights, seed: options.seed + run, adversaries: strategies ?? adversaries });
    outcomes.push(outcome);
    if (options.json !== true) console.log(lineOf(outcome));
  }
  const lost = outcomes.filter(({ isHonestWin }) => !isHonestWin).length;
  if (options.json === true) console.log(JSON.stringify({ ...options, lost, games: outcomes }, withBigInts, 2));
  else console.log(`${outcomes.length - lost} of ${outcomes.length} games won by the honest side`);
  process.exitCode = lost === 0 ? 0 : 1;
}

/** What is printed meanwhile goes to standard error. */
async function withStdoutOnStderr<T>(task: () => Promise<T>): Promise<T> {
  const { write } = process.stdout;
  process.stdout.write = process.stderr.write.bind(process.stderr);
  try {
    return await task();
  } finally {
    process.stdout.write = write;
  }
}

function parse(argv: string[]): Options {
  return createCommand(
    "npm run simulate --",
    "Plays fraud games over the toy prover and says who won, why, how fast and at what cost.",
  )
    .option(
      "--adversaries <n>",
      "adversaries in each game, 1 to 10; strategies come from the seed",
      wholeNumber(1, 10),
      3,
    )
    .option("--strategies <list>", `the adversaries by name, instead: ${STRATEGIES.join(", ")}`, strategies)
    .option("--heights <a,b,c>", "heights of the three levels, 1 to 20 each", heights, [2, 3, 4])
    .option("--seed <n>", "of the first game; the next ones count on", wholeNumber(0, 2 ** 31 - 1), 1)
    .option("--runs <n>", "games", wholeNumber(1, 10_000), 3)
    .option("--json", "one JSON document instead of lines")
    .parse(argv)
    .opts<Options>();
}

function lineOf(outcome: Outcome): string {
  const { seed, isHonestWin, reason, seconds, challengePeriodSeconds, honestGas, adversaryGas, lostWei } = outcome;
  const who = isHonestWin ? `honest won by ${reason}` : `LOST: ${outcome.violations.join("; ")}`;
  const periods = (seconds / challengePeriodSeconds).toFixed(2);
  const cost = `${(honestGas / 1e6).toFixed(2)} Mgas honest, ${(adversaryGas / 1e6).toFixed(2)} Mgas adversaries`;
  const stakes = `${Number(lostWei / 10n ** 15n) / 1000} ether of stakes lost to it`;
  return `seed ${seed}: ${who} after ${seconds} s (${periods} challenge periods), ${cost}, ${stakes} | ${outcome.adversaries.join(", ")}`;
}

function heights(text: string): [number, number, number] {
  const parts = text.split(",").map(wholeNumber(1, 20));
  if (parts.length !== 3) throw new InvalidArgumentError("give three heights, as in 2,3,4");
  return parts as [number, number, number];
}

function strategies(text: string): Strategy[] {
  const names = text.split(",").map((name) => name.trim()) as Strategy[];
  const unknown = names.find((name) => !STRATEGIES.includes(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`no strategy "${unknown}"; there are ${STRATEGIES.join(", ")}`);
  if (names.length > 10) throw new InvalidArgumentError("at most ten adversaries have accounts");
  return names;
}

function withBigInts(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}
