import type { TournamentEvent } from "../../../../games/tournament/events";
import type { TournamentReplica } from "../../../../games/tournament/replica";
import type { Level, TournamentParameters } from "../../../../games/tournament/types";
import type { Hex } from "../../../../protocol/types";
import { count, duration, plural, shorten, units } from "../../format";
import { stepName } from "../words";
import { deepest, stepOf, type MatchRow } from "./history";

const LEAVES = ["run", "segment", "step"] as const;
export const QUESTIONS = [
  "Level 0: which block?",
  "Level 1: which part of the run?",
  "Level 2: which single instruction?",
] as const;

/** `runs 0 to 63`, `step 5`: what of its level a match has come down to. */
export function spanName({ level, first, last }: Pick<MatchRow, "level" | "first" | "last">): string {
  const noun = LEAVES[level];
  return first === last ? `${noun} ${count(first)}` : `${noun}s ${count(first)} to ${count(last)}`;
}

/** A move in a sentence. @param replica - The newest state. */
export function describeMove(
  event: TournamentEvent,
  replica: TournamentReplica,
  { heights }: TournamentParameters,
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
        who: claimerOf(replica, event.matchId, event.clock),
        what: `opens the half that differs, with ${duration(event.clock)} left`,
      };
    case "Sealed":
      return {
        who: null,
        what: `the first difference is sealed: ${spanName({ level: levelOf(replica, event.matchId), first: event.position, last: event.position })}`,
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
      return { who: event.account, what: `is paid ${units(event.amount)} ether for a move` };
    case "Settled": {
      const { winner, claimer, bond, prize, burnt } = event;
      if (winner === null) return { who: null, what: `nobody is left: ${units(burnt)} ether are burnt` };
      return {
        who: claimer,
        what: `has won: ${units(bond)} ether of bond come back, ${units(prize)} are its prize, ${units(burnt)} are burnt`,
      };
    }
  }
}

/** The side whose clock an answer left at that; the log names no account. */
function claimerOf(replica: TournamentReplica, matchId: Hex, clock: number): string | null {
  const match = replica.matches.get(matchId)!;
  const { commitments } = replica.tournaments.get(match.tournament)!;
  const [one, two] = [commitments.get(match.one)!, commitments.get(match.two)!];
  if (one.clock === clock && two.clock !== clock) return one.claimer;
  return two.clock === clock && one.clock !== clock ? two.claimer : null;
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
  return row === null ? `${plural(commitments, "history")} wait` : `narrowed down to ${spanName(row)}`;
}

/** `2 assertions, 3 tournaments, 4 matches`. */
export function sizeOf(replica: TournamentReplica): string {
  return [
    plural(replica.assertions.size, "assertion"),
    plural(replica.tournaments.size, "tournament"),
    plural(replica.matches.size, "match").replace("matchs", "matches"),
  ].join(", ");
}
