import type { TournamentEvent } from "../../../../games/tournament/events";
import type { TournamentReplica } from "../../../../games/tournament/replica";
import type {
  CommitmentState,
  Level,
  MatchState,
  TournamentParameters,
  TournamentState,
} from "../../../../games/tournament/types";
import { assertionPlace } from "../../../../games/names";
import type { AssertionInfo } from "../../../../games/types";
import type { Hex } from "../../../../protocol/types";
import { Purses, type GameHistory, type Purse, type SeenMove, type StepPlace, type Verdict } from "../history";

export type TournamentHistory = GameHistory<TournamentEvent, TournamentReplica>;

type Heights = TournamentParameters["heights"];

/** A match in the picture: which leaves of its level are still in question. */
export interface MatchRow {
  match: MatchState;
  level: Level;
  first: number;
  last: number;
  whole: number;
  /** Who is to answer; null where nobody is, or both are. */
  turn: CommitmentState | null;
}

/** The place of the assertions that a move is about: the id of their tournament. */
export function disputeOfEvent(event: TournamentEvent, replica: TournamentReplica, [h0]: Heights): Hex | null {
  if (event.kind === "AssertionAdded") return assertionPlace(event.assertion.origin, h0);
  const id =
    "matchId" in event && event.kind !== "Paired" ? replica.matches.get(event.matchId)?.tournament : event.tournament;
  return id === undefined ? null : rootOf(replica, id);
}

/** The tournament of level 0 that one is a part of. */
function rootOf(replica: TournamentReplica, id: Hex): Hex {
  let tournament = replica.tournaments.get(id)!;
  while (tournament.level > 0) tournament = replica.tournaments.get(replica.matches.get(tournament.above)!.tournament)!;
  return tournament.id;
}

/** The assertions that have joined their tournament, oldest first: the logs of one assertion come one by one. */
export function joined(replica: TournamentReplica, [h0]: Heights): AssertionInfo[] {
  return [...replica.assertions.values()].filter((assertion) => {
    const place = assertionPlace(assertion.origin, h0);
    return replica.tournaments.get(place)?.commitments.has(assertion.root) === true;
  });
}

/** Those of one place. */
export function assertionsAt(replica: TournamentReplica, dispute: Hex, heights: Heights): AssertionInfo[] {
  return joined(replica, heights).filter(({ origin }) => assertionPlace(origin, heights[0]) === dispute);
}

/** The matches of one tournament, oldest first. */
export function matchesOf(replica: TournamentReplica, { id, level }: TournamentState, heights: Heights): MatchRow[] {
  return [...replica.matches.values()]
    .filter(({ tournament }) => tournament === id)
    .map((match) => rowOf(replica, match, level, heights));
}

function rowOf(replica: TournamentReplica, match: MatchState, level: Level, heights: Heights): MatchRow {
  const { commitments } = replica.tournaments.get(match.tournament)!;
  const isSealed = match.phase === "leaf" || match.phase === "inner" || match.end === "step" || match.end === "inner";
  const width = isSealed ? 1 : 2 ** match.height;
  const turn = match.phase === "bisect" ? commitments.get(match.isTurnOfTwo ? match.two : match.one)! : null;
  return { match, level, first: match.position, last: match.position + width - 1, whole: 2 ** heights[level], turn };
}

/** The tournament that decides a match; null before it is sealed, and at the last level. */
export function tournamentBelow(replica: TournamentReplica, { id }: MatchState): TournamentState | null {
  return [...replica.tournaments.values()].find(({ above, level }) => level > 0 && above === id) ?? null;
}

