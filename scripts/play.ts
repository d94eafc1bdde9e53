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

interface Options {
  game: GameName;
  side: PlaySide;
  against?: string;
  seed: number;
  lie?: ToyLie;
  out?: string;
  replay?: string;
}

/**
 * `solvent play`: a person plays one side of a dispute over a program of sixteen steps, move by move; lines on standard input.
 * Status 0 if the game came to its end.
 */
async function main(): Promise<void> {
  const opponents = opponentsOf("truth", "edges")
    .map(({ name, about }) => `  ${name.padEnd(20)} ${about}`)
    .join("\n");
  const options = createCommand("solvent play", "Play a dispute by hand, over a program of sixteen steps.")
    .addOption(new Option("--game <name>", "which game").choices([...GAMES]).default("edges"))
    .addOption(new Option("--side <side>", "what you stand for").choices([...SIDES]).default("truth"))
    .option("--against <strategy>", "who plays the other side (default: liar, or honest if you lie)")
    .option("--seed <n>", "the same seed, the same opponent", wholeNumber(), 1)
    .option("--lie <run.step>", "where your lie begins, e.g. 2.1 (default: by the seed)", parseLie)
    .option("--out <file>", "write the game there when it ends or you stop")
    .option("--replay <file>", "print a game that was written before")
    .addHelpText("after", `\nYou can play against:\n${opponents}`)
    .parse()
    .opts<Options>();
  if (options.replay !== undefined) return printCourse(HandGame.replay(readRecord(options.replay)), print);
  const { game, side, seed, lie, out } = options;
  const opponent = options.against ?? (side === "liar" ? "honest" : "liar");
  const hand = new HandGame({ game, side, opponent, seed, ...(lie === undefined ? {} : { lie }) });
  const isOver = await playByHand(hand, createInterface({ input: process.stdin }), print);
  if (out !== undefined) {
    writeFileSync(out, JSON.stringify(hand.record(), null, 2) + "\n");
    print(`Written to ${out}; solvent play --replay ${out} shows it again.`);
  }
  if (!isOver) print("The game has not come to its end.");
  process.exitCode = isOver ? 0 : 1;
}

function print(line: string): void {
  console.log(line);
}

function parseLie(text: string): ToyLie {
  const [, run, step] = /^([0-3])\.([0-3])$/.exec(text) ?? [];
  if (run === undefined) throw new InvalidArgumentError("Give a run and a step, each from 0 to 3, as in 2.1.");
  return { run: Number(run), step: Number(step) };
}

function readRecord(path: string): HandRecord {
  try {
    return parseRecord(readFileSync(path, "utf8"));
  } catch (cause) {
    if (cause instanceof SolventError) throw cause;
    throw new SolventError("config-invalid", `${path} cannot be read: ${(cause as Error).message}`, { cause });
  }
}

void runCommand("solvent play", main);
