import { ZERO_HASH } from "../../protocol";
import type { Hex } from "../../protocol/types";
import { toAssertionInfo } from "../assertions";
import { readLog } from "../logs";
import type { AssertionInfo } from "../types";
import { TOURNAMENT_ABI } from "./abi";
import type { Level } from "./types";

/** A log of a queue of tournaments, decoded. Ids and addresses in lower case; clocks in seconds, amounts in wei. */
export type TournamentEvent =
  | { kind: "AssertionAdded"; staker: Hex; assertion: AssertionInfo }
  | { kind: "TournamentOpened"; tournament: Hex; above: Hex; level: Level; allowance: number; initial: Hex }
  | {
      kind: "Joined";
      tournament: Hex;
      root: Hex;
      claimer: Hex;
      last: Hex;
      left: Hex;
      right: Hex;
      clock: number;
    }
  | { kind: "Paired"; tournament: Hex; matchId: Hex; one: Hex; two: Hex }
  | { kind: "Advanced"; matchId: Hex; left: Hex; right: Hex; clock: number }
  | { kind: "Sealed"; matchId: Hex; agreed: Hex; leafOfOne: Hex; leafOfTwo: Hex; position: number; clock: number }
  /** `survivor`: null if neither side is left. */
  | { kind: "MatchEnded"; matchId: Hex; survivor: Hex | null; clock: number }
  | { kind: "Refunded"; tournament: Hex; account: Hex; amount: bigint }
  /** `winner`: null if nobody was left in it. */
  | {
      kind: "Settled";
      tournament: Hex;
      winner: Hex | null;
      claimer: Hex;
      bond: bigint;
      prize: bigint;
      burnt: bigint;
    };

/** @returns the event, or null for a log of something else, balances included. */
export function parseTournamentLog(log: { topics: readonly string[]; data: string }): TournamentEvent | null {
  const read = readLog(TOURNAMENT_ABI, log);
  if (read === null) return null;
  const { args: a } = read;
  switch (read.name) {
    case "AssertionAdded":
      return { kind: "AssertionAdded", staker: a.staker, assertion: toAssertionInfo(a) };
    case "TournamentOpened": {
      const { tournament, above, initial } = a;
      const [level, allowance] = [Number(a.level) as Level, Number(a.allowance)];
      return { kind: "TournamentOpened", tournament, above, level, allowance, initial };
    }
    case "Joined": {
      const { tournament, root, last, left, right } = a;
      const [claimer, clock] = [a.claimer, Number(a.clock)];
      return { kind: "Joined", tournament, root, claimer, last, left, right, clock };
    }
    case "Paired":
      return { kind: "Paired", tournament: a.tournament, matchId: a.matchId, one: a.one, two: a.two };
    case "Advanced":
      return { kind: "Advanced", matchId: a.matchId, left: a.left, right: a.right, clock: Number(a.clock) };
    case "Sealed": {
      const { matchId, agreed, leafOfOne, leafOfTwo } = a;
      const [position, clock] = [Number(a.position), Number(a.clock)];
      return { kind: "Sealed", matchId, agreed, leafOfOne, leafOfTwo, position, clock };
    }
    case "MatchEnded":
      return { kind: "MatchEnded", matchId: a.matchId, survivor: orNull(a.survivor), clock: Number(a.clock) };
    case "Refunded":
      return { kind: "Refunded", tournament: a.tournament, account: a.account, amount: a.amount };
    case "Settled": {
      const { tournament, bond, prize, burnt_: burnt } = a;
      const [winner, claimer] = [orNull(a.winner), a.claimer];
      return { kind: "Settled", tournament, winner, claimer, bond, prize, burnt };
    }
    default:
      return null;
  }
}

function orNull(root: Hex): Hex | null {
  return root === ZERO_HASH ? null : root;
}
