import { accessSync, constants, existsSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { createDevnet } from "../devnet";
import { DEFAULT_OPTIONS, type Devnet, type DevnetInfo, type DevnetOptions } from "../devnet/devnet";
import { copyLines } from "../devnet/clients";
import { GAMES, type GameType } from "../deployment";
import {
  ACTORS,
  DATA_CHOICES,
  EXPLORER_PORT,
  SEQUENCING_MODES,
  SLOW_RESPONSE_SECONDS,
  dataModeOf,
  type DataChoice,
  type SequencingMode,
} from "../devnet/options";
import { checkFault, describeAllFaults, startFault } from "../devnet/scenes";
import { createCommand, port, runCommand, wholeNumber } from "../actor/command";
import { useBuildFolder } from "../node/modules";
import { ensureBuilt } from "./support/ensureBuilt";
import { untilStopped } from "./support/untilStopped";

interface Flags {
  l1?: string;
  l1Port: number;
  port: number;
  verifierPort: number;
  explorerPort: number;
  blockTime: number;
  emptyBlocks: boolean;
  steady?: boolean;
  instant?: boolean;
  manual?: boolean;
  verifiers: number;
  feed: boolean;
  challengers: number;
  maker?: boolean;
  game: GameType;
  data: DataChoice;
  sequencing: SequencingMode;
  responseTime?: number;
  challengePeriod?: number;
  datadir?: string;
  load?: string;
  program?: string;
  info?: string;
  funder?: string;
  fault: string[];
  exitAfterFaults?: boolean;
  seed?: number;
  without: string[];
  logLevel: string;
}

const LOG_LEVELS = ["silent", "fatal", "error", "warn", "info", "debug", "trace"];

/** `npm start`: the devnet, until Ctrl-C. Prints what a client needs, then READY. */
async function main(): Promise<void> {
  const flags = parseFlags();
  const say = (text: string): void => console.log(text);
  if (flags.program !== undefined) useBuildFolder(flags.program);
  const devnet = createDevnet(optionsOf(flags));
  const stopped = untilStopped();
  await ensureBuilt(say);
  const started = Date.now();
  const failed = new Promise<string>((resolve) => {
    devnet.processes.onExit = (name, code) =>
      resolve(`${name} ended with status ${code}; its log is in ${devnet.logDir}`);
  });
  try {
    const info = await Promise.race([devnet.start(), stopped.then(() => null)]);
    if (info === null) return;
    if (flags.info !== undefined) writeFileSync(resolve(flags.info), JSON.stringify(info, null, 2) + "\n");
    describe(info, flags.info ?? join(info.dataDir, "devnet.json")).forEach(say);
    say(`READY in ${((Date.now() - started) / 1_000).toFixed(1)} s; Ctrl-C or SIGTERM ends it`);
    const faults = runFaults(devnet, flags, say);
    const ends = [
      failed.then((text) => ({ text, isFailure: true })),
      stopped.then((text) => ({ text, isFailure: false })),
    ];
    if (flags.exitAfterFaults === true)
      ends.push(faults.then((lost) => ({ text: "all faults have ended", isFailure: lost > 0 })));
    const { text, isFailure } = await Promise.race(ends);
    say(`stopping: ${text}`);
    if (isFailure) process.exitCode = 1;
  } catch (error) {
    if (devnet.processes.hasFailed) say(`logs are kept in ${devnet.logDir}`);
    throw error;
  } finally {
    await devnet.stop();
  }
}

/** One after another: each has the devnet for itself. @returns how many did not end as they must. */
async function runFaults(
  devnet: Devnet,
  { fault: faults, seed = 1 }: Flags,
  say: (text: string) => void,
): Promise<number> {
  let lost = 0;
  for (const [i, fault] of faults.entries()) {
    try {
      (await startFault(devnet, fault, seed + i, say)).forEach(say);
    } catch (error) {
      lost++;
      say(`fault ${fault}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (faults.length > 0) say("FAULTS DONE");
  devnet.rounds?.go();
  return lost;
}

/** Everything that flags can have wrong is refused here, before anything runs. */
function parseFlags(): Flags {
  const command = createCommand(
    "npm start --",
    "Starts L1, deploys Solvent, runs sequencer, verifier and challenger. Ctrl-C or SIGTERM ends all of it.",
  );
  const flags = command
    .option(
      "--l1 <hardhat|anvil|URL>",
      "the L1: Hardhat's own node (the default; anvil with --data blobs or auto), anvil, or a node that runs already and mines at an interval",
    )
    .option("--l1-port <port>", "port of the L1 that is started; 0 takes any", port, DEFAULT_OPTIONS.l1Port)
    .option("--port <port>", "port of the sequencer's JSON-RPC", port, DEFAULT_OPTIONS.sequencerPort)
    .option("--verifier-port <port>", "port of the verifier's JSON-RPC", port, DEFAULT_OPTIONS.verifierPort)
    .option("--explorer-port <port>", "port of the explorer", port, EXPLORER_PORT)
    .option(
      "--block-time <ms>",
      "an L2 block is made so often, when there is something for it",
      wholeNumber(20),
      DEFAULT_OPTIONS.blockTimeMs,
    )
    .option("--no-empty-blocks", "an idle L2 stands still; without the flag it makes a block a second")
    .option(
      "--steady",
      "keeps its pace when nobody uses it; else L1 slows down to a block in two seconds, L2 to one in thirty",
    )
    .option(
      "--instant",
      "a block of L2 for each transaction at once, as Hardhat's node makes it; an idle L2 stands still",
    )
    .option("--manual", "nothing moves by itself, on either layer: solvent_step and evm_mine do, each to its end")
    .option("--verifiers <n>", "so many; all but the first on any free port", wholeNumber(1, 8), 1)
    .option("--no-feed", "verifiers ask the sequencer for its blocks instead of being told")
    .option("--challengers <n>", "so many; all but the first only answer lies", wholeNumber(1, 5), 1)
    .option("--maker", "adds one who buys withdrawals, and the exit market on L1 where it does")
    .addOption(
      new Option("--game <name>", "the rules by which disputes are settled")
        .choices(GAMES)
        .default(DEFAULT_OPTIONS.game),
    )
    .addOption(
      new Option(
        "--data <name>",
        "where batches are: on L1 as calldata, as blobs, or as whichever costs less (auto), or off it behind a commitment that can be challenged",
      )
        .choices(DATA_CHOICES)
        .default(DEFAULT_OPTIONS.data),
    )
    .addOption(
      new Option("--sequencing <name>", "who posts batches: one always, or three members with a stake in turns")
        .choices(SEQUENCING_MODES)
        .default(DEFAULT_OPTIONS.sequencing),
    )
    .option("--response-time <s>", "of one answer in the game, in seconds; more for people who play", wholeNumber(1))
    .option("--challenge-period <s>", "of the game, in seconds; the least that it allows by default", wholeNumber(1))
    .option("--datadir <dir>", "keeps everything, L1 too, for the next start; without it all is deleted at the end")
    .option("--load <file>", "begins with what solvent snapshot save NAME wrote, in an empty folder")
    .option("--program <folder>", "runs and deploys the program of that folder: solvent program", programOf)
    .option("--info <file>", "where to write the description as JSON; <datadir>/devnet.json by default", writable)
    .option("--funder <key>", "private key that pays the actors on an L1 where the test mnemonic has no ether", key)
    .option(
      "--fault <kind[:args]>",
      "adds one that lies or fails, and reports how it ended; may be repeated: one after another",
      (text, all: string[]) => [...all, fault(text)],
      [],
    )
    .option("--exit-after-faults", "ends after the last fault: status 0 if each ended as it must, 1 if one did not")
    .option(
      "--seed <n>",
      "each run is the same to the last byte: L1's own clock, blocks in rounds, the same lie; with --manual by your steps",
      wholeNumber(0, 2 ** 31 - 1),
    )
    .option(
      "--without <actor>",
      `leaves out ${ACTORS.join(", ")}; may be repeated`,
      (text, all: string[]) => [...all, text],
      [],
    )
    .addOption(new Option("--log-level <level>", "of the actors' logs").choices(LOG_LEVELS).default("info"))
    .addHelpText(
      "after",
      `\nFaults:\n${describeAllFaults()
        .map((line) => `  ${line}`)
        .join("\n")}`,
    )
    .parse()
    .opts<Flags>();
  for (const text of flags.fault) refuseUnlike(command, text, flags);
  if (flags.exitAfterFaults === true && flags.fault.length === 0) command.error("--exit-after-faults needs a --fault");
  return flags;
}

function optionsOf(flags: Flags): Partial<DevnetOptions> {
  const l1 = flags.l1 ?? (dataModeOf(flags.data) === "blobs" ? "anvil" : DEFAULT_OPTIONS.l1);
  return {
    l1,
    l1Port: flags.l1Port,
    sequencerPort: flags.port,
    verifierPort: flags.verifierPort,
    explorerPort: flags.explorerPort,
    blockTimeMs: flags.blockTime,
    emptyBlocks: flags.emptyBlocks,
    slowsDown: flags.steady !== true,
    blocks: flags.instant === true ? "instant" : "interval",
    isManual: flags.manual === true,
    seed: flags.seed ?? null,
    verifiers: flags.verifiers,
    feed: flags.feed,
    challengers: flags.challengers,
    maker: flags.maker === true,
    dataDir: flags.datadir === undefined ? null : resolve(flags.datadir),
    load: flags.load === undefined ? null : resolve(flags.load),
    funder: flags.funder ?? null,
    without: flags.without,
    logLevel: flags.logLevel,
    game: flags.game,
    data: flags.data,
    sequencing: flags.sequencing,
    responseTimeSeconds:
      flags.responseTime ?? (l1 === "hardhat" ? DEFAULT_OPTIONS.responseTimeSeconds : SLOW_RESPONSE_SECONDS),
    challengePeriodSeconds: flags.challengePeriod ?? null,
  };
}

/** A file that can be written. */
function writable(file: string): string {
  try {
    accessSync(existsSync(file) ? file : dirname(resolve(file)), constants.W_OK);
    if (existsSync(file) && statSync(file).isDirectory()) throw new Error("it is a folder");
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be written: ${(error as Error).message}.`);
  }
  return file;
}

/** The folder of a built program; its own `build`, where there is one. */
function programOf(folder: string): string {
  const found = [join(folder, "build"), folder].find((one) => existsSync(join(one, "program.json")));
  if (found === undefined) throw new InvalidArgumentError(`No program.json there: solvent program build ${folder}.`);
  return found;
}

function key(text: string): string {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("Give a private key: 0x and 64 hex digits.");
  return text;
}

/** Ends the command where the game has no such lie, the sequencing no such fault, or an actor is left out that it needs. */
function refuseUnlike(command: Command, text: string, flags: Flags): void {
  try {
    checkFault(text, flags);
  } catch (error) {
    command.error(`--fault ${text}: ${(error as Error).message}`);
  }
}

function fault(text: string): string {
  try {
    checkFault(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
  return text;
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
    ...Object.entries(info.members).map(([name, url]) => `  ${name.padEnd(12)}${url}   a member in turns with it`),
    ...(l2.verifier === null ? [] : [`  verifier    ${l2.verifier}   L2 as L1 has it: safe, finalized`]),
    ...(info.maker === null ? [] : [`  maker       ${info.maker.url}, buys at ${info.maker.market}`]),
    ...(info.explorer === null ? [] : [`  explorer    ${info.explorer}`]),
    "Contracts on L1",
    ...contracts,
    "Accounts, 100 ETH each on L2, 10,000 on an L1 that was started here; address and private key (known to everybody: for this devnet only)",
    ...accounts.map(({ address, privateKey }, i) => `  ${i}  ${address}  ${privateKey}`),
    `  mnemonic: ${mnemonic}`,
    ...(info.clients === null
      ? []
      : [
          "To copy",
          ...copyLines(l1.url, info.clients.hardhat.url, l2.chainId, accounts, resolve(file)).map(
            (line) => `  ${line}`,
          ),
        ]),
    `The same as JSON: ${file}`,
    ...(info.explorer === null
      ? []
      : [`Look at ${info.explorer}; npm start -- --fault wrong-state has somebody lie, --help lists the faults`]),
  ];
}

// Sockets of others may still be open; everything of ours is closed.
void runCommand("devnet", main).then(() => process.exit());
