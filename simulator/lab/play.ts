import { Random } from "../random";
import { baseFeeProcess, type BaseFee } from "./baseFee";
import { Censor, type Censorship } from "./censor";
import { createGame, type GameSetup } from "./games/create";
import type { Game, GasPair, Move, Outcome } from "./games/game";
import { Refused } from "../refused";
import { REFUSED_GAS, gasOf } from "./games/gas";
import { STRATEGIES } from "./strategies";
import type { Player } from "./strategies/strategy";

export const ORDERS = ["random", "adversary first", "honest first"] as const;

export interface PartySetup {
  readonly name: string;
  readonly side: "honest" | "adversary";
  readonly strategy: string;
  readonly options: Readonly<Record<string, number | undefined>>;
  /**
   * From seeing a block to being in one; drawn anew for each transaction. Who needs none sees what is about to be in a block, and
   * is in the same one.
   */
  readonly latencySeconds: readonly [least: number, most: number];
  /** Added to that where a history of a lower level has to be built. */
  readonly buildSeconds: number;
  /** For bonds and gas together. */
  readonly budgetEther: number;
  /** What its owner adds, once, so long after it first could not pay; absent: nothing. */
  readonly refill?: { readonly ether: number; readonly afterSeconds: number };
}

export interface PlaySetup {
  readonly game: GameSetup;
  readonly seed: number;
  readonly blockSeconds: number;
  readonly baseFee: BaseFee;
  /** Of transactions in one block. */
  readonly order: (typeof ORDERS)[number];
  readonly censorship: Censorship;
  readonly parties: readonly PartySetup[];
  readonly stop: { readonly afterSeconds: number; readonly onRuin: boolean };
  /** Schedules for parties that search, by number. */
  readonly choices?: ReadonlyMap<number, readonly number[]>;
}

export interface PartyResult {
  name: string;
  side: PartySetup["side"];
  strategy: string;
  transactions: number;
  refused: number;
  osakaGas: number;
  glamsterdamGas: number;
  gasEther: number;
  peakLockedEther: number;
  /** Least that was left of the budget, gains counted in, after what it was about to send. */
  leastSpareEther: number;
  /** Bonds that are gone, and at the end those that can never be had back. */
  lostEther: number;
  wonEther: number;
  refundedEther: number;
  /** Seconds at which its money was gone for what it had to do; infinite if never. */
  ruinedAt: number;
}

export type EndReason = "settled" | "ruin" | "time limit" | "nobody moves";

export interface Played {
  outcome: Outcome;
  reason: "time" | "proof";
  end: EndReason;
  /** Whether the truth won and no honest bond is gone. */
  isHonestWin: boolean;
  /** To the verdict; infinite without one. */
  confirmableSeconds: number;
  /** To the first withdrawal. */
  withdrawableSeconds: number;
  censoredSeconds: number;
  commitments: number;
  /** Transactions that were played, by kind. */
  kinds: ReadonlyMap<string, number>;
  burntEther: number;
  parties: PartyResult[];
}

/** One transaction as it was played, for the record. */
export interface PlayEvent {
  at: number;
  by: string;
  kind: string;
  key: string;
  /** The refusal's name; undefined if it went through. */
  refused?: string;
}

interface Transaction {
  at: number;
  by: number;
  move: Move;
}

interface Chair {
  setup: PartySetup;
  player: Player;
  random: Random;
  pending: Map<string, Transaction>;
  result: PartyResult;
  /** When each of its moves was refused last: it is not tried again in the same block. */
  refused: Map<string, number>;
  /** What each move takes that could not be paid: while prices stand, it is not tried again before there is as much. */
  unpaid: Map<string, number>;
  /** The game as it was when it was last asked, and until when that is enough. */
  seen: number;
  quietUntil: number;
}

/** Far more than a block can hold. */
const MOST_ROUNDS = 100_000;

/**
 * Plays one game: parties see each block, and what they send is in a later one. Pure: the same setup gives the same result and the
 * same events, on any machine.
 */
export function playGame(setup: PlaySetup, record?: (event: PlayEvent) => void): Played {
  return new Table(setup, record).play();
}

class Table {
  private readonly game: Game;
  private readonly random: Random;
  private readonly censor: Censor;
  private readonly etherPerGas: (seconds: number) => number;
  private readonly chairs: Chair[];
  private readonly honest: Chair[];
  private readonly kinds = new Map<string, number>();
  private salts = 0;
  private isTruthIn = false;
  private dueVersion = -1;
  private dueNow = -1;
  private dueAt = Infinity;

  constructor(
    private readonly setup: PlaySetup,
    private readonly record: ((event: PlayEvent) => void) | undefined,
  ) {
    this.game = createGame(setup.game);
    this.random = new Random(setup.seed);
    this.censor = new Censor(setup.censorship, this.random, setup.blockSeconds);
    this.etherPerGas = baseFeeProcess(setup.baseFee, setup.seed);
    this.chairs = setup.parties.map((party, by) => this.chair(party, by));
    this.honest = this.chairs.filter(({ setup: { side } }) => side === "honest");
  }

