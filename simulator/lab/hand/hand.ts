import { SolventError } from "../../../protocol/errors";
import { Random } from "../../random";
import { createGame, type GameSetup } from "../games/create";
import { leastChallengePeriod } from "../games/edges/rules";
import type { Game, GameName, Move, Verdict } from "../games/game";
import { Refused } from "../../refused";
import { truthAt, type Commitment } from "../games/history";
import { rootAllowance } from "../games/tournament/clock";
import { STRATEGIES } from "../strategies";
import type { Player } from "../strategies/strategy";
import { RUN_STEPS, RUNS, TOY_HEIGHTS, toyLie, type ToyLie } from "./toy";

export const SIDES = ["truth", "liar"] as const;
export type PlaySide = (typeof SIDES)[number];

/** One game by hand: who plays what against whom. The same setup and the same choices give the same course. */
export interface HandSetup {
  game: GameName;
  /** What the person stands for. */
  side: PlaySide;
  /** A strategy of the lab; who plays against a liar is honest. */
  opponent: string;
  seed: number;
  /** Where the person lies, where it does; drawn from the seed if absent. */
  lie?: ToyLie;
}

/** A game that was played, for a file. @property choices - Keys of what was chosen, in order. */
export interface HandRecord {
  format: "solvent-play";
  version: 1;
  setup: HandSetup;
  choices: string[];
}

/** What a person may do now. */
export interface Choice {
  /** `wait` (one block), `until` (to whatever comes next), or the key of a move. */
  key: string;
  /** Absent where it lets time pass. */
  move?: Move;
}

/** Something that happened. */
export interface HandEvent {
  at: number;
  by: number;
  move: Move;
  /** The rule's name where the rules refused it. */
  refused?: string;
}

/** Numbers of the two parties. */
export const YOU = 0;
export const THEY = 1;
/** L1 makes a block so often: what is sent now is in the next one. */
export const BLOCK_SECONDS = 60;
/** Blocks of a whole game, at most; the longest by the clocks below has a few hundred. */
const MOST_BLOCKS = 10_000;

/** They need others to play against, or a schedule. */
const NO_OPPONENTS: readonly string[] = ["search", "settler", "freeloader"];
/** They do not propose a false root, with which a game of claims begins. */
const NO_PROPOSERS: readonly string[] = ["copied history"];

/** Strategies that a person can play against, each with a sentence. */
export function opponentsOf(side: PlaySide, game: GameName): { name: string; about: string }[] {
  return [...STRATEGIES.values()]
    .filter(({ name }) => (side === "liar") === (name === "honest") && !NO_OPPONENTS.includes(name))
    .filter(({ name }) => game !== "claims" || !NO_PROPOSERS.includes(name))
    .map(({ name, about }) => ({ name, about }));
}

/** Clocks that a person can follow: minutes and hours, not days. */
function gameSetup(game: GameName): GameSetup {
  const heights = TOY_HEIGHTS;
  switch (game) {
    case "edges": {
      const challengePeriodSeconds = leastChallengePeriod(heights, { answerSeconds: 600, censorshipSeconds: 600 });
      return { game, parameters: { heights, challengePeriodSeconds, stakes: [8, 2], airGapSeconds: 0 } };
    }
    case "claims": {
      const clock = { maxClockSeconds: 3_600, extensionSeconds: 300, preimageSeconds: 300 };
      const money = { bondEther: 0.1, bondGrowth: 1.5 };
      return { game, parameters: { heights, ...clock, ...money, proposer: "adversary", airGapSeconds: 600 } };
    }
    case "tournament": {
      const [responseSeconds, buildSeconds] = [300, 600];
      const allowanceSeconds = rootAllowance(1_800, heights.length, buildSeconds, responseSeconds);
      const money = { bonds: [4, 1], refundEtherPerGas: 0 };
      return {
        game,
        parameters: { heights, allowanceSeconds, responseSeconds, buildSeconds, ...money, airGapSeconds: 0 },
      };
    }
  }
}

/** A game of the toy program that a person plays move by move against a strategy. Pure: no clock but the game's. */
export class HandGame {
  readonly game: Game;
  readonly mine: Commitment;
  readonly events: HandEvent[] = [];
  readonly choices: string[] = [];
  private readonly opponent: Player;
  /** What the opponent has sent, by key, with the block in which it is included. */
  private readonly pending = new Map<string, { move: Move; at: number }>();
  private readonly refused = new Map<string, number>();

