import { resolve } from "node:path";
import { SolventError } from "../../protocol/errors";
import { InlinePool, type Pool } from "../../simulator/lab/pool/pool";
import { runScenario } from "../../simulator/lab/run";
import { readScenario } from "../../simulator/lab/scenario/read";
import { addStrategy } from "../../simulator/lab/strategies";
import type { Strategy } from "../../simulator/lab/strategies/strategy";
import { reporter } from "./reporter";

/** Flags of `simulate run`. */
export interface SweepFlags {
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

/** What a process ends with after Ctrl-C. */
const INTERRUPTED = 130;

/** Plays a scenario. Status 1 if a threshold is missed. @param threads - Where it is played, if not in this one; they are closed. */
export async function playSweep(path: string, flags: SweepFlags, threads: Pool | undefined): Promise<void> {
  const { seed, runs, point, nats, out, events, parquet = false, strategy } = flags;
  const started = Date.now();
  const pool = nats === undefined ? (threads ?? new InlinePool()) : await natsPool(nats);
  const stopped = (): void => {
    console.error(`stopped; the same command goes on where it was, from ${out}`);
    process.exit(INTERRUPTED);
  };
  process.once("SIGINT", stopped).once("SIGTERM", stopped);
  try {
    if (strategy !== undefined) addStrategy(strategyIn(strategy, nats));
    const scenario = readScenario(path);
    const options = { seed: seed ?? scenario.seed, runs: runs ?? scenario.runs, point, out, pool, hasEvents: events };
    const { games, losses, eventsHash, missed } = await runScenario(scenario, { ...options, onProgress: reporter() });
    const seconds = (Date.now() - started) / 1_000;
    const rate = Math.round(games / seconds);
    console.log(
      `${games} games in ${seconds.toFixed(1)} s (${rate} a second), ${losses} lost by the honest side; ${out}`,
    );
    console.log(`events ${eventsHash}`);
    const { user, system } = process.cpuUsage();
    console.log(`processor ${((user + system) / 1e6).toFixed(1)} s, from the command's start`);
    if (parquet) {
      const { writeParquet } =
        require("../../simulator/lab/parquet") as typeof import("../../simulator/lab/parquet.js");
      console.log((await writeParquet(out)).join("\n"));
    }
    for (const line of missed) console.log(`threshold missed: ${line}`);
    process.exitCode = missed.length > 0 ? 1 : 0;
  } finally {
    await pool.close();
    process.off("SIGINT", stopped).off("SIGTERM", stopped);
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

function natsPool(url: string): Promise<Pool> {
  const { NatsPool } =
    require("../../simulator/lab/pool/natsPool") as typeof import("../../simulator/lab/pool/natsPool.js");
  return NatsPool.connect(url);
}
