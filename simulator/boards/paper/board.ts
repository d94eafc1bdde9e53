import type { Hex } from "../../../protocol/types";
import type { GameParameters, Move, Parent } from "../../../games/edges";
import type { Board } from "../board";
import { GameModel, type Judge } from "./model";
import { Refused } from "../../refused";
import { CORRECT, type Rules } from "./rules";

export const PLAYERS: readonly Hex[] = Array.from(
  { length: 12 },
  (_, i): Hex => `0x${(i + 1).toString(16).padStart(40, "0")}`,
);
const ETHER = 10n ** 18n;

/** A model whose players have a thousand ether each. */
export function createModel(
  parameters: GameParameters,
  genesis: Parent,
  judge: Judge,
  rules: Rules = CORRECT,
): GameModel {
  const model = new GameModel(parameters, genesis, judge, rules);
  for (const player of PLAYERS) model.deposit(player, 1000n * ETHER);
  return model;
}

/** The model, perhaps with a rule off. */
export function modelBoard(model: GameModel): Board {
  return {
    parameters: model.parameters,
    genesis: model.genesis,
    players: PLAYERS,
    now: () => model.nowSeconds,
    view: async () => model,
    async round(turns, timeSeconds) {
      model.nowSeconds = timeSeconds;
      return turns.map(({ by, move }) => tryMove(model, move, PLAYERS[by]) === null);
    },
  };
}

/** @returns the refusal's name, or null. */
export function tryMove(model: GameModel, move: Move, sender: Hex): string | null {
  try {
    model.play(move, sender);
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.name;
    throw error;
  }
}
