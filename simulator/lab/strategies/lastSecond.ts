import { lieAt } from "../games/history";
import type { Strategy } from "./strategy";

/** A liar who answers in the last block that its clock allows: the longest a single lie can take. */
export const lastSecond: Strategy = {
  name: "last second",
  about: "a liar who answers in the last block in which the answer is still allowed",
  sit({ by, game, random, newSalt, blockSeconds }) {
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    return {
      decide: () =>
        game.answers(by, lie).map((move) => {
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
