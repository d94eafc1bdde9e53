import type { CommonParameters } from "../game";

export interface EdgesParameters extends CommonParameters {
  readonly challengePeriodSeconds: number;
  /** Ether behind a root edge of each level. */
  readonly stakes: readonly number[];
}

/** Seconds of one answer, d, and of censorship, C, from which the challenge period follows. */
export interface EdgesClock {
  answerSeconds: number;
  censorshipSeconds: number;
}

/**
 * The least challenge period that holds: one answer for each bisection and for each level, and all censorship; one second more than
 * what a lie can earn.
 */
export function leastChallengePeriod(
  heights: readonly number[],
  { answerSeconds, censorshipSeconds }: EdgesClock,
): number {
  const answers = heights.reduce((sum, height) => sum + height, heights.length);
  return answers * answerSeconds + censorshipSeconds + 1;
}
