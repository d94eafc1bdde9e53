import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { InvalidArgumentError, Option } from "commander";
import { createCommand, runCommand, wholeNumber } from "../actor/command";
import { SolventError } from "../protocol/errors";
import { GAMES, type GameName } from "../simulator/lab/games/game";
import { HandGame, SIDES, opponentsOf, type HandRecord, type PlaySide } from "../simulator/lab/hand/hand";
import { parseRecord } from "../simulator/lab/hand/record";
import type { ToyLie } from "../simulator/lab/hand/toy";
import { playByHand, printCourse } from "../simulator/lab/hand/terminal";
import { parseL1Record, printL1Record, type L1Record } from "../simulator/boards/l1/terminal";
import { MANNERS } from "../simulator/boards/l1/seat";
import type { Hex } from "../protocol/types";
import type { Target } from "./support/ask";
import { playOnDevnet } from "./support/playL1";

interface Options extends Target {
  game: GameName;
  side: PlaySide;
  against?: string;
  seed: number;
  lie?: ToyLie;
  out?: string;
  replay?: string;
  devnet?: boolean;
  program: "toy" | "real";
  queue?: Hex;
  key?: Hex;
}

/**
 * `solvent play`: a person plays one side of a dispute, move by move; lines on standard input. On paper, over a program of sixteen steps, or
 * with real transactions on a devnet's L1, over that program or the chain's own. Status 0 if the game came to its end.
 */
async function main(): Promise<void> {
  const options = parseOptions();
  if (options.replay !== undefined) return replay(options.replay);
  const lines = typedLines();
  const isOver = options.devnet === true ? await playL1(options, lines) : await playPaper(options, lines);
  if (!isOver) process.exitCode = 1;
}

/** Standard input is read from the first question on: what comes before it would be lost. */
async function* typedLines(): AsyncGenerator<string> {
  yield* createInterface({ input: process.stdin });
}

function parseOptions(): Options {
  const opponents = opponentsOf("truth", "edges")
    .map(({ name, about }) => `  ${name.padEnd(20)} ${about}`)
    .join("\n");
  const manners = Object.entries(MANNERS)
    .map(([name, { about }]) => `  ${name.padEnd(20)} ${about}`)
    .join("\n");
  return createCommand("solvent play", "Play a dispute by hand, on paper or on a devnet's L1.")
    .addOption(new Option("--game <name>", "which game").choices([...GAMES]).default("edges"))
    .addOption(new Option("--side <side>", "what you stand for").choices([...SIDES]).default("truth"))
    .option("--against <who>", "who plays the other side (default: a liar, or honest if you lie)")
    .option("--seed <n>", "the same seed, the same opponent", wholeNumber(), 1)
    .option("--lie <run.step>", "where your lie begins, e.g. 2.1 (default: by the seed)", parseLie)
    .option("--out <file>", "write the game there when it ends or you stop")
    .option("--replay <file>", "print a game that was written before")
    .option("--devnet", "with real transactions on the L1 of a devnet that runs")
    .addOption(
      new Option("--program <name>", "on L1: sixteen steps, or the chain's own blocks")
        .choices(["toy", "real"])
        .default("toy"),
    )
    .option("--queue <address>", "on L1: the game of sixteen steps that another person has laid out", parseAddress)
    .option("--key <key>", "on L1: your private key (default: an account of the devnet)", parseKey)
    .option("--url <url>", "JSON-RPC of the devnet's L1; http://127.0.0.1:8545 by default")
    .option("--datadir <dir>", "the folder that the devnet was started with")
    .addHelpText(
      "after",
      `\nOn paper you can play against:\n${opponents}\nOn L1, over sixteen steps, a liar that\n${manners}\n` +
        "Over the chain's own program: any fault of solvent devnet --help. Everywhere on L1: person, who sits at another terminal.",
    )
    .parse()
    .opts<Options>();
}

async function playPaper(options: Options, lines: AsyncIterable<string>): Promise<boolean> {
  const { game, side, seed, lie, out } = options;
  const opponent = options.against ?? (side === "liar" ? "honest" : "liar");
  const hand = new HandGame({ game, side, opponent, seed, ...(lie === undefined ? {} : { lie }) });
  const isOver = await playByHand(hand, lines, print);
  if (out !== undefined) write(out, hand.record());
  if (!isOver) print("The game has not come to its end.");
  return isOver;
}

async function playL1(options: Options, lines: AsyncIterable<string>): Promise<boolean> {
  const record = await playOnDevnet(options, lines, print);
  if (options.out !== undefined) write(options.out, record);
  return record.result !== null;
}

function write(file: string, record: HandRecord | L1Record): void {
  writeFileSync(file, JSON.stringify(record, null, 2) + "\n");
  print(`Written to ${file}; solvent play --replay ${file} shows it again.`);
}

function replay(file: string): void {
  const text = readRecord(file);
  const record = parseL1Record(text);
  if (record !== null) printL1Record(record, print);
  else printCourse(HandGame.replay(parseRecord(text)), print);
}

function print(line: string): void {
  console.log(line);
}

function parseLie(text: string): ToyLie {
  const [, run, step] = /^([0-3])\.([0-3])$/.exec(text) ?? [];
  if (run === undefined) throw new InvalidArgumentError("Give a run and a step, each from 0 to 3, as in 2.1.");
  return { run: Number(run), step: Number(step) };
}

function parseAddress(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text)) throw new InvalidArgumentError("Give an address: 0x and 40 hex digits.");
  return text as Hex;
}

function parseKey(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError("Give a private key: 0x and 64 hex digits.");
  return text as Hex;
}

function readRecord(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new SolventError("config-invalid", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

// A reader of standard input, and what has computed histories, may still be open; the game is over.
void runCommand("solvent play", main).then(() => process.exit());
