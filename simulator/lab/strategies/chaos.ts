import { detourAt, falseFriendAt, lieAt, truthAt } from "../games/history";
import { intents, type Strategy } from "./strategy";

/** Any legal moves at all, its own and others', in any order. */
export const chaos: Strategy = {
  name: "chaos",
  about: "random legal moves with the truth, two lies and a false friend",
  sit({ by, game, random, newSalt, blockSeconds }) {
    const { heights } = game.parameters;
    const all = [
      truthAt(heights),
      lieAt(heights, newSalt(), random),
      detourAt(heights, newSalt(), random),
      falseFriendAt(heights, 1, newSalt(), random),
    ];
    let left = 400;
    return {
      decide() {
        const moves = all.flatMap((one) => game.moves(by, one));
        if (moves.length === 0 || left-- <= 0) return [];
        return intents([random.pick(moves), random.pick(moves)]).map((intent) => ({
          ...intent,
          at: game.now + blockSeconds * random.below(20),
        }));
      },
    };
  },
};
