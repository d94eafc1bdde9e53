/** Gwei for a unit of gas that refunds pay at the most. Twin of `MOST_GAS_PRICE` of contracts/games/tournament/Tournaments.sol. */
export const REFUNDED_GWEI = 50;
const MOST_GAS_PRICE = BigInt(REFUNDED_GWEI) * 10n ** 9n;
/** Gas that refunds count for an answer, and for the ends of a match: a seal, a step, a win below. Twins of constants there. */
export const REFUNDED_GAS = { advance: 70_000n, seal: 240_000n, step: 400_000n, inner: 260_000n } as const;
const ENDS_GAS = REFUNDED_GAS.seal + REFUNDED_GAS.step + REFUNDED_GAS.inner;

/** The least bond of a level, in wei: what the refunds of one match can take. Equal to the contract's by test/contracts/deploy.games.test.ts. */
export function leastBond(height: bigint): bigint {
  return (height * REFUNDED_GAS.advance + ENDS_GAS) * MOST_GAS_PRICE;
}

/**
 * Seconds of the root's allowance that are not for censorship: one inclusion, and for each level below a history built and two inclusions.
 * Twin of the constructor there, equal by the same test.
 */
export function buildAndAnswerTime({ responseTime, buildTime }: { responseTime: bigint; buildTime: bigint }): bigint {
  return responseTime + 2n * (buildTime + 2n * responseTime);
}

/**
 * Seconds until an assertion is confirmed if one rival stands against it at each level: two clocks and the answers of each level, as
 * Cartesi reckons one level. Each doubling of the rivals of a level adds as much again; over several levels nobody has proven it.
 */
export function mostSeconds(game: {
  heights: readonly bigint[];
  challengePeriod: bigint;
  responseTime: bigint;
}): bigint {
  const answers = game.heights.reduce((sum, height) => sum + height, 0n);
  return 2n * BigInt(game.heights.length) * game.challengePeriod + answers * game.responseTime;
}
