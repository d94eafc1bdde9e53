import { falseFriendAt, lieAt, variantAt, type Commitment } from "../games/history";
import { intents, optionOf, type Strategy } from "./strategy";

/**
 * Sybils at every level: one lie at the top, `each` histories of their own under it at every lower level, and as many false friends
 * of the truth, which share its end but not its way there.
 */
export const sybils: Strategy = {
  name: "sybils",
  about: "one lie with `each` variants at every lower level, and as many false friends of the truth there",
  options: { each: [1, 256, 2] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const { heights } = game.parameters;
    const lie = lieAt(heights, newSalt(), random);
    const all: Commitment[] = [lie];
    for (let level = 1; level < heights.length; level++)
      for (let each = optionOf(sybils, seat, "each"); each > 0; each--) {
        all.push(variantAt(lie, heights, level, newSalt(), random));
        all.push(falseFriendAt(heights, level, newSalt(), random));
      }
    return { decide: () => intents(all.flatMap((one) => game.answers(by, one))) };
  },
};