  /** @throws SolventError `config-invalid` for an opponent that does not play that side. */
  constructor(readonly setup: HandSetup) {
    const { side, opponent, seed } = setup;
    const known = opponentsOf(side, setup.game).map(({ name }) => name);
    if (!known.includes(opponent))
      throw new SolventError("config-invalid", `against a ${side} plays one of ${known.join(", ")}, not "${opponent}"`);
    this.game = createGame(gameSetup(setup.game));
    const random = new Random(seed);
    const { run, step } = setup.lie ?? { run: random.below(RUNS), step: random.below(RUN_STEPS) };
    if (!(run >= 0 && run < RUNS && step >= 0 && step < RUN_STEPS))
      throw new SolventError(
        "config-invalid",
        `a lie begins at a run from 0 to ${RUNS - 1} and a step from 0 to ${RUN_STEPS - 1}`,
      );
    let salts = 0;
    this.mine = side === "truth" ? truthAt(TOY_HEIGHTS) : toyLie({ run, step }, ++salts);
    // Both have an account from the beginning.
    this.game.ledger.account(THEY);
    this.opponent = STRATEGIES.get(opponent)!.sit({
      by: THEY,
      game: this.game,
      random,
      blockSeconds: BLOCK_SECONDS,
      options: {},
      newSalt: () => ++salts,
      isAgainstFriend: () => false,
      isTruthIn: () => side === "truth" && this.events.some(({ by, refused }) => by === YOU && refused === undefined),
      choices: [],
    });
    this.ask();
  }

  /** Plays a record again. @throws SolventError `config-invalid` where a choice is not legal where it stands. */
  static replay({ setup, choices }: HandRecord): HandGame {
    const hand = new HandGame(setup);
    for (const key of choices) hand.choose(key);
    return hand;
  }

  record(): HandRecord {
    return { format: "solvent-play", version: 1, setup: this.setup, choices: [...this.choices] };
  }

  get verdict(): Verdict {
    return this.game.verdict();
  }

  /** Whether nothing is left to do: the game is settled and paid, or nobody will ever move again. */
  isOver(): boolean {
    if (this.game.isOver()) return true;
    return this.next() === Infinity && this.moves().length === 0;
  }

  /** All that the rules allow the person now, and waiting. */
  legal(): Choice[] {
    if (this.isOver()) return [];
    const moves = this.moves().map((move): Choice => ({ key: move.key, move }));
    const waits: Choice[] = [{ key: "wait" }];
    if (this.next() < Infinity) waits.push({ key: "until" });
    return [...moves, ...waits];
  }

  /** What the book would do: the answers over the person's own history, then what falls due for its side, then patience. */
  hint(): Choice {
    const legal = this.legal();
    const book = this.game.answers(YOU, this.mine).map(({ key }) => key);
    const isLiar = this.setup.side === "liar";
    const due = this.game
      .due()
      .filter(({ forLie }) => isLiar || forLie !== true)
      .map(({ key }) => key);
    for (const key of [...book, ...due]) {
      const found = legal.find((choice) => choice.key === key);
      if (found !== undefined) return found;
    }
    return legal.find(({ key }) => key === "until") ?? { key: "wait" };
  }

  /**
   * Plays a choice, and what the opponent has in the same blocks. @returns what happened.
   * @throws SolventError `config-invalid` for a key that is not among the legal ones.
   */
  choose(key: string): HandEvent[] {
    const choice = this.legal().find((one) => one.key === key);
    if (choice === undefined)
      throw new SolventError(
        "config-invalid",
        `"${key}" is not legal now: ${this.legal()
          .map((one) => one.key)
          .join(", ")}`,
      );
    const before = this.events.length;
    this.choices.push(key);
    if (this.choices.length > MOST_BLOCKS) throw new SolventError("config-invalid", "the game does not end");
    const next = this.game.now + BLOCK_SECONDS;
    this.block(key === "until" ? Math.max(next, blockAt(this.next())) : next, choice.move);
    return this.events.slice(before);
  }

  private moves(): Move[] {
    const seen = new Map<string, Move>();
    for (const move of this.game.moves(YOU, this.mine)) if (!seen.has(move.key)) seen.set(move.key, move);
    return [...seen.values()];
  }

  /** When something happens next although the person does nothing. */
  private next(): number {
    const wake = this.opponent.wake?.() ?? Infinity;
    const times = [...this.pending.values()].map(({ at }) => at);
    return Math.min(this.game.nextDue(), wake > this.game.now ? wake : Infinity, ...times);
  }

  /** One block of L1: what the person sent is first in it. */
  private block(at: number, own: Move | undefined): void {
    this.game.advance(at);
    if (own !== undefined) this.play(own, YOU);
    for (const [key, { move, at: due }] of this.pending) {
      if (due > at) continue;
      this.pending.delete(key);
      this.play(move, THEY);
    }
    this.ask();
  }

  private play(move: Move, by: number): void {
    try {
      this.game.play(move, by);
      this.events.push({ at: this.game.now, by, move });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.refused.set(`${by} ${move.key}`, this.game.now);
      // Who comes second with the same move is refused: no news for the one who watches.
      if (by === YOU) this.events.push({ at: this.game.now, by, move, refused: error.name });
    }
  }

  private ask(): void {
    for (const { move, at } of this.opponent.decide()) {
      if (this.pending.has(move.key) || this.refused.get(`${THEY} ${move.key}`) === this.game.now) continue;
      this.pending.set(move.key, { move, at: Math.max(this.game.now + BLOCK_SECONDS, blockAt(at ?? 0)) });
    }
  }
}

/** The first block at or after a time. */
function blockAt(seconds: number): number {
  return Math.ceil(seconds / BLOCK_SECONDS) * BLOCK_SECONDS;
}
