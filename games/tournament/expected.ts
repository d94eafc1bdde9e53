import { ZERO_HASH } from "../../protocol";
import type { Expectation } from "../comparison";
import type { TournamentReplica } from "./replica";
import type { CommitmentState, MatchState, TournamentState } from "./types";

/** Twin of `ITournament.Standing`. */
const STANDING: Readonly<Record<CommitmentState["standing"], number>> = { waiting: 1, playing: 2, out: 3 };
/** Twin of `ITournament.Phase`. */
const PHASE: Readonly<Record<MatchState["phase"], number>> = { bisect: 1, leaf: 2, inner: 3, over: 4 };

/**
 * What the contract holds if the replica is right: as many assertions, and of each tournament that is not settled its counts, its commitments
 * and its matches. A tournament below is named by its match.
 */
export function* expectedOfTournaments(replica: TournamentReplica): Generator<Expectation> {
  yield { key: "assertions", view: "gameCount", args: [], holds: { count: replica.assertions.size } };
  for (const tournament of replica.tournaments.values()) {
    if (tournament.isSettled) continue;
    yield* expectedOf(tournament);
    for (const id of tournament.open) yield expectedOfMatch(replica.matches.get(id)!);
  }
}

function* expectedOf(tournament: TournamentState): Generator<Expectation> {
  const { id, start, allowance, lastEnd, commitments, open, waiting } = tournament;
  const counts = { joined: commitments.size, matches: open.size, waiting: waiting ?? ZERO_HASH, isSettled: false };
  const holds = { start, allowance, lastEnd, ...counts };
  yield { key: `tournament ${id}`, view: "tournamentAt", args: [id], holds };
  for (const { root, claimer, stamp, clock: left, standing } of commitments.values()) {
    const commitment = { claimer, stamp, left, standing: STANDING[standing] };
    yield { key: `commitment ${root} of ${id}`, view: "commitmentAt", args: [id, root], holds: commitment };
  }
}

function expectedOfMatch(match: MatchState): Expectation {
  const { id, other, left, right, since, height, position, phase, isTurnOfTwo } = match;
  const holds = { other, left, right, since, height, position, phase: PHASE[phase], isTurnOfTwo };
  return { key: `match ${id}`, view: "matchAt", args: [id], holds };
}
