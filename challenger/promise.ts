import { DEAREST_GAS_PRICE_GWEI, defaultGame } from "../deployment/economics";
import { answerGas } from "../games/edges/capital";
import { reserveOf, STEP_GAS } from "./capital";

/**
 * A game with the wallet that docs/threat-model.md promises is enough in it, for whoever plays the promise (simulator/lab/stressReport.ts).
 * @param game - Of a deployment; the default one's if absent.
 */
export function promiseOf(game = defaultGame()) {
  const gas = answerGas({ heights: game.heights.map(Number) as [number, number, number] }, STEP_GAS);
  return {
    ...game,
    gasPriceGwei: DEAREST_GAS_PRICE_GWEI,
    answerGas: Number(gas),
    reserveOf: ([s0, s1, s2]: readonly [bigint, bigint, bigint], answers: number, maxFeePerGas: bigint): bigint => {
      const game = { assertionStake: s0, answerCost: () => ({ stake: s1 + s2, gas }) };
      return reserveOf(game, { answers, maxFeePerGas });
    },
  };
}
