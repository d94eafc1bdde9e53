import { moveGasBound } from "./moves";
import { MOVES_IN_A_PERIOD } from "./player";
import { DEPOSIT_GAS } from "../money";
import type { GameParameters } from "./types";

/** Gas of one whole answer, from above: an assertion, its dispute down to the dearest step, and its settlement. */
export function answerGas({ heights }: Pick<GameParameters, "heights">, stepGas: number): bigint {
  const bisections = heights.reduce((sum, height) => sum + height, 0);
  const gasOf = (kind: "assertState" | "bisect" | "open" | "confirm" | "slash"): number =>
    moveGasBound({ kind } as Parameters<typeof moveGasBound>[0], stepGas);
  // Timers are raised along the way, once for each of the three stakes that it is below.
  const updates = 25_000 * 3 * (bisections + 3);
  const gas = gasOf("assertState") + bisections * gasOf("bisect") + 2 * gasOf("open") + updates;
  return BigInt(gas + 3 * (gasOf("confirm") + gasOf("slash")) + stepGas) + 3n * DEPOSIT_GAS;
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
