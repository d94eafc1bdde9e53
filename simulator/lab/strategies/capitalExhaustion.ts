import { lieAt, type Commitment } from "../games/history";
import { intents, optionOf, type Strategy } from "./strategy";

/**
 * One more lie with every round, until its money is gone: each has to be answered with the honest party's. Where bonds stand on both
 * sides the question is whose money lasts longer.
 */
export const capitalExhaustion: Strategy = {
  name: "capital exhaustion",
  about: "one more lie every `everySeconds`, `lies` at most, until its money is gone",
  options: { lies: [1, 4_096, 16], everySeconds: [1, 10_000_000, 600] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const every = optionOf(capitalExhaustion, seat, "everySeconds");
    const most = optionOf(capitalExhaustion, seat, "lies");
    const lies: Commitment[] = [];
    const wanted = (): number => Math.min(most, 1 + Math.floor(game.now / every));
    return {
      decide() {
        while (lies.length < wanted()) lies.push(lieAt(game.parameters.heights, newSalt(), random));
        return intents(lies.flatMap((lie) => game.answers(by, lie)));
      },
      wake: () => (lies.length < most ? lies.length * every : Infinity),
    };
  },
};
