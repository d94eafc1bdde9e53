import { HandGame, YOU, type Choice } from "./hand";
import { picture, toySteps } from "./picture";
import { TOY_PROGRAM } from "./toy";
import { clock, ending, explain, money, reasonFor, tell } from "./words";

type Print = (line: string) => void;

const HELP = "a number: that move; h: a hint; a: what the hint says; b: the board; s: the sixteen steps; q: stop";

/**
 * Plays a game in a terminal: prints the board and what is legal, takes a line, until the game is over or there are no more lines.
 * @param lines - What the person types. @returns whether the game came to its end.
 */
export async function playByHand(hand: HandGame, lines: AsyncIterable<string>, print: Print): Promise<boolean> {
  const { game, side, opponent } = hand.setup;
  print(`You play ${game} as the ${side === "truth" ? "honest side" : "liar"}, against: ${opponent}.`);
  printSteps(hand, print);
  print(HELP);
  let choices = printTurn(hand, print);
  for await (const typed of lines) {
    if (hand.isOver()) break;
    const word = typed.trim();
    if (word === "q") return false;
    if (word === "" || word === "?") print(HELP);
    else if (word === "b") printBoard(hand, print);
    else if (word === "s") printSteps(hand, print);
    else if (word === "h") printHint(hand, choices, print);
    else {
      const choice = word === "a" ? hand.hint() : /^\d+$/.test(word) ? choices[Number(word) - 1] : undefined;
      if (choice === undefined) {
        print(`"${word}" is none of them. ${HELP}`);
        continue;
      }
      for (const event of hand.choose(choice.key)) print(`  ${clock(event.at)}: ${tell(hand, event)}`);
      if (hand.isOver()) break;
      choices = printTurn(hand, print);
    }
  }
  if (!hand.isOver()) return false;
  printEnd(hand, print);
  return true;
}

/** Prints the course of a game that was played before. */
export function printCourse(hand: HandGame, print: Print): void {
  printSteps(hand, print);
  for (const event of hand.events) print(`  ${clock(event.at)}: ${tell(hand, event)}`);
  if (hand.isOver()) printEnd(hand, print);
  else printBoard(hand, print);
}

function printEnd(hand: HandGame, print: Print): void {
  printBoard(hand, print);
  print(ending(hand));
  for (const [by, who] of ["you", "they"].entries()) {
    const { lost, won, locked, peakLocked } = hand.game.ledger.account(by);
    const still = locked > 1e-9 ? `, still locked ${money(locked)}` : "";
    print(`${who}: locked ${money(peakLocked)} at most, lost ${money(lost)}, won ${money(won)}${still}`);
  }
}

function printTurn(hand: HandGame, print: Print): Choice[] {
  const choices = hand.legal();
  if (choices.length === 0) return choices;
  print("");
  printBoard(hand, print);
  print(`${clock(hand.game.now)} after the start you may`);
  choices.forEach((choice, i) => {
    const { does, follows } = explain(hand, choice);
    print(`  ${i + 1}  ${does}`);
    for (const line of follows) print(`       ${line}`);
  });
  return choices;
}

function printHint(hand: HandGame, choices: readonly Choice[], print: Print): void {
  const hint = hand.hint();
  const number = choices.findIndex(({ key }) => key === hint.key) + 1;
  print(`Take ${number}: ${explain(hand, hint).does}. ${reasonFor(hand, hint)}`);
}

function printBoard(hand: HandGame, print: Print): void {
  const { locked } = hand.game.ledger.account(YOU);
  for (const { depth, text, side, isOver } of picture(hand)) {
    const whose = { mine: "yours ", other: "theirs", both: "both  " }[side];
    print(`  ${whose} ${"  ".repeat(depth)}${isOver ? "x " : ""}${text}`);
  }
  if (locked > 1e-9) print(`  you have locked ${money(locked)}`);
}

/** The sixteen steps in full, and what the person claims of each. */
function printSteps(hand: HandGame, print: Print): void {
  print(`The program: ${TOY_PROGRAM}.`);
  const steps = toySteps(hand);
  const row = (name: string, value: (at: number) => string): void =>
    print(
      `  ${name.padEnd(8)}${steps.map(({ step }, at) => (step === 0 && at > 0 ? "| " : "") + value(at).padStart(4)).join("")}`,
    );
  row("run", (at) => String(steps[at].run));
  row("step", (at) => String(steps[at].step));
  row("truth", (at) => String(steps[at].after));
  if (hand.setup.side === "liar") row("you say", (at) => String(steps[at].claimed));
}
