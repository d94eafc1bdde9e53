import { Command } from "commander";
import type { z } from "zod";
import { loadConfig } from "./config/load";
import { SolventError } from "../protocol/errors";
import type { DevnetAnswers } from "./marks";

/** An actor as its process runs it. */
export interface Actor {
  /** @returns what to print on one line once it is up (URLs and the like). */
  start(): Promise<Record<string, unknown>>;
  stop(): Promise<void>;
  /** Settles when the actor cannot go on; the process then ends with status 1 and the error. */
  readonly failed: Promise<Error>;
  /** What a devnet that started the process may ask of it over their channel. */
  readonly devnet?: DevnetAnswers;
}

/** A devnet's question, and what comes back under its number. */
export interface Question {
  ask: string;
  number: number;
  params: unknown[];
}
export interface Answer {
  answer: number;
  result?: unknown;
  error?: string;
}

export interface ActorProgram<Schema extends z.ZodType> {
  name: string;
  description: string;
  schema: Schema;
  create(config: z.output<Schema>): Promise<Actor>;
}

const STOP_LIMIT_MS = 10_000;

/**
 * The main function of an actor's own process: flags, configuration, start, and a clean end on SIGTERM, SIGINT or when a parent
 * that spawned it with an IPC channel is gone. Exit status: 0 after a signal, 1 after a failure, 2 for a bad configuration.
 */
export async function runActor<Schema extends z.ZodType>(program: ActorProgram<Schema>): Promise<void> {
  const command = new Command(program.name)
    .description(program.description)
    .option("-c, --config <file>", "JSON file with the configuration")
    .option("-s, --set <key=value...>", "override single keys, for example --set rpc.port=9545", [])
    .option("--data-dir <folder>", "the same as --set dataDir=...")
    .option("--deployment <file>", "the same as --set deployment=...")
    .option("--l1-url <url>", "the same as --set l1Url=..., several with commas between them")
    .option("--rpc-port <port>", "the same as --set rpc.port=...")
    .option("--metrics-port <port>", "the same as --set metrics.port=...")
    .option("--log-level <level>", "the same as --set logLevel=...");
  const options = command.parse().opts<Record<string, string | string[] | undefined>>();
  try {
    const config = loadConfig(program.schema, options.config as string | undefined, overridesOf(options));
    await untilStopped(await program.create(config));
  } catch (error) {
    process.exitCode = error instanceof SolventError && error.code.startsWith("config-") ? 2 : 1;
    const code = error instanceof SolventError ? ` [${error.code}]` : "";
    const text = error instanceof SolventError ? error.message : error instanceof Error ? error.stack : String(error);
    process.stderr.write(`${program.name}:${code} ${text}\n`);
  }
  // Sockets of others may still be open; everything of ours is closed.
  process.exit();
}

async function untilStopped(actor: Actor): Promise<void> {
  const signalled = new Promise<null>((resolve) => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => resolve(null));
    process.once("disconnect", () => resolve(null));
  });
  process.on("message", (message) => void answer(actor, message as Question));
  const ready = await actor.start();
  process.stdout.write(JSON.stringify({ ready: true, ...ready }) + "\n");
  process.send?.({ ready: true, ...ready });
  const failure = await Promise.race([signalled, actor.failed]);
  setTimeout(() => process.exit(1), STOP_LIMIT_MS).unref();
  await actor.stop();
  if (failure !== null) throw failure;
}

async function answer({ devnet = {} }: Actor, { ask, number, params }: Question): Promise<void> {
  if (!Object.hasOwn(devnet, ask)) return;
  const reply = await devnet[ask](...(params as never[])).then(
    (result) => ({ answer: number, result }),
    (error: unknown) => ({ answer: number, error: error instanceof Error ? error.message : String(error) }),
  );
  process.send?.(reply satisfies Answer);
}

function overridesOf(options: Record<string, string | string[] | undefined>): string[] {
  const flags: Record<string, string> = {
    dataDir: "dataDir",
    deployment: "deployment",
    l1Url: "l1Url",
    rpcPort: "rpc.port",
    metricsPort: "metrics.port",
    logLevel: "logLevel",
  };
  const own = Object.entries(flags).flatMap(([flag, key]) =>
    options[flag] === undefined ? [] : [`${key}=${options[flag] as string}`],
  );
  return [...((options.set as string[] | undefined) ?? []), ...own];
}
