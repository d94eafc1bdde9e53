import { truthAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** The game's honest rule over the truth, and all that anybody may do for it: timeouts, confirmations, payments. */
export const honest: Strategy = {
  name: "honest",
  about: "plays the truth by the book and claims all that falls due",
  sit({ by, game }) {
    const truth = truthAt(game.parameters.heights);
    return {
      decide: () => intents([...game.answers(by, truth), ...game.due().filter(({ forLie }) => forLie !== true)]),
    };
  },
};