/** Seconds left on a commitment's clock; of one that is out: none. */
export function clockOf(replica: TournamentReplica, commitment: CommitmentState, tournament: Hex, now: number): number {
  if (commitment.standing === "out") return 0;
  const match = [...replica.matches.values()].find(
    ({ phase, one, two, tournament: of }) =>
      of === tournament && phase !== "over" && (one === commitment.root || two === commitment.root),
  );
  const isRunning =
    match !== undefined &&
    (match.phase === "leaf" ||
      (match.phase === "bisect" && (match.isTurnOfTwo ? match.two : match.one) === commitment.root));
  return Math.max(0, isRunning ? commitment.clock - (now - match.since) : commitment.clock);
}

/** The match that L1 has executed a step of; null before. */
export function steppedIn(replica: TournamentReplica, dispute: Hex): MatchState | null {
  return (
    [...replica.matches.values()].find(
      ({ end, tournament }) => end === "step" && rootOf(replica, tournament) === dispute,
    ) ?? null
  );
}

/** Against whom a step went that L1 executed: who left its match by it. */
export function refutedIn(replica: TournamentReplica, { tournament, one, two }: MatchState): Hex[] {
  const { commitments } = replica.tournaments.get(tournament)!;
  return [one, two]
    .map((root) => commitments.get(root)!)
    .flatMap(({ standing, claimer }) => (standing === "out" ? [claimer] : []));
}

/** The match that has come furthest down; null where none has begun. */
export function deepest(replica: TournamentReplica, dispute: Hex, heights: Heights): MatchRow | null {
  const rows = [...replica.tournaments.values()]
    .filter(({ id }) => rootOf(replica, id) === dispute)
    .flatMap((tournament) => matchesOf(replica, tournament, heights));
  return rows.reduce<MatchRow | null>(
    (best, row) =>
      best === null ||
      row.level > best.level ||
      (row.level === best.level && row.last - row.first <= best.last - best.first)
        ? row
        : best,
    null,
  );
}

/** L2 block before the first run of a place's assertions. */
export function blockBefore(replica: TournamentReplica, dispute: Hex, heights: Heights): number {
  const [assertion] = assertionsAt(replica, dispute, heights);
  return replica.assertions.get(assertion?.parent ?? "0x")?.l2BlockNumber ?? 0;
}

/** The run that a match is about, or that its level is below; null at level 0 before it is sealed. */
function runOf(replica: TournamentReplica, row: MatchRow): number | null {
  if (row.level === 0) return row.first === row.last ? row.first : null;
  let { match } = row;
  for (let level = row.level; level > 0; level--)
    match = replica.matches.get(replica.tournaments.get(match.tournament)!.above)!;
  return match.position;
}

/** The L2 blocks that a dispute has come down to. */
export function blocksOf(replica: TournamentReplica, dispute: Hex, heights: Heights): [number, number] | null {
  const row = deepest(replica, dispute, heights);
  if (row === null) return null;
  const before = blockBefore(replica, dispute, heights) + 1;
  const run = runOf(replica, row);
  return run === null ? [before + row.first, before + row.last] : [before + run, before + run];
}

/** The instruction that L1 executed in a match of the last level. */
export function stepOf(replica: TournamentReplica, match: MatchState, heights: Heights): StepPlace {
  const above = replica.matches.get(replica.tournaments.get(match.tournament)!.above)!;
  const top = replica.matches.get(replica.tournaments.get(above.tournament)!.above)!;
  const before = blockBefore(replica, rootOf(replica, match.tournament), heights);
  return {
    instruction: BigInt(above.position) * 2n ** BigInt(heights[2]) + BigInt(match.position),
    l2Block: before + top.position + 1,
  };
}

/** Whether a match that is over left neither side: both went out with it, at one time. */
export function isLostByBoth({ phase, one, two }: MatchState, { commitments }: TournamentState): boolean {
  const [first, second] = [commitments.get(one)!, commitments.get(two)!];
  const areOut = first.standing === "out" && second.standing === "out";
  return phase === "over" && areOut && first.clock === second.clock;
}

/** Whether nobody is left in a tournament, and something that was played in it is lost for all. */
export function isFrozen({ commitments }: TournamentState): boolean {
  return [...commitments.values()].every(({ standing }) => standing === "out");
}

