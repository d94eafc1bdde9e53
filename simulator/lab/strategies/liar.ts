import { lieAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** The honest code with one patch: false from one leaf of each level on, drawn from the seed; answers at once. */
export const liar: Strategy = {
  name: "liar",
  about: "one lie from a random leaf of each level on, answered for at once",
  sit({ by, game, random, newSalt }) {
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    return { decide: () => intents(game.answers(by, lie)) };
  },
};
