import { detourAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** The right end by a wrong way: its last state is the truth's, one leaf before it is not. */
export const copiedHistory: Strategy = {
  name: "copied history",
  about: "the right end with one false leaf on the way",
  sit({ by, game, random, newSalt }) {
    const detour = detourAt(game.parameters.heights, newSalt(), random);
    return { decide: () => intents(game.answers(by, detour)) };
  },
};
