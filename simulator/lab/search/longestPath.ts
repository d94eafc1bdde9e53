import { clockAfterMove, type ClaimsClock } from "../games/claims/clock";

/**
 * The longest time from creation until the last claim of a path can be resolved, over all times at which both sides can move and
 * all depths at which they can stop. Exhaustive, in seconds; for small clocks.
 */
export function longestPath(
  clock: ClaimsClock,
  split: number,
  bottom: number,
  rules = { extends: true, inheritsClock: true },
): number {
  const known = new Map<string, number>();
  /** `own`: what the side to move has used on the path; `other`: what the last claim carries. */
  const longest = (depth: number, own: number, other: number): number => {
    const key = `${depth},${own},${other}`;
    const seen = known.get(key);
    if (seen !== undefined) return seen;
    const inherited = rules.inheritsClock ? own : 0;
    // Nobody answers: it can be resolved once the time is over.
    let best = clock.maxClockSeconds - inherited;
    for (let waits = 0; depth < bottom && inherited + waits < clock.maxClockSeconds; waits++) {
      const after = clockAfterMove(clock, inherited + waits, depth + 1, split, bottom, rules);
      if (after !== null) best = Math.max(best, waits + longest(depth + 1, other, after));
    }
    known.set(key, best);
    return best;
  };
  return longest(0, 0, 0);
}
