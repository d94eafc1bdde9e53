import { lieAt, truthAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** Plays the truth and a lie: is first with the truth's moves where it can be, and so has the truth's bonds in its name. */
export const copycat: Strategy = {
  name: "copycat",
  about: "makes the truth's moves before the honest party can, and tells a lie beside",
  sit({ by, game, random, newSalt }) {
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    const truth = truthAt(game.parameters.heights);
    return { decide: () => intents([...game.answers(by, truth), ...game.answers(by, lie)]) };
  },
};