  play(): Played {
    const { game, setup } = this;
    let end: EndReason = "nobody moves";
    let rounds = 0;
    this.ask();
    for (;;) {
      const next = this.nextBlock();
      if (next === Infinity) break;
      if (next > setup.stop.afterSeconds) {
        end = "time limit";
        break;
      }
      rounds = next === game.now ? rounds + 1 : 0;
      if (rounds > MOST_ROUNDS) throw new Error(`more than ${MOST_ROUNDS} rounds within one block`);
      game.advance(next);
      for (const transaction of this.transactionsOf(next)) this.include(transaction);
      if (game.isOver()) {
        end = "settled";
        break;
      }
      this.ask();
      const isRuined = this.chairs.some(
        ({ setup: { side }, result }) => side === "honest" && result.ruinedAt < Infinity,
      );
      if (isRuined && setup.stop.onRuin) {
        end = "ruin";
        break;
      }
    }
    return this.result(end);
  }

  private chair(setup: PartySetup, by: number): Chair {
    const strategy = STRATEGIES.get(setup.strategy);
    if (strategy === undefined) throw new Error(`no strategy "${setup.strategy}"`);
    const random = new Random(this.setup.seed * 4_099 + by + 1);
    const player = strategy.sit({
      by,
      game: this.game,
      random,
      blockSeconds: this.setup.blockSeconds,
      options: setup.options,
      newSalt: () => ++this.salts,
      isAgainstFriend: (move) => {
        const other = this.game.answered?.(move);
        return other !== undefined && this.setup.parties[other].side === setup.side;
      },
      isTruthIn: () => this.isTruthIn,
      choices: this.setup.choices?.get(by) ?? [],
    });
    const { name, side } = setup;
    const empty = { transactions: 0, refused: 0, osakaGas: 0, glamsterdamGas: 0, gasEther: 0 };
    const money = {
      peakLockedEther: 0,
      leastSpareEther: setup.budgetEther,
      lostEther: 0,
      wonEther: 0,
      refundedEther: 0,
      ruinedAt: Infinity,
    };
    this.game.ledger.account(by);
    const result = { name, side, strategy: setup.strategy, ...empty, ...money };
    return {
      setup,
      player,
      random,
      pending: new Map(),
      refused: new Map(),
      unpaid: new Map(),
      result,
      seen: -1,
      quietUntil: 0,
    };
  }

  /** The next block in which something is included, falls due or is waited for. */
  private nextBlock(): number {
    const { game, chairs } = this;
    let next = Infinity;
    for (const chair of chairs) {
      const { pending, player } = chair;
      for (const { at } of pending.values()) next = Math.min(next, at);
      for (const wake of [player.wake?.() ?? Infinity, refilledAt(chair)])
        if (wake > game.now) next = Math.min(next, wake);
    }
    return this.blockFrom(Math.min(next, this.nextDue()));
  }

  /** Asks everyone for whom something may have changed. */
  private ask(): void {
    for (let by = 0; by < this.chairs.length; by++) {
      const chair = this.chairs[by];
      if (!this.isNews(chair)) continue;
      if (chair.result.ruinedAt < Infinity && this.setup.stop.onRuin) continue;
      for (const { move, at } of chair.player.decide()) {
        if (chair.pending.has(move.key) || chair.refused.get(move.key) === this.game.now) continue;
        if (this.isUnpayable(by, move)) continue;
        if (this.isOthersWork(chair, move)) continue;
        const [least, most] = chair.setup.latencySeconds;
        const drawn = least === most ? least : least + chair.random.below(most - least + 1);
        const latency = drawn + (move.builds === true ? chair.setup.buildSeconds : 0);
        chair.pending.set(move.key, { by, move, at: this.blockFrom(Math.max(this.game.now + latency, at ?? 0)) });
      }
    }
  }

  private isUnpayable(by: number, { key }: Move): boolean {
    const needed = this.chairs[by].unpaid.get(key);
    return needed !== undefined && this.setup.baseFee.kind === "constant" && this.spare(by) < needed;
  }

  /** The game's own answer, asked for once as long as nothing changes. */
  private nextDue(): number {
    const { version, now } = this.game;
    if (this.dueVersion !== version || this.dueNow !== now)
      [this.dueVersion, this.dueNow, this.dueAt] = [version, now, this.game.nextDue()];
    return this.dueAt;
  }

  /** Whether there is something that the party has not been asked about: a change, a move fallen due, its own wish to wake. */
  private isNews(chair: Chair): boolean {
    const { version, now } = this.game;
    const isNews = chair.seen !== version || now >= chair.quietUntil;
    if (!isNews) return false;
    chair.seen = version;
    const refilled = refilledAt(chair);
    const wake = Math.min(chair.player.wake?.() ?? Infinity, refilled > now ? refilled : Infinity);
    chair.quietUntil = Math.min(this.nextDue(), wake);
    return true;
  }

  /** Whether another honest party has sent the same already: everyone sees what waits for a block. */
  private isOthersWork(chair: Chair, { key }: Move): boolean {
    if (this.honest.length < 2 || chair.setup.side !== "honest") return false;
    return this.honest.some((other) => other !== chair && other.pending.has(key));
  }

