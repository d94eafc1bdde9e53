import type { Replica } from "../../../games/follower";
import type { Hex } from "../../../protocol/types";

/** A move as L1 recorded it. */
export interface SeenMove<Event> {
  event: Event;
  /** L1 seconds. */
  time: number;
  l1Block: number;
  transaction: Hex;
}

/** What a game's moves mean. */
export interface HistoryRules<Event, R extends Replica<Event>> {
  createReplica(): R;
  /** Which dispute a move is part of: the place of its assertions; null for moves of money alone. @param replica - The game after it. */
  disputeOf(event: Event, replica: R): Hex | null;
}

/** What the whole game was at each of its moves, from the contract's logs alone. Pure: no time but L1's, no request. */
export class GameHistory<Event, R extends Replica<Event>> {
  readonly moves: SeenMove<Event>[] = [];
  private readonly disputes: (Hex | null)[] = [];
  private readonly newest: R;
  private replay: { replica: R; moves: number };

  constructor(private readonly rules: HistoryRules<Event, R>) {
    this.newest = rules.createReplica();
    this.replay = { replica: rules.createReplica(), moves: 0 };
  }

  append(moves: readonly SeenMove<Event>[]): void {
    for (const move of moves) {
      this.newest.apply(move.event, move.time);
      this.moves.push(move);
      this.disputes.push(this.rules.disputeOf(move.event, this.newest));
    }
  }

  /** The game after its first `count` moves. Cheap forwards; the answer holds until the next call. */
  at(count: number): R {
    if (count >= this.moves.length) return this.newest;
    if (count < this.replay.moves) this.replay = { replica: this.rules.createReplica(), moves: 0 };
    for (; this.replay.moves < count; this.replay.moves++) {
      const { event, time } = this.moves[this.replay.moves];
      this.replay.replica.apply(event, time);
    }
    return this.replay.replica;
  }

  /** Numbers (from 0) of the moves of one dispute, in order. */
  movesOf(dispute: Hex): number[] {
    return this.disputes.flatMap((of, i) => (of === dispute ? [i] : []));
  }
}

/** What a dispute cost one account and brought it, in wei. */
export interface Purse {
  account: Hex;
  /** Put up, all in all. */
  staked: bigint;
  /** Stakes that came back, or stand on a later assertion of the chain. */
  back: bigint;
  /** Stakes that are gone: `burnt` of it for ever, the rest to others. */
  lost: bigint;
  burnt: bigint;
  /** Paid to it beside its own stakes: out of lost ones, or, where a game refunds moves as they are made, out of all that are staked. */
  paid: bigint;
}

/** One purse an account, made when it is first asked for. */
export class Purses {
  private readonly byAccount = new Map<Hex, Purse>();

  of(account: Hex): Purse {
    let purse = this.byAccount.get(account);
    if (purse === undefined) {
      purse = { account, staked: 0n, back: 0n, lost: 0n, burnt: 0n, paid: 0n };
      this.byAccount.set(account, purse);
    }
    return purse;
  }

  all(): Purse[] {
    return [...this.byAccount.values()];
  }
}

/** The step that a dispute came down to. */
export interface StepPlace {
  /** Number of the instruction in its run, from 0. */
  instruction: bigint;
  /** L2 block that the run makes. */
  l2Block: number;
}

/** How a dispute ended, or that it has not. `frozen`: nobody is left, and nothing is ever confirmed at its place. */
export interface Verdict {
  winner: Hex | null;
  losers: Hex[];
  by: "proof" | "time" | "frozen" | null;
  place: StepPlace | null;
}
