/** Clocks of the OP Stack's game, in seconds. Source: docs/games.md#claims. */
export interface ClaimsClock {
  /** What each side may use in all on one path. */
  readonly maxClockSeconds: number;
  /** What is left, at the least, after a move. */
  readonly extensionSeconds: number;
  /** Added to the extension of moves just above the bottom, where a preimage may have to be posted first. */
  readonly preimageSeconds: number;
}

/**
 * Clock of a move.
 * @param used - Seconds that the mover's side has used on this path, this answer included.
 * @param depth - Of the new claim.
 * @returns what the new claim carries; null if the time is over.
 */
export function clockAfterMove(
  { maxClockSeconds, extensionSeconds, preimageSeconds }: ClaimsClock,
  used: number,
  depth: number,
  split: number,
  bottom: number,
  rules = { extends: true },
): number | null {
  if (used >= maxClockSeconds) return null;
  let extension = extensionSeconds;
  // The answer to the answer: above the split it needs a whole run, above the bottom it may need a preimage on L1. Source: `move` of
  // FaultDisputeGame.
  if (depth === split - 1) extension = 2 * extensionSeconds;
  if (depth === bottom - 1) extension = extensionSeconds + preimageSeconds;
  if (!rules.extends) return used;
  return Math.min(used, Math.max(0, maxClockSeconds - extension));
}

/**
 * Longest time from creation to the moment at which the last claim of a path can be resolved, if both sides always answer at the
 * last second: two clocks, and one extension less a second for each answer but the first of its side. Exact by exhaustive play.
 */
export function worstPathSeconds(clock: ClaimsClock, split: number, bottom: number): number {
  const { maxClockSeconds } = clock;
  const carried: number[] = [0];
  let seconds = 0;
  for (let depth = 1; depth <= bottom; depth++) {
    const used = maxClockSeconds - 1;
    seconds += used - (carried[depth - 2] ?? 0);
    carried.push(clockAfterMove(clock, used, depth, split, bottom)!);
  }
  return seconds + maxClockSeconds - (carried[bottom - 1] ?? 0);
}
