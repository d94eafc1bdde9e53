/** Wei for a unit of gas that refunds pay at the most. Twin of `MOST_GAS_PRICE` of contracts/games/tournament/Tournaments.sol. */
const MOST_GAS_PRICE = 50n * 10n ** 9n;
/** Gas that an answer is taken to cost, and the ends of a match together: a seal, a step, a win below. Twins of constants there. */
const ADVANCE_GAS = 70_000n;
const ENDS_GAS = 240_000n + 400_000n + 260_000n;

/** The least bond of a level, in wei: what the refunds of one match can take. Equal to the contract's by test/contracts/deploy.games.test.ts. */
export function leastBond(height: bigint): bigint {
  return (height * ADVANCE_GAS + ENDS_GAS) * MOST_GAS_PRICE;
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
