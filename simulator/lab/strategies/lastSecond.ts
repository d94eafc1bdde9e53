import type { Move } from "../games/game";
import { lieAt } from "../games/history";
import { optionOf, type Strategy } from "./strategy";

/** A liar who answers in the last block that its clock allows: the longest a single lie can take. */
export const lastSecond: Strategy = {
  name: "last second",
  about: "a liar who answers in the last block in which the answer is still allowed; `allied` ones spare each other",
  options: { allied: [0, 1, 0] },
  sit(seat) {
    const { by, game, random, newSalt, blockSeconds } = seat;
    // Of liars who know of each other none wastes money on another's claims.
    const isAllied = optionOf(lastSecond, seat, "allied") === 1;
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    const isSpared = isAllied ? (move: Move): boolean => seat.isAgainstFriend(move) : undefined;
    return {
      decide: () =>
        game.answers(by, lie, isSpared).map((move) => {
          // A lie that is not there yet is nobody's to answer: it comes at once.
          if (move.kind === "join" || move.kind === "assert" || move.kind === "create") return { move };
          const deadline = game.deadline(move);
          return deadline === Infinity ? { move } : { move, at: lastBlockBefore(deadline, blockSeconds) };
        }),
    };
  },
};

function lastBlockBefore(seconds: number, blockSeconds: number): number {
  return (Math.ceil(seconds / blockSeconds) - 1) * blockSeconds;
}
