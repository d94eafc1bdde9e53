import { formatEther } from "ethers";
import { z } from "zod";
import { SolventError } from "../../../protocol/errors";
import { GAMES, type GameName } from "../../lab/games/game";
import { SIDES } from "../../lab/hand/hand";
import { claimedStates, RUN_STEPS, RUNS, toyLie, toyState, TOY_PROGRAM, type ToyLie } from "../../lab/hand/toy";
import { clock } from "../../lab/hand/words";
import type { Hex } from "../../../protocol/types";
import type { L1Choice, L1Event, L1Result, L1Table } from "./table";
import { tellCalls } from "./words";

type Print = (line: string) => void;

/** What is played, for the first lines, and for a record. */
export interface L1Setup {
  game: GameName;
  side: "truth" | "liar";
  /** `toy`: sixteen steps; `real`: the chain's own program. */
  program: "toy" | "real";
  against: string;
  queue: Hex;
}

/** A game on L1 that was played, for a file: what happened, in words, with the transactions. */
export interface L1Record extends L1Setup {
  format: "solvent-play-l1";
  version: 1;
  /** Who the person was, lower case. */
  account: Hex;
  /** L1 seconds of the first line. */
  start: number;
  events: { at: number; by: Hex; does: string[]; transaction: Hex; gas: number }[];
  result: L1Result | null;
}

const hex = z.string().regex(/^0x[0-9a-fA-F]*$/);
const recordSchema = z.strictObject({
  format: z.literal("solvent-play-l1"),
  version: z.literal(1),
  game: z.enum(GAMES),
  side: z.enum(SIDES),
  program: z.enum(["toy", "real"]),
  against: z.string(),
  queue: hex,
  account: hex,
  start: z.number(),
  events: z.array(
    z.strictObject({ at: z.number(), by: hex, does: z.array(z.string()), transaction: hex, gas: z.number() }),
  ),
  result: z.enum(["won", "lost"]).nullable(),
});

const HELP =
  "a number: that move; a: what the book says; f: the book plays on to the end; w: wait for a block; u: wait until something happens; q: stop";
const MOST_TURNS = 2_000;

/**
 * Plays a game on L1 in a terminal: prints what is legal, takes a line, until the game is over or there are no more lines.
 * @param lines - What the person types. @returns what happened.
 */
export async function playOnL1(
  table: L1Table,
  setup: L1Setup,
  lines: AsyncIterable<string>,
  print: Print,
): Promise<L1Record> {
  const record: L1Record = {
    ...{ format: "solvent-play-l1", version: 1, ...setup },
    ...{ account: table.seat.account, start: 0, events: [], result: null },
  };
  const note = (events: readonly L1Event[]): void => {
    for (const event of events) {
      const does = tellCalls(setup.game, event.data).map((told) => told.does);
      record.start ||= event.at;
      record.events.push({ ...pick(event), does });
      printEvent(record, record.events.at(-1)!, print);
    }
  };
  print(HELP);
  note(await table.news());
  let choices = await printTurn(table, setup.game, print);
  for await (const typed of lines) {
    if (choices.length === 0) break;
    const word = typed.trim();
    if (word === "q") return record;
    if (word === "f") {
      for (let turn = 0; choices.length > 0 && turn < MOST_TURNS; turn++) {
        note(await table.choose(bookOf(choices)));
        choices = await table.legal();
      }
      break;
    }
    const choice = choiceOf(word, choices);
    if (choice === undefined) {
      print(word === "" || word === "?" ? HELP : `"${word}" is none of them. ${HELP}`);
      continue;
    }
    note(await table.choose(choice));
    choices = await printTurn(table, setup.game, print);
    if (choices.length === 0) break;
  }
  record.result = await table.end();
  printEnd(record, print);
  return record;
}

/**
 * Reads a game on L1 that was written to a file. @returns null for any other text.
 * @throws SolventError `config-invalid` where it says that it is one and is not.
 */
