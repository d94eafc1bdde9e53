import type { DisputeGame } from "../games/game";

/** Gas for one step on L1, which goes alone: the dearest host precompile stays under 15.5 million. */
export const STEP_GAS = 16_000_000;

/** What an owner sets of the reserve. */
export interface ReserveOptions {
  /** Disputes of full depth that the reserve can answer. */
  answers: number;
  /** Highest bid, in wei per gas. */
  maxFeePerGas: bigint;
}

/** What is kept for answers before anything is proposed, in wei: one more assertion, and stakes and gas of r answers at the fee limit. */
export function reserveOf(
  game: Pick<DisputeGame, "assertionStake" | "answerCost">,
  { answers, maxFeePerGas }: ReserveOptions,
): bigint {
  const { stake, gas } = game.answerCost(STEP_GAS);
  return game.assertionStake + BigInt(answers) * (stake + gas * maxFeePerGas);
}
