import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_OPTIONS, Devnet, type DevnetInfo } from "../devnet/devnet";
import { describeAllFaults, startFault } from "../devnet/scenes";
import { SolventError } from "../protocol/errors";
import { ensureBuilt } from "./support/ensureBuilt";
import { untilStopped } from "./support/untilStopped";

interface Flags {
  l1: string;
  l1Port: number;
  port: number;
  verifierPort: number;
  explorerPort: number;
  blockTime: number;
  datadir?: string;
  info?: string;
  funder?: string;
  fault: string[];
  seed: number;
  without: string[];
  logLevel: string;
}

const EXPLORER_PORT = 9547;

/** `npm start`: the devnet, until Ctrl-C. Prints what a client needs, then READY. */
async function main(): Promise<void> {
  const flags = parseFlags();
  const say = (text: string): void => console.log(text);
  const stopped = untilStopped();
  await ensureBuilt(say);
  const started = Date.now();
  const devnet = new Devnet({
    l1: flags.l1,
    l1Port: flags.l1Port,
    sequencerPort: flags.port,
    verifierPort: flags.verifierPort,
    explorerPort: flags.explorerPort,
    blockTimeMs: flags.blockTime,
    dataDir: flags.datadir === undefined ? null : resolve(flags.datadir),
    funder: flags.funder ?? null,
    without: flags.without,
    logLevel: flags.logLevel,
    // Blocks of a second need more time for an answer than those of a fifth of one.
    ...(flags.l1 === "hardhat" ? {} : { responseTimeSeconds: 3 }),
  });
  let isEnding = false;
  const failed = new Promise<string>((resolve) => {
    devnet.processes.onExit = (name, code) => {
      if (!isEnding) resolve(`${name} ended with status ${code}; its log is in ${devnet.logDir}`);
    };
  });
  try {
    const info = await Promise.race([devnet.start(), stopped.then(() => null)]);
    if (info !== null) {
      if (flags.info !== undefined) writeFileSync(resolve(flags.info), JSON.stringify(info, null, 2) + "\n");
      describe(info, flags.info ?? join(info.dataDir, "devnet.json")).forEach(say);
      say(`READY in ${((Date.now() - started) / 1_000).toFixed(1)} s; Ctrl-C ends it`);
      void runFaults(devnet, flags, say);
      const reason = await Promise.race([
        failed.then((text) => ({ text, isFailure: true })),
        stopped.then((text) => ({ text, isFailure: false })),
      ]);
      say(`stopping: ${reason.text}`);
      if (reason.isFailure) process.exitCode = 1;
    }
  } finally {
    isEnding = true;
    await devnet.stop();
  }
}

/** One after another: each has the devnet for itself. */
async function runFaults(devnet: Devnet, { fault: faults, seed }: Flags, say: (text: string) => void): Promise<void> {
  for (const [i, fault] of faults.entries()) {
    try {
      (await startFault(devnet, fault, seed + i, say)).forEach(say);
    } catch (error) {
      say(`fault ${fault}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) say("FAULTS DONE");
}

function parseFlags(): Flags {
  const number = (text: string): number => {
    if (!/^\d+$/.test(text)) throw new InvalidArgumentError("must be a whole number");
    return Number(text);
  };
  const collect = (value: string, all: string[]): string[] => [...all, value];
  return new Command("npm start --")
    .description("Starts L1, deploys Solvent, runs sequencer, verifier and challenger. Ctrl-C ends all of it.")
    .option(
      "--l1 <hardhat|anvil|URL>",
      "the L1: Hardhat's own node, anvil, or a node that runs already and mines at an interval",
      "hardhat",
    )
    .option("--l1-port <port>", "port of the L1 that is started; 0 takes any", number, DEFAULT_OPTIONS.l1Port)
    .option("--port <port>", "port of the sequencer's JSON-RPC", number, DEFAULT_OPTIONS.sequencerPort)
    .option("--verifier-port <port>", "port of the verifier's JSON-RPC", number, DEFAULT_OPTIONS.verifierPort)
    .option("--explorer-port <port>", "port of the explorer", number, EXPLORER_PORT)
    .option(
      "--block-time <ms>",
      "an L2 block is made so often, when there is something for it",
      number,
      DEFAULT_OPTIONS.blockTimeMs,
    )
    .option("--datadir <dir>", "keeps everything, L1 too, for the next start; without it all is deleted at the end")
    .option("--info <file>", "where to write the description as JSON; <datadir>/devnet.json by default")
    .option("--funder <key>", "private key that pays the actors on an L1 where the test mnemonic has no ether")
    .option(
      "--fault <kind[:args]>",
      "adds one that lies or fails, and reports how it ended; may be repeated",
      collect,
      [],
    )
    .option("--seed <n>", "of the faults: the same seed, the same lie", number, 1)
    .option("--without <actor>", "leaves out sequencer, verifier or challenger; may be repeated", collect, [])
    .option("--log-level <level>", "of the actors' logs", "info")
    .addHelpText(
      "after",
      `\nFaults:\n${describeAllFaults()
        .map((line) => `  ${line}`)
        .join("\n")}`,
    )
    .parse()
    .opts<Flags>();
}

function describe(info: DevnetInfo, file: string): string[] {
  const { l1, l2, deployment, accounts, mnemonic } = info;
  const contracts = Object.entries(deployment.addresses).map(([name, address]) => `  ${name.padEnd(12)}${address}`);
  return [
    "Solvent devnet",
    `  L1          ${l1.url}   chain id ${l1.chainId}`,
    ...(l2.sequencer === null
      ? []
      : [`  L2          ${l2.sequencer}   chain id ${l2.chainId}, sequencer, WebSocket on the same port`]),
    ...(l2.verifier === null ? [] : [`  verifier    ${l2.verifier}   L2 as L1 has it: safe, finalized`]),
    ...(info.explorer === null ? [] : [`  explorer    ${info.explorer}`]),
    "Contracts on L1",
    ...contracts,
    "Accounts, 100 ETH each on L2; address and private key (known to everybody: for this devnet only)",
    ...accounts.map(({ address, privateKey }, i) => `  ${i}  ${address}  ${privateKey}`),
    `  mnemonic: ${mnemonic}`,
    `The same as JSON: ${file}`,
    ...(info.explorer === null
      ? []
      : [`Look at ${info.explorer}; npm start -- --fault wrong-state has somebody lie, --help lists the faults`]),
  ];
}

main().then(
  () => process.exit(),
  (error: unknown) => {
    const text =
      error instanceof SolventError
        ? `[${error.code}] ${error.message}`
        : error instanceof Error
          ? error.stack
          : String(error);
    console.error(`devnet: ${text}`);
    process.exit(1);
  },
);