export function parseL1Record(text: string): L1Record | null {
  if (!/"format":\s*"solvent-play-l1"/.test(text)) return null;
  const result = recordSchema.safeParse(jsonOf(text));
  if (result.success) return result.data as L1Record;
  const [{ path, message }] = result.error.issues;
  throw new SolventError("config-invalid", `this is no game that was played on L1: ${path.join(".")}: ${message}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Prints a game that was played before. */
export function printL1Record(record: L1Record, print: Print): void {
  const { game, side, program, against, queue } = record;
  print(`${game} over the ${program} program, on L1 at ${queue}: the ${side} was played, against ${against}.`);
  for (const event of record.events) printEvent(record, event, print);
  printEnd(record, print);
}

/** Prints the sixteen steps in full, and what the person claims of each where it lies. */
export function printToy(lie: ToyLie | undefined, print: Print): void {
  print(`The program: ${TOY_PROGRAM}.`);
  const truth = Array.from({ length: RUNS * RUN_STEPS }, (_, at) => toyState(at + 1));
  const row = (name: string, values: readonly number[]): void => {
    const cells = values.map((value, at) => (at > 0 && at % RUN_STEPS === 0 ? "| " : "") + String(value).padStart(4));
    print(`  ${name.padEnd(8)}${cells.join("")}`);
  };
  const numbers = truth.map((_, at) => at);
  row(
    "run",
    numbers.map((at) => Math.floor(at / RUN_STEPS)),
  );
  row(
    "step",
    numbers.map((at) => at % RUN_STEPS),
  );
  row("truth", truth);
  if (lie !== undefined) row("you say", claimedStates(toyLie(lie, 1)));
}

function choiceOf(word: string, choices: readonly L1Choice[]): L1Choice | undefined {
  if (word === "a") return bookOf(choices);
  if (word === "w" || word === "u") return choices.find(({ key }) => key === (word === "w" ? "wait" : "until"));
  return /^\d+$/.test(word) ? choices[Number(word) - 1] : undefined;
}

/** The first move of the book's plan; patience where there is none. */
function bookOf(choices: readonly L1Choice[]): L1Choice {
  return choices.find(({ move }) => move !== undefined) ?? choices.find(({ key }) => key === "until")!;
}

async function printTurn(table: L1Table, game: GameName, print: Print): Promise<L1Choice[]> {
  const choices = await table.legal();
  if (choices.length > 0) print("You may");
  for (const [i, { key, move, stake }] of choices.entries()) {
    if (move === undefined) {
      print(`  ${i + 1}  ${key === "wait" ? "wait for L1's next block" : "wait until something happens"}`);
      continue;
    }
    const [{ does, follows }] = tellCalls(game, key as Hex);
    print(`  ${i + 1}  ${does}`);
    if (follows !== "") print(`       ${follows}`);
    if (stake > 0n) print(`       Locks ${formatEther(stake)} ether: back if it turns out right, lost if not.`);
  }
  return choices;
}

function pick({ at, by, transaction, gas }: L1Event): Omit<L1Record["events"][number], "does"> {
  return { at, by, transaction, gas };
}

function printEvent({ account, start }: L1Record, event: L1Record["events"][number], print: Print): void {
  const who = event.by === account ? "you" : `they (${event.by.slice(0, 8)})`;
  print(`  ${clock(event.at - start)}: ${who}: ${event.does.join("; ")} [${event.gas} gas, ${event.transaction}]`);
}

function printEnd({ result, side, events, account }: L1Record, print: Print): void {
  const gas = events.filter(({ by }) => by === account).reduce((sum, event) => sum + event.gas, 0);
  print(`You sent ${events.filter(({ by }) => by === account).length} transactions with ${gas} gas in all.`);
  if (result === null) return print("The game has not come to its end.");
  const stands = (result === "won") === (side === "truth") ? "the truth stands" : "the lie stands";
  print(`You ${result}: ${stands}.`);
}
