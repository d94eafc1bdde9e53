import { CORRECT, type TournamentRules } from "./rules";

/**
 * Clocks of Cartesi's tournament as pure functions, in any unit of time. Rules of 2026-10; docs/games.md#tournament.
 * A clock is over when what it used equals what it had.
 */

/**
 * What is left to a side that answers after `used`; null if its time is over. The response budget is forgiven once an answer and
 * cannot be saved up.
 */
export function afterAnswer(
  left: number,
  used: number,
  budget: number,
  rules: TournamentRules = CORRECT,
): number | null {
  if (used >= left) return null;
  if (rules.banksBudget) return left - used + budget;
  return left - Math.max(used - budget, 0);
}

/** What is left to a winner that a proof or a timeout cost so much; null if it is not left any. */
export function afterWin(left: number, cost: number, budget: number, rules: TournamentRules = CORRECT): number | null {
  if (cost >= left) return null;
  return rules.forgivesWins ? left - Math.max(cost - budget, 0) : left - cost;
}

/** What a waiting side is left when the running one is overdue; null if it has not claimed its win in time, equality included. */
export function afterTimeout(
  waiting: number,
  running: number,
  elapsed: number,
  budget: number,
  rules: TournamentRules = CORRECT,
): number | null {
  const overdue = rules.chargesOverdue ? elapsed - running : 0;
  return afterWin(waiting, overdue, budget, rules);
}

/** What a side is left that wins an inner tournament. */
export function afterInner(
  first: number,
  second: number,
  carried: number,
  buildSeconds: number,
  budget: number,
  rules: TournamentRules = CORRECT,
): number {
  const refill = rules.refillsInner ? buildSeconds + 2 * budget : 0;
  const most = rules.capsRefill ? Math.max(first, second) : Infinity;
  return Math.min(most, carried + refill);
}

/** The allowance of the root: all censorship, one inclusion, and for each inner level a commitment built and two inclusions. */
export function rootAllowance(censorship: number, levels: number, buildSeconds: number, budget: number): number {
  return censorship + budget + (levels - 1) * (buildSeconds + 2 * budget);
}

/**
 * Longest time until a single-level tournament of `claims` is over, under prompt timeouts, for heights of 2 and more.
 * Source: Cartesi's bounded model, docs/games.md#tournament; equal to exhaustive play for up to 6 claims.
 */
export function worstDelay(claims: number, allowance: number, budget: number, height: number): number {
  if (claims === 1) return allowance;
  const g = Math.min(budget, allowance - 1);
  const first = 2 * allowance - 1 + (height - 1) * g;
  return first + (Math.ceil(claims / 2) - 1) * (allowance + (height - 1) * g + Math.max(g - 1, 0));
}
