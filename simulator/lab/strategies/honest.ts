import { truthAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** The game's honest rule over the truth, and all that anybody may do for it: timeouts, confirmations, payments. */
export const honest: Strategy = {
  name: "honest",
  about: "plays the truth by the book and claims all that falls due",
  sit({ by, game }) {
    const truth = truthAt(game.parameters.heights);
    return {
      decide() {
        const moves = game.answers(by, truth);
        for (const move of game.due()) if (move.forLie !== true) moves.push(move);
        return intents(moves);
      },
    };
  },
};
