import { DEAREST_GAS_PRICE_GWEI, defaultGame } from "../deployment/economics";
import { answerGas, reserveOf } from "./capital";

/**
 * A game with the wallet that docs/threat-model.md promises is enough in it, for whoever plays the promise (simulator/lab/stressReport.ts).
 * @param game - Of a deployment; the default one's if absent.
 */
export function promiseOf(game = defaultGame()) {
  const heights = game.heights.map(Number) as [number, number, number];
  return {
    ...game,
    gasPriceGwei: DEAREST_GAS_PRICE_GWEI,
    answerGas: Number(answerGas({ heights })),
    reserveOf: (stakes: readonly [bigint, bigint, bigint], answers: number, maxFeePerGas: bigint): bigint =>
      reserveOf({ heights, stakes }, { answers, maxFeePerGas }),
  };
}
