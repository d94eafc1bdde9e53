import { Random } from "../random";
import type { EdgesParameters } from "./games/edges/rules";
import { playGame, type PartyResult, type PartySetup, type Played } from "./play";

/**
 * One honest wallet against many liars. All money is in wei, as numbers that must be exact: keep sums under 2^53 by stakes and a gas
 * price that are a power of ten smaller than a deployment's; the game knows no unit.
 */
export interface StressSetup {
  readonly parameters: EdgesParameters;
  /** d: every honest answer takes just that; liars take up to as long, in blocks of a sixth of it. Seconds, a multiple of six. */
  readonly answerSeconds: number;
  readonly liars: number;
  readonly seed: number;
  readonly weiPerGas: number;
  /** Gas of a lie, from above. A liar's wallet is drawn: one stake, and up to half as much again as the lie needs below it. */
  readonly lieGas: number;
}

/** What one wallet came to. Wei and seconds. */
export interface StressResult {
  readonly budget: number;
  readonly isTruthConfirmed: boolean;
  readonly lost: number;
  /** Most that stood in stakes at once, and least that was left in the wallet. */
  readonly peakLocked: number;
  readonly leastSpare: number;
  /** When it first could not pay for what it had to do; infinite if it always could. */
  readonly shortAt: number;
  readonly confirmedSeconds: number;
  readonly rivals: number;
}

/** So long after a wallet says what is missing its owner adds it: a day. */
export const REFILL_SECONDS = 86_400;

/** Plays one wallet against the liars of the seed; the same seed gives each wallet the same liars. @param missing - What is added. */
export function playStress(setup: StressSetup, budget: number, missing = 0): StressResult {
  const { parameters, answerSeconds, seed, weiPerGas } = setup;
  const played = playGame({
    game: { game: "edges", parameters },
    seed,
    blockSeconds: answerSeconds / 6,
    baseFee: { kind: "constant", gwei: weiPerGas * 1e9 },
    order: "adversary first",
    censorship: { mode: "none", seconds: 0, pieces: 1 },
    stop: { afterSeconds: 1e9, onRuin: false },
    parties: [honestOf(answerSeconds, budget, missing), ...liarsOf(setup)],
  });
  return resultOf(played, budget);
}

/**
 * The stated bound of a confirmation (docs/threat-model.md): the period, and one answer for each link; one more for the confirmation
 * itself, and for the assertion.
 */
export function confirmedBound({ parameters, answerSeconds }: StressSetup): number {
  const links = parameters.heights.reduce((sum, height) => sum + height, parameters.heights.length);
  return parameters.challengePeriodSeconds + (links + 2) * answerSeconds;
}

/** The stated bound of what stands in stakes at once: one assertion, and a stake of each lower level for each liar. */
export function lockedBound({ parameters: { stakes }, liars }: StressSetup): number {
  return stakes.slice(1).reduce((sum, stake) => sum + liars * stake, stakes[0]);
}

function honestOf(answerSeconds: number, budgetEther: number, missing: number): PartySetup {
  const latencySeconds = [answerSeconds, answerSeconds] as const;
  return {
    ...{ name: "honest", side: "honest", strategy: "honest", options: {} },
    ...{ latencySeconds, buildSeconds: 0, budgetEther },
    refill: { ether: missing, afterSeconds: REFILL_SECONDS },
  };
}

function liarsOf({ parameters, answerSeconds, liars, seed, weiPerGas, lieGas }: StressSetup): PartySetup[] {
  const random = new Random(seed);
  const [first, ...rest] = parameters.stakes;
  const more = rest.reduce((sum, stake) => sum + stake, lieGas * weiPerGas);
  return Array.from({ length: liars }, (_, i): PartySetup => {
    const budgetEther = first + Math.floor((more * random.below(1_501)) / 1_000);
    return {
      ...{ name: `liar ${i}`, side: "adversary", strategy: "liar", options: {} },
      ...{ latencySeconds: [0, answerSeconds] as const, buildSeconds: 0, budgetEther },
    };
  });
}

function resultOf({ outcome, confirmableSeconds, parties, commitments }: Played, budget: number): StressResult {
  const honest: PartyResult = parties[0];
  return {
    budget,
    isTruthConfirmed: outcome === "true",
    lost: honest.lostEther,
    peakLocked: honest.peakLockedEther,
    leastSpare: honest.leastSpareEther,
    shortAt: honest.ruinedAt,
    confirmedSeconds: confirmableSeconds,
    rivals: commitments,
  };
}
