import { lieAt } from "../games/history";
import { optionOf, type Strategy } from "./strategy";

/** A liar who lets a random time pass before each answer. */
export const stall: Strategy = {
  name: "stall",
  about: "a liar who lets up to `patienceSeconds` pass before each answer",
  options: { patienceSeconds: [0, 10_000_000, 3_600] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    const patience = optionOf(stall, seat, "patienceSeconds");
    const times = new Map<string, number>();
    return {
      decide: () =>
        game.answers(by, lie).map((move) => {
          let at = times.get(move.key);
          if (at === undefined) times.set(move.key, (at = game.now + random.below(patience + 1)));
          return { move, at };
        }),
    };
  },
};
