import { falseFriendAt, lieAt } from "../games/history";
import { optionOf, type Intent, type Strategy } from "./strategy";

/**
 * Follows a schedule: at each decision the next choice says how long the answer waits, in fifths of what its clock allows. The
 * search for the worst schedule (simulator/lab/search/worst.ts) tries these lists; without one it answers at once.
 */
export const search: Strategy = {
  name: "search",
  about: "looks for the worst schedule of `lies` lies: how long each answer waits, by beam search",
  options: { lies: [1, 64, 2] },
  sit(seat) {
    const { by, game, random, newSalt, blockSeconds, choices } = seat;
    const { heights } = game.parameters;
    const all = Array.from({ length: optionOf(search, seat, "lies") }, () => lieAt(heights, newSalt(), random));
    if (heights.length > 1) all.push(falseFriendAt(heights, 1, newSalt(), random));
    const times = new Map<string, number>();
    let next = 0;
    return {
      decide: (): Intent[] =>
        all
          .flatMap((one) => game.answers(by, one))
          .map((move) => {
            let at = times.get(move.key);
            if (at === undefined) {
              const choice = choices[next++] ?? 0;
              const deadline = game.deadline(move);
              const last = deadline === Infinity ? game.now : (Math.ceil(deadline / blockSeconds) - 1) * blockSeconds;
              at = choice >= CHOICES - 1 ? Infinity : game.now + ((last - game.now) * choice) / (CHOICES - 2);
              times.set(move.key, at);
            }
            return { move, at };
          })
          .filter(({ at }) => at < Infinity),
    };
  },
};

/** Ways to wait: at once, in quarters of what the clock allows up to the last block, or for ever. */
export const CHOICES = 6;