/** Who won and by what. */
export function verdictOf(replica: TournamentReplica, dispute: Hex, heights: Heights): Verdict {
  const tournament = replica.tournaments.get(dispute);
  const stepped = steppedIn(replica, dispute);
  const place = stepped === null ? null : stepOf(replica, stepped, heights);
  if (tournament !== undefined && isFrozen(tournament)) return { winner: null, losers: [], by: "frozen", place };
  if (tournament === undefined || !tournament.isSettled || tournament.waiting === null)
    return { winner: null, losers: [], by: null, place };
  const winner = tournament.commitments.get(tournament.waiting)!.claimer;
  const others = [...tournament.commitments.values()].map(({ claimer }) => claimer);
  const losers = [...new Set(others)].filter((account) => account !== winner);
  return { winner, losers, by: place === null ? "time" : "proof", place };
}

/**
 * Whose answer each move of a match is: the log names nobody, but the sides answer in turns, and who waited is first.
 * @param replica - The newest state.
 */
export function answerersOf(
  replica: TournamentReplica,
  moves: readonly SeenMove<TournamentEvent>[],
): Map<TournamentEvent, Hex> {
  const answers = new Map<Hex, number>();
  const answerers = new Map<TournamentEvent, Hex>();
  for (const { event } of moves) {
    if (event.kind !== "Advanced" && event.kind !== "Sealed") continue;
    const before = answers.get(event.matchId) ?? 0;
    answers.set(event.matchId, before + 1);
    const { tournament, one, two } = replica.matches.get(event.matchId)!;
    const root = before % 2 === 0 ? one : two;
    answerers.set(event, replica.tournaments.get(tournament)!.commitments.get(root)!.claimer);
  }
  return answerers;
}

/** Where the bonds of a dispute's tournaments have gone. */
export interface Flows {
  purses: Purse[];
  /** Paid for moves out of the pools: as they are made, long before anybody has lost. */
  refunded: bigint;
  /** Of the bonds of those who lost, once a tournament is settled. */
  prizes: bigint;
  burnt: bigint;
  isAnySettled: boolean;
}

/** Who paid whom by these moves: bonds pool per tournament, refunds are paid out of the pool, the winner takes part of the rest. */
export function flowsOf(
  replica: TournamentReplica,
  moves: readonly SeenMove<TournamentEvent>[],
  { bonds }: TournamentParameters,
): Flows {
  const purses = new Purses();
  const flows = { refunded: 0n, prizes: 0n, burnt: 0n, isAnySettled: false };
  for (const { event } of moves)
    switch (event.kind) {
      case "Joined":
        purses.of(event.claimer).staked += bonds[replica.tournaments.get(event.tournament)!.level];
        break;
      case "Refunded":
        purses.of(event.account).paid += event.amount;
        flows.refunded += event.amount;
        break;
      case "Settled": {
        const { level, commitments } = replica.tournaments.get(event.tournament)!;
        const losers = [...commitments.values()].filter(({ root }) => root !== event.winner);
        losers.forEach(({ claimer }, i) => {
          const purse = purses.of(claimer);
          purse.lost += bonds[level];
          purse.burnt += shareOf(event.burnt, losers.length, i);
        });
        if (event.winner !== null) {
          purses.of(event.claimer).back += event.bond;
          purses.of(event.claimer).paid += event.prize;
        }
        flows.prizes += event.prize;
        flows.burnt += event.burnt;
        flows.isAnySettled = true;
      }
    }
  return { purses: purses.all(), ...flows };
}

/** Of what is burnt out of a pool: bonds of a level are equal, so what is lost of them is, too, but for single wei. */
function shareOf(wei: bigint, losers: number, index: number): bigint {
  const [share, rest] = [wei / BigInt(losers), wei % BigInt(losers)];
  return BigInt(index) < rest ? share + 1n : share;
}
