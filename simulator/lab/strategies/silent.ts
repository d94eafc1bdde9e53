import { lieAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** Commits to a root that nobody knows a tree of, its own party included, and is not heard of again. */
export const silent: Strategy = {
  name: "silent",
  about: "commits to a root without a tree and never answers for it",
  sit({ by, game, random, newSalt }) {
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    let isIn = false;
    return {
      decide() {
        if (isIn) return [];
        const [move] = game.answers(by, lie);
        isIn = move !== undefined;
        return isIn ? intents([move]) : [];
      },
    };
  },
};
