import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { sleep } from "../rpc/client";
import { processorSeconds } from "../rpc/targets";
import type { Devnet } from "../../../devnet/devnet";
import { ASK_MS, type AskerData } from "./asker";

const SCRAPE_MS = 1_000;
const ACTORS = ["sequencer", "verifier", "challenger"] as const;

/** What was seen while a load was played. */
export interface Watched {
  /** Milliseconds of each answer to `eth_blockNumber`, as they came. */
  answersMs: number[];
  /** Blocks that each actor's unsafe head, and the challenger's safe one, was behind the sequencer's, the most. */
  behind: Record<string, number>;
  /** Processor seconds, by process; `load` is this one. */
  processor: Record<string, number>;
  seconds: number;
}

/** Asks the sequencer's RPC and every actor's metrics while `play` runs. */
export async function watch(devnet: Devnet, play: () => Promise<void>): Promise<Watched> {
  const watched: Watched = { answersMs: [], behind: {}, processor: {}, seconds: 0 };
  let isOver = false;
  const before = processorOf(devnet);
  const started = performance.now();
  const watching = Promise.all([ask(devnet, watched, () => isOver), scrape(devnet, watched, () => isOver)]);
  try {
    await play();
  } finally {
    isOver = true;
    await watching;
  }
  watched.seconds = (performance.now() - started) / 1000;
  for (const [name, seconds] of Object.entries(processorOf(devnet))) watched.processor[name] = seconds - before[name];
  return watched;
}

/** One number of an actor's metrics. */
export async function metric(devnet: Devnet, actor: string, name: string): Promise<number> {
  const { metrics } = devnet.actors.get(actor)!.ready as unknown as { metrics: string };
  // A connection that was kept may be closed at the moment in which it is used again.
  const ask = async (): Promise<string> => (await fetch(`${metrics}/metrics`)).text();
  const text = await ask().catch(ask);
  const value = new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`${actor} has no metric ${name}`);
  return Number(value);
}

/** Asks from a thread of its own: the time in which the load is signed is not the sequencer's. */
async function ask(devnet: Devnet, { answersMs }: Watched, isOver: () => boolean): Promise<void> {
  const boot = `require("tsx/cjs"); require(${JSON.stringify(join(__dirname, "asker.ts"))});`;
  const asker = new Worker(boot, { eval: true, workerData: { url: devnet.info.l2.sequencer! } satisfies AskerData });
  const answers = new Promise<number[]>((resolve, reject) => asker.on("message", resolve).on("error", reject));
  while (!isOver()) await sleep(ASK_MS);
  asker.postMessage("end");
  for (const ms of await answers) answersMs.push(ms);
}

async function scrape(devnet: Devnet, { behind }: Watched, isOver: () => boolean): Promise<void> {
  while (!isOver()) {
    await sleep(SCRAPE_MS);
    const head = await metric(devnet, "sequencer", "solvent_head_unsafe");
    const others: Record<string, number> = { verifier: await metric(devnet, "verifier", "solvent_head_unsafe") };
    for (const actor of ACTORS) others[`${actor}, safe`] = await metric(devnet, actor, "solvent_head_safe");
    for (const [name, number] of Object.entries(others)) behind[name] = Math.max(behind[name] ?? 0, head - number);
  }
}

function processorOf({ processes }: Devnet): Record<string, number> {
  const { user, system } = process.cpuUsage();
  const own = [["load", (user + system) / 1e6] as const];
  const others = ["l1", ...ACTORS].map((name) => [name, processorSeconds(processes.pid(name)!) ?? NaN] as const);
  return Object.fromEntries([...own, ...others]);
}
