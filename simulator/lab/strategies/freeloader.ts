import { lieAt, truthAt } from "../games/history";
import { intents, optionOf, type Strategy } from "./strategy";

/**
 * Stands on the honest side with a wrong answer. In the game of claims: beside each honest answer another one to the same claim,
 * left of it where it can, so that it must be answered or takes the bond. In games where equal claims merge it is a copycat.
 */
export const freeloader: Strategy = {
  name: "freeloader",
  about: "answers up to `most` lies on the honest side, but wrongly, to take the bond that the truth has earned",
  options: { most: [1, 4_096, 16] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const lie = lieAt(game.parameters.heights, newSalt(), random);
    const truth = truthAt(game.parameters.heights);
    // Whom the honest party answers, or would have answered.
    const lied = new Set<number>();
    const made = new Set<string>();
    const most = optionOf(freeloader, seat, "most");
    return {
      decide() {
        if (game.name !== "claims") return intents(game.answers(by, truth));
        for (const { kind, on } of game.answers(by, truth)) if (kind === "attack" || kind === "defend") lied.add(on[0]);
        const beside = game.moves(by, lie).filter(({ kind, on }) => {
          return (kind === "attack" || kind === "defend") && lied.has(on[0]) && on[3] !== 0;
        });
        const few = beside.filter(({ key }) => made.has(key) || made.size < most).slice(0, most);
        for (const { key } of few) made.add(key);
        return intents(few);
      },
    };
  },
};
