import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { jetstreamManager } from "@nats-io/jetstream";
import { invariant } from "../../protocol/errors";
import { benchScenario } from "../../simulator/lab/bench";
import { JOBS, connectTo, ensureQueue } from "../../simulator/lab/pool/queue";

export interface ScalingFlags {
  games: number;
  turns: number;
  nats?: string;
}

const SIMULATE = join(__dirname, "..", `simulate${extname(__filename)}`);
const WORKERS = [1, 2] as const;
/** Between two looks at whether workers are there. */
const LOOK_MILLISECONDS = 50;

/**
 * Plays the sweep of `bench` for `edges` by one worker and by two, in turns, each as a command of its own from its start to its end, and
 * prints each one's seconds and how many times as fast two were. @throws Error where two sweeps differ in one event.
 */
export async function scaling({ games, turns, nats }: ScalingFlags): Promise<void> {
  const scratch = mkdtempSync(join(tmpdir(), "solvent-scaling-"));
  try {
    const scenario = join(scratch, "scenario.json");
    writeFileSync(scenario, JSON.stringify(benchScenario("edges")));
    const best = new Map<number, number>();
    const hashes = new Set<string>();
    for (let turn = 1; turn <= turns; turn++) {
      const seconds = [];
      for (const workers of WORKERS) {
        const out = join(scratch, `${turn}-${workers}`);
        const words = ["run", scenario, "--runs", String(games), "--no-events", "--out", out];
        const sweep = await (nats === undefined ? onThreads(words, workers) : onQueue(words, workers, nats));
        hashes.add(sweep.hash);
        seconds.push(sweep.seconds);
        console.log(
          `  ${workers} at work: ${sweep.seconds.toFixed(1)} s, ${sweep.processor.toFixed(1)} s of processor`,
        );
        best.set(workers, Math.min(best.get(workers) ?? Infinity, sweep.seconds));
      }
      console.log(`turn ${turn}: ${told(seconds[0], seconds[1])}`);
    }
    console.log(`best:   ${told(best.get(1)!, best.get(2)!)}; ${games} games, events ${[...hashes].join(", ")}`);
    invariant(hashes.size === 1, "the same sweep has led to other events");
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function told(one: number, two: number): string {
  return `${one.toFixed(1)} s by one, ${two.toFixed(1)} s by two: ${(one / two).toFixed(2)} times`;
}

/** @property processor - Seconds of the command that asks, its threads included; of workers at a queue, nothing. */
type Sweep = { seconds: number; processor: number; hash: string };

/** With start and end of the process. */
async function onThreads(words: readonly string[], workers: number): Promise<Sweep> {
  return timed([...words, "--workers", String(workers)]);
}

/** The workers wait at the queue before the sweep begins. */
async function onQueue(words: readonly string[], workers: number, url: string): Promise<Sweep> {
  const worker = spawn(
    process.execPath,
    [...process.execArgv, SIMULATE, "worker", "--nats", url, "--workers", String(workers)],
    {
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  try {
    await isWaiting(url, workers, worker);
    return await timed([...words, "--nats", url]);
  } finally {
    worker.kill("SIGKILL");
    if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
  }
}

async function timed(words: readonly string[]): Promise<Sweep> {
  const started = performance.now();
  const { stdout } = await promisify(execFile)(process.execPath, [...process.execArgv, SIMULATE, ...words]);
  const seconds = (performance.now() - started) / 1_000;
  return {
    seconds,
    processor: Number(/^processor ([\d.]+)/m.exec(stdout)![1]),
    hash: /^events (\w+)$/m.exec(stdout)![1],
  };
}

async function isWaiting(url: string, workers: number, worker: ChildProcess): Promise<void> {
  const connection = await connectTo(url);
  try {
    await ensureQueue(connection);
    const manager = await jetstreamManager(connection);
    while ((await manager.consumers.info(JOBS.stream, JOBS.consumer)).num_waiting < workers) {
      invariant(worker.exitCode === null, "the worker has ended");
      await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
    }
  } finally {
    await connection.close();
  }
}
