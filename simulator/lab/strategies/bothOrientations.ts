import { lieAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** One lie that is there before the truth and one that comes after it: both sides of a pairing, and early and late rivals alike. */
export const bothOrientations: Strategy = {
  name: "both orientations",
  about: "one lie before the truth comes and one after it, so that the truth is met from both sides",
  sit({ by, game, random, newSalt, isTruthIn }) {
    const [first, second] = [0, 1].map(() => lieAt(game.parameters.heights, newSalt(), random));
    return {
      decide: () => intents([...game.answers(by, first), ...(isTruthIn() ? game.answers(by, second) : [])]),
    };
  },
};
