import { REFILL_SECONDS, confirmedBound, lockedBound, playStress, type StressResult, type StressSetup } from "./stress";

/** Stakes and gas price are played as a billionth, so that one wei is told from none in any sum. */
const SCALE = 10n ** 9n;

type Stakes = readonly [bigint, bigint, bigint];

/** A game, and what its documentation promises to an honest party. */
export interface StressGame {
  readonly heights: readonly bigint[];
  /** Wei. */
  readonly stakes: Stakes;
  /** Seconds. */
  readonly challengePeriod: bigint;
  readonly responseTime: bigint;
  /** L1's dearest gas price meant. */
  readonly gasPriceGwei: number;
  /** Gas of one whole answer, from above. */
  readonly answerGas: number;
  /** What is enough for so many answers, in the unit of stakes and gas price. */
  reserveOf(stakes: Stakes, answers: number, gasPrice: bigint): bigint;
}

export interface StressReport {
  /** One for each wallet, and the bounds. */
  lines: string[];
  /** Promises that were not kept, in words; empty if all were. */
  broken: string[];
  results: { promised: StressResult; oneLess: StressResult; tight: StressResult };
}

/**
 * Plays three wallets against the same liars: the stake of an assertion and the reserve that docs/threat-model.md promises is enough for
 * so many answers; one wei less for each liar; and what the first needed at its dearest moment, one wei less for each liar, which its
 * owner adds a day after the wallet says that it is short. The second has what the gas of answers is overestimated by; the third is
 * late by a day at most.
 */
export function stressReport(seed: number, liars: number, game: StressGame): StressReport {
  const heights = game.heights.map(Number);
  const stakes = game.stakes.map((stake) => stake / SCALE) as unknown as Stakes;
  const [challengePeriodSeconds, answerSeconds] = [game.challengePeriod, game.responseTime].map(Number);
  const setup: StressSetup = {
    parameters: { heights, challengePeriodSeconds, stakes: stakes.map(Number), airGapSeconds: 0 },
    ...{ answerSeconds, liars, seed, weiPerGas: game.gasPriceGwei, lieGas: game.answerGas },
  };
  const reserve = Number(stakes[0] + game.reserveOf(stakes, liars, BigInt(game.gasPriceGwei)));
  const promised = playStress(setup, reserve);
  const oneLess = playStress(setup, reserve - liars);
  const tight = playStress(setup, reserve - promised.leastSpare - liars, liars);
  const [most, locked] = [confirmedBound(setup), lockedBound(setup)];
  const broken = [
    ...brokenBy("promised", promised, most, locked),
    ...brokenBy("one wei less per liar", oneLess, most + REFILL_SECONDS, locked),
    ...brokenBy("one wei less than needed", tight, most + REFILL_SECONDS, locked),
    ...(promised.shortAt < Infinity ? ["promised: the wallet was short"] : []),
    ...(tight.shortAt === Infinity ? ["one wei less than needed: the wallet did not say that it is short"] : []),
  ];
  const lines = [
    lineOf("reserve as promised", promised),
    lineOf("one wei less per liar", oneLess),
    lineOf("needed, one wei less per liar, added a day later", tight),
    `bounds: ${locked} wei in stakes, confirmed within ${most} s, a day more where the wallet is short`,
  ];
  return { lines, broken, results: { promised, oneLess, tight } };
}

function brokenBy(name: string, result: StressResult, mostSeconds: number, mostLocked: number): string[] {
  const { isTruthConfirmed, lost, confirmedSeconds, peakLocked } = result;
  return [
    ...(isTruthConfirmed ? [] : [`${name}: the truth is not confirmed`]),
    ...(lost === 0 ? [] : [`${name}: the honest party lost ${lost} wei`]),
    ...(confirmedSeconds <= mostSeconds
      ? []
      : [`${name}: confirmed after ${confirmedSeconds} s, at most ${mostSeconds}`]),
    ...(peakLocked <= mostLocked ? [] : [`${name}: ${peakLocked} wei in stakes at once, at most ${mostLocked}`]),
  ];
}

function lineOf(name: string, result: StressResult): string {
  const { budget, isTruthConfirmed, lost, peakLocked, leastSpare, shortAt, confirmedSeconds, rivals } = result;
  const short = shortAt === Infinity ? `never short, ${leastSpare} wei at least to spare` : `short at ${shortAt} s`;
  return (
    `${name} (${budget} wei): ${isTruthConfirmed ? "the truth wins" : "NOT CONFIRMED"} after ${confirmedSeconds} s, ` +
    `${lost} wei lost, ${peakLocked} in stakes at most, ${short}; ${rivals} stakes in the game`
  );
}
