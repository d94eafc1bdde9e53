import type { Random } from "../../random";
import type { Game, Move } from "../games/game";

/** What a strategy is given when its party sits down. */
export interface Seat {
  /** Number of the party. */
  by: number;
  game: Game;
  random: Random;
  blockSeconds: number;
  options: Readonly<Record<string, number | undefined>>;
  /** A number that no other commitment of this game has. */
  newSalt(): number;
  /** Whether the move answers a claim of somebody on the same side. */
  isAgainstFriend(move: Move): boolean;
  /** Whether the truth has been committed to at level 0. */
  isTruthIn(): boolean;
  /** Answers of a schedule that is being searched; empty otherwise. */
  choices: readonly number[];
}

/** A move that a party wants to make, not before `at`; absent: as soon as it can. */
export interface Intent {
  readonly move: Move;
  readonly at?: number;
}

/** Someone who plays. It is asked after every block that changed something and whenever a move falls due. */
export interface Player {
  decide(): Intent[];
  /** Earliest time at which it wants to be asked although nothing has happened. */
  wake?(): number;
}

/** How a party plays, whichever the game is. One file each; simulator/README.md explains them. */
export interface Strategy {
  readonly name: string;
  /** One sentence, for lists and error messages. */
  readonly about: string;
  /** Options with their least, greatest and usual value. */
  readonly options?: Readonly<Record<string, readonly [least: number, most: number, usual: number]>>;
  sit(seat: Seat): Player;
}

export const intents = (moves: readonly Move[]): Intent[] => moves.map((move) => ({ move }));

/** The option, or its usual value. */
export function optionOf(strategy: Pick<Strategy, "options">, seat: Seat, name: string): number {
  return seat.options[name] ?? strategy.options![name][2];
}
