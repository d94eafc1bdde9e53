import { lieAt, type Commitment } from "../games/history";
import { intents, optionOf, type Strategy } from "./strategy";

/**
 * Costs the truth one commitment built after another: a lie bisects at once down to the border of the next level and goes silent
 * there. The others do the same, one after the other as the pairing brings them up. The attack that the tournament's clocks before
 * 2026-09 lose to.
 */
export const delegationDrain: Strategy = {
  name: "delegation drain",
  about:
    "`lies` lies that go down to the next level at once and are silent there, so that each costs a commitment built",
  options: { lies: [1, 4_096, 4], everySeconds: [0, 10_000_000, 0] },
  sit(seat) {
    const { by, game, random, newSalt } = seat;
    const lies: Commitment[] = Array.from({ length: optionOf(delegationDrain, seat, "lies") }, () =>
      lieAt(game.parameters.heights, newSalt(), random),
    );
    // Late lies have little left on their clocks, and so leave the truth little for the next commitment.
    const every = optionOf(delegationDrain, seat, "everySeconds");
    const isIn = (index: number): boolean => game.now >= index * every;
    return {
      decide: () =>
        intents(
          lies
            .flatMap((lie, index) => (isIn(index) ? game.answers(by, lie) : []))
            .filter(({ builds }) => builds !== true),
        ),
      wake: () => (every > 0 && !isIn(lies.length - 1) ? (Math.floor(game.now / every) + 1) * every : Infinity),
    };
  },
};
