import { moveGasBound, MOVES_IN_A_PERIOD, type GameParameters } from "../games/edges";

/** Gas for one step on L1, which goes alone: the dearest host precompile stays under 15.5 million. */
export const STEP_GAS = 16_000_000;
/** Gas of paying a stake in, and of taking a balance out. */
export const DEPOSIT_GAS = 80_000n;

/** What an owner sets of the reserve. */
export interface ReserveOptions {
  /** Disputes of full depth that the reserve can answer. */
  answers: number;
  /** Highest bid, in wei per gas. */
  maxFeePerGas: bigint;
}

/** Gas of one whole answer, from above: an assertion, its dispute down to the dearest step, and its settlement. */
export function answerGas({ heights }: Pick<GameParameters, "heights">): bigint {
  const bisections = heights.reduce((sum, height) => sum + height, 0);
  const gasOf = (kind: "assertState" | "bisect" | "open" | "confirm" | "slash"): number =>
    moveGasBound({ kind } as Parameters<typeof moveGasBound>[0], STEP_GAS);
  // Timers are raised along the way, once for each of the three stakes that it is below.
  const updates = 25_000 * 3 * (bisections + 3);
  const gas = gasOf("assertState") + bisections * gasOf("bisect") + 2 * gasOf("open") + updates;
  return BigInt(gas + 3 * (gasOf("confirm") + gasOf("slash")) + STEP_GAS) + 3n * DEPOSIT_GAS;
}

/** What is kept for answers before anything is proposed, in wei: `S0 + r (S1 + S2)`, and the gas of r answers at the fee limit. */
export function reserveOf(
  game: Pick<GameParameters, "heights" | "stakes">,
  { answers, maxFeePerGas }: ReserveOptions,
): bigint {
  const [s0, s1, s2] = game.stakes;
  return s0 + BigInt(answers) * (s1 + s2 + answerGas(game) * maxFeePerGas);
}

/**
 * Stakes of a proposer who asserts every `intervalSeconds` and is not disputed, in wei, at most: they move along the chain
 * (docs/spec/10-queue.md#stakes), from assertions that are old enough; two, unless it asserts more often than a stake may move. An interval
 * of 0 (as often as there is something to say) names no sum: then the reserve alone decides.
 */
export function capitalInFlight(game: GameParameters, intervalSeconds: number): bigint {
  if (intervalSeconds === 0) return 0n;
  const tooYoung = Math.ceil(game.challengePeriodSeconds / MOVES_IN_A_PERIOD / intervalSeconds);
  const all = Math.ceil(game.challengePeriodSeconds / intervalSeconds);
  return BigInt(Math.min(all, 1 + tooYoung)) * game.stakes[0];
}
