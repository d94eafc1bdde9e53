import type { TournamentEvent } from "../../../../games/tournament/events";
import type { TournamentReplica } from "../../../../games/tournament/replica";
import type { Level, TournamentParameters } from "../../../../games/tournament/types";
import type { Hex } from "../../../../protocol/types";
import { duration, ether, plural, shorten, units } from "../../format";
import { leavesName, stepName } from "../words";
import { deepest, stepOf, type Flows, type MatchRow } from "./history";

export const QUESTIONS = [
  "Level 0: which block?",
  "Level 1: which stretch of the run?",
  "Level 2: which single instruction?",
] as const;

/** `runs 0 to 63`, `step 5`: what of its level a match has come down to. */
export function spanName({ level, first, last }: Pick<MatchRow, "level" | "first" | "last">): string {
  return leavesName(level, first, last);
}

/** A move in a sentence. @param replica - The newest state. @param answerers - Who made which answer (`answerersOf`). */
export function describeMove(
  event: TournamentEvent,
  replica: TournamentReplica,
  { heights }: TournamentParameters,
  answerers: ReadonlyMap<TournamentEvent, Hex>,
): { who: string | null; what: string } {
  switch (event.kind) {
    case "AssertionAdded": {
      const { l2BlockNumber, index } = event.assertion;
      return { who: event.staker, what: `asserts what L2 is at block ${l2BlockNumber} (assertion ${index})` };
    }
    case "TournamentOpened":
      return { who: null, what: `a tournament of level ${event.level} opens for ${duration(event.allowance)}` };
    case "Joined":
      return { who: event.claimer, what: `joins with ${shorten(event.root)}; ${duration(event.clock)} on its clock` };
    case "Paired":
      return { who: null, what: `${shorten(event.one)} is matched with ${shorten(event.two)}, and answers first` };
    case "Advanced":
      return {
        who: answerers.get(event) ?? null,
        what: `opens the half that differs, with ${duration(event.clock)} left`,
      };
    case "Sealed":
      return {
        who: answerers.get(event) ?? null,
        what: `seals the first difference: ${spanName({ level: levelOf(replica, event.matchId), first: event.position, last: event.position })}`,
      };
    case "MatchEnded": {
      const match = replica.matches.get(event.matchId)!;
      const { commitments } = replica.tournaments.get(match.tournament)!;
      const who = event.survivor === null ? null : commitments.get(event.survivor)!.claimer;
      if (who === null) return { who, what: "neither side has time left: both are out" };
      if (match.end === "step")
        return { who, what: `has L1 execute ${stepName(stepOf(replica, match, heights))}: it leads to its own state` };
      return { who, what: match.end === "inner" ? "wins by the tournament below" : "wins: the other clock is over" };
    }
    case "Refunded":
      return { who: event.account, what: `has the gas of a move back out of the pool: ${ether(event.amount)}` };
    case "Settled": {
      const { winner, claimer, bond, prize, burnt } = event;
      if (winner === null) return { who: null, what: `nobody is left: ${ether(burnt)} is burnt` };
      return {
        who: claimer,
        what: `has won: ${ether(bond)} of bond comes back, ${ether(prize)} is its prize, ${ether(burnt)} is burnt`,
      };
    }
  }
}

function levelOf(replica: TournamentReplica, matchId: Hex): Level {
  return replica.tournaments.get(replica.matches.get(matchId)!.tournament)!.level;
}

/** Where a game that goes on stands; null where nobody disagrees. */
export function describeContest(
  replica: TournamentReplica,
  dispute: Hex,
  { heights }: TournamentParameters,
): string | null {
  const commitments = replica.tournaments.get(dispute)?.commitments.size ?? 0;
  if (commitments < 2) return null;
  const row = deepest(replica, dispute, heights);
  return row === null ? `${plural(commitments, "history", "histories")} wait` : `narrowed down to ${spanName(row)}`;
}

/** `2 assertions, 3 tournaments, 4 matches`. */
export function sizeOf(replica: TournamentReplica): string {
  return [
    plural(replica.assertions.size, "assertion"),
    plural(replica.tournaments.size, "tournament"),
    plural(replica.matches.size, "match", "matches"),
  ].join(", ");
}

/** What is paid from what, and when: a refund out of the pool as the move is made, what a loser has lost once its tournament is settled. */
export function describeFlows(
  { refunded, prizes, burnt, isAnySettled }: Omit<Flows, "purses">,
  bonds: readonly bigint[],
): string {
  const pool = `Bonds of ${bonds.map((bond) => units(bond)).join(", ")} ether at levels 0, 1, 2 go into a tournament’s pool. Out of it whoever moves has its gas back at once: ${ether(refunded)} so far.`;
  const rule = "its winner has its own bond back, whole, and a tenth of what is left; nine tenths are burnt";
  return isAnySettled
    ? `${pool} When a tournament is settled, ${rule}: ${ether(prizes)} of prizes, ${ether(burnt)} burnt.`
    : `${pool} Nobody has lost a bond yet: when a tournament is settled, ${rule}. So it is the losers who pay for the moves.`;
}
