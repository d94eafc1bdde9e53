import type { CommitmentState, MatchState, TournamentState } from "./types";

/** Both sides of a match. */
export function sidesOf(
  { commitments }: TournamentState,
  { one, two }: MatchState,
): [CommitmentState, CommitmentState] {
  return [commitments.get(one)!, commitments.get(two)!];
}

/** When a clock of a match that bisects, or is sealed at a leaf, is over, in L1 seconds. Twin of `Tournaments._expiry`. */
export function expiryOf(tournament: TournamentState, match: MatchState): number {
  const [one, two] = sidesOf(tournament, match);
  if (match.phase === "leaf") return match.since + Math.min(one.clock, two.clock);
  return match.since + (match.isTurnOfTwo ? two : one).clock;
}

/** Who is left once a clock is over, null if neither: equality ends both. Twin of `Tournaments._requireTimeout`. */
export function survivorOf(tournament: TournamentState, match: MatchState, nowSeconds: number): CommitmentState | null {
  const [one, two] = sidesOf(tournament, match);
  const elapsed = nowSeconds - match.since;
  if (match.phase === "leaf") return [one, two].find(({ clock }) => elapsed < clock) ?? null;
  const [running, paused] = match.isTurnOfTwo ? [two, one] : [one, two];
  return elapsed - running.clock < paused.clock ? paused : null;
}

/** Whether it is closed and no match is left. */
export function isFinished({ start, allowance, open }: TournamentState, nowSeconds: number): boolean {
  return open.size === 0 && nowSeconds >= start + allowance;
}

/** When a finished tournament came to its end. */
export function endOf({ start, allowance, lastEnd }: TournamentState): number {
  return Math.max(start + allowance, lastEnd);
}

/** Seconds that the winner of a finished tournament has left to be brought up; 0 without one, or too late. Twin of `Tournaments._carried`. */
export function carriedOf(tournament: TournamentState, nowSeconds: number): number {
  const { waiting, commitments } = tournament;
  if (waiting === null) return 0;
  return Math.max(0, commitments.get(waiting)!.clock - (nowSeconds - endOf(tournament)));
}
