import { lieAt } from "../games/history";
import { intents, optionOf, type Strategy } from "./strategy";

/** Many lies of one party at level 0, each with a bond of its own. */
export const spam: Strategy = {
  name: "spam",
  about: "many lies at once (`lies` of them), each answered for",
  options: { lies: [1, 4_096, 4] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const lies = Array.from({ length: optionOf(spam, seat, "lies") }, () =>
      lieAt(game.parameters.heights, newSalt(), random),
    );
    return { decide: () => intents(lies.flatMap((lie) => game.answers(by, lie))) };
  },
};