  /** What is included now, in the order of the block. */
  private transactionsOf(now: number): Transaction[] {
    const list: Transaction[] = [];
    for (const { pending, setup } of this.chairs)
      for (const transaction of pending.values()) {
        if (transaction.at > now) continue;
        if (setup.side === "honest" && this.setup.censorship.mode !== "none") {
          const at = this.censor.inclusion(transaction, now, this.game.deadline(transaction.move));
          if (at > now) {
            transaction.at = at;
            continue;
          }
        }
        list.push(transaction);
      }
    if (list.length < 2) return list;
    const { order } = this.setup;
    if (order === "random") return this.shuffled(list);
    const isFirst = ({ by }: Transaction): boolean =>
      (this.chairs[by].setup.side === "honest") === (order === "honest first");
    return [...list.filter(isFirst), ...list.filter((transaction) => !isFirst(transaction))];
  }

  private shuffled(list: Transaction[]): Transaction[] {
    for (let i = list.length - 1; i > 0; i--) {
      const j = this.random.below(i + 1);
      [list[i], list[j]] = [list[j], list[i]];
    }
    return list;
  }

  private include({ by, move }: Transaction): void {
    const { game } = this;
    const chair = this.chairs[by];
    const { result, setup, pending } = chair;
    pending.delete(move.key);
    // Whatever becomes of it, the sender thinks again.
    chair.seen = -1;
    const price = this.etherPerGas(game.now);
    let gas = withExtra(gasOf(game.name, move.kind), game.extraGas?.(move));
    const needed = game.bond(move) + gas.osaka * price;
    if (this.spare(by) < needed) {
      chair.unpaid.set(move.key, needed);
      if (result.ruinedAt === Infinity) result.ruinedAt = game.now;
      return;
    }
    result.leastSpareEther = Math.min(result.leastSpareEther, this.spare(by) - needed);
    const refused = this.tryPlay(move, by);
    if (refused !== undefined) {
      chair.refused.set(move.key, game.now);
      // Of two who claim the same payment the second pays for its transaction all the same.
      gas = REFUSED_GAS;
      result.refused++;
    } else {
      this.kinds.set(move.kind, (this.kinds.get(move.kind) ?? 0) + 1);
      game.refund?.(move, by, gas.osaka, price);
      this.isTruthIn ||= setup.side === "honest";
    }
    result.transactions++;
    result.osakaGas += gas.osaka;
    result.glamsterdamGas += gas.glamsterdam;
    result.gasEther += gas.osaka * price;
    if (this.record !== undefined)
      this.record({ at: game.now, by: setup.name, kind: move.kind, key: move.key, refused });
  }

  private tryPlay(move: Move, by: number): string | undefined {
    try {
      this.game.play(move, by);
      return undefined;
    } catch (error) {
      if (error instanceof Refused) return error.name;
      throw error;
    }
  }

  /** Ether that the party can still spend. */
  private spare(by: number): number {
    const { setup, result } = this.chairs[by];
    const { locked, lost, won, refunded } = this.game.ledger.account(by);
    const added = this.game.now >= refilledAt(this.chairs[by]) ? setup.refill!.ether : 0;
    return setup.budgetEther + added - locked - lost + won + refunded - result.gasEther;
  }

  private blockFrom(seconds: number): number {
    return Math.ceil(seconds / this.setup.blockSeconds) * this.setup.blockSeconds;
  }

  private result(end: EndReason): Played {
    const { game } = this;
    const { outcome, at, reason } = game.verdict();
    const parties = this.chairs.map(({ result }, by): PartyResult => {
      const { locked, lost, won, peakLocked, refunded } = game.ledger.account(by);
      const isGone = outcome !== "open";
      // Sums of ether leave less than a billionth behind.
      const lostEther = lost + (isGone && locked > 1e-9 ? locked : 0);
      return { ...result, lostEther, wonEther: won, peakLockedEther: peakLocked, refundedEther: refunded };
    });
    const honestLost = parties.reduce((sum, party) => sum + (party.side === "honest" ? party.lostEther : 0), 0);
    const isDecided = outcome !== "open";
    return {
      outcome,
      reason,
      end,
      isHonestWin: outcome === "true" && honestLost < 1e-9,
      confirmableSeconds: isDecided ? at : Infinity,
      withdrawableSeconds: isDecided ? at + game.parameters.airGapSeconds : Infinity,
      censoredSeconds: this.censor.spent,
      commitments: game.commitments,
      kinds: this.kinds,
      burntEther: game.ledger.burnt,
      parties,
    };
  }
}

/** Seconds at which its owner adds to its wallet; infinite if never. */
function refilledAt({ setup: { refill }, result: { ruinedAt } }: Chair): number {
  return refill === undefined ? Infinity : ruinedAt + refill.afterSeconds;
}

function withExtra(gas: GasPair, extra: GasPair | undefined): GasPair {
  if (extra === undefined) return gas;
  return { osaka: gas.osaka + extra.osaka, glamsterdam: gas.glamsterdam + extra.glamsterdam };
}
